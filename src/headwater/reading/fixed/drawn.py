"""Tables drawn with lines, as databases show them to people: rulers, bars, a tally below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from headwater.reading.fixed.declared import FixedColumn, FixedLayout
from headwater.reading.names import clean_names
from headwater.reading.unreadable import Unreadable

BAR = "|"
EVIDENCE = "lines are drawn between its columns"
_RULER = re.compile(r"[|+]?(?::?[-=]+:?[|+])*:?[-=]+:?[|+]?")
_CROSSING = re.compile(r"[|+]")
_TALLY = re.compile(
    r"\(\d+ rows?(?: affected)?\)|\d+ rows? (?:selected\.|in set(?: \([\d.,]+ sec\))?)|Empty set.*"
)
TALLIES = (b"row", b"Empty")
"""What a line that says how many rows there are has in it."""

_LEAST_RULED = 3  # characters of a ruler: fewer may be a value
_MOSTLY = 0.5  # of the rows: header and ruler have told already


def is_ruler(line: str) -> bool:
    """Whether a line is drawn, and says nothing."""
    drawn = "".join(line.split())
    return len(drawn) >= _LEAST_RULED and _RULER.fullmatch(drawn) is not None


def is_tally(line: str) -> bool:
    """Whether a line says how many rows there are."""
    return _TALLY.fullmatch(line.strip()) is not None


def is_drawn(line: str, ruler: str) -> bool:
    """Whether a line below that ruler is no record: the ruler again, or how many rows there are.

    A ruler of bars stands once, and dashes in a cell are a value.
    """
    return (BAR not in ruler and line.rstrip() == ruler) or is_tally(line)


def drawn_layout(lines: Sequence[str]) -> FixedLayout | None:
    """The layout of a table whose columns have bars between them; None if it is not one.

    Below its header is a ruler that crosses the bars, and there may be one above.
    """
    full = [place for place, line in enumerate(lines) if line.strip()]
    if len(full) > 2 and is_ruler(lines[full[0]]):  # noqa: PLR2004 - and the header, and another
        full = full[1:]
    if len(full) < 2:  # noqa: PLR2004 - a header and its ruler
        return None
    header, ruler = lines[full[0]], lines[full[1]].rstrip()
    if not is_ruler(ruler):
        return None
    bars = [match.start() for match in _CROSSING.finditer(ruler)]
    layout = _layout(header, ruler, bars, full[1] + 2) if bars else None
    if layout is None or not _fits(header, layout):
        return None
    data = [lines[place] for place in full[2:] if not is_drawn(lines[place], ruler)]
    fits = sum(_fits(line, layout) for line in data)
    return layout if fits >= _MOSTLY * len(data) else None


def _fits(line: str, layout: FixedLayout) -> bool:
    """Whether bars stand where the ruler crosses them, and blanks on either side."""
    apart = not any(line[start:end].strip() for start, end in layout.guards)
    return apart and all(line[bar : bar + 1] == BAR for bar in layout.bars)


def _layout(header: str, ruler: str, bars: Sequence[int], first_line: int) -> FixedLayout | None:
    edges = [-1, *(bar for bar in bars if bar), len(ruler)] if bars[0] else [*bars, len(ruler)]
    if edges[-2] == len(ruler) - 1:  # there is a bar at the end, too
        edges.pop()
    names = [header[start + 1 : end].strip() for start, end in pairwise(edges)]
    try:
        cleaned, _ = clean_names(names)
    except Unreadable:
        return None
    # A blank stands on either side of each value: a mark there says that it goes on below.
    places = [(start + 2, end - 1) for start, end in pairwise(edges)]
    if any(start >= end for start, end in places):
        return None
    guards = [each for start, end in places for each in ((start - 1, start), (end, end + 1))]
    columns = tuple(
        FixedColumn(name, start, end - start)
        for name, (start, end) in zip(cleaned, places, strict=True)
    )
    return FixedLayout(
        columns,
        first_line,
        bars[-1] + 1,
        len(ruler),
        tuple(guards),
        tuple(names),
        EVIDENCE,
        bars=tuple(bars),
        ruler=ruler,
    )
