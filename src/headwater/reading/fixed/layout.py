"""The layout of a fixed-width text, found from a sample: from blanks that all lines share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from headwater.reading.delimited.dialect import DELIMITERS
from headwater.reading.delimited.kin import is_kin
from headwater.reading.delimited.kinds import is_datum
from headwater.reading.fixed.declared import FixedColumn, FixedLayout
from headwater.reading.fixed.drawn import drawn_layout, is_drawn
from headwater.reading.names import clean_names
from headwater.reading.unreadable import Unreadable

_LINES = 500
_LEAST_LINES = 3  # of data: fewer share blanks by chance
_LEAST_WITHOUT_HEADER = 5
_DASHES = re.compile(r"(?:-{2,}|={2,})(?: +(?:-+|=+))+ *")
_MARKS = re.compile(r"[^ ]")
_RUN = re.compile(r"1+")
_WORD = re.compile(r"[^ ]+")
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a sample that are looked at: heading, and data."""

    header: str | None
    data: list[str]
    first_line: int  # of the data
    length: int | None  # that nearly all lines have, if there is one

    @property
    def shown(self) -> list[str]:
        """The lines by which the columns are known."""
        if self.length is None:
            return self.data
        return [line for line in self.data if len(line) == self.length]


def recognise_fixed(sample: bytes) -> FixedLayout | None:
    """The layout of the text that begins so; None if it is not known to have one.

    It has one if a line of dashes stands under its header, or bars between columns; or if all
    lines leave blanks at the same places, the header names every column between, and the
    values of one are numbers or dates, or two blanks part all columns. Without a header it
    takes numbers or dates, and lines of one length.
    """
    lines = _sampled(sample)
    if (drawn := drawn_layout(lines[:_LINES])) is not None:
        return drawn
    full = [index for index, line in enumerate(lines) if line.strip()][: _LINES + 2]
    if len(full) <= _LEAST_LINES or any("\t" in lines[index] for index in full):
        return None
    if _DASHES.fullmatch(lines[full[0]]) and _DASHES.fullmatch(lines[full[2]]):
        full = full[1:]
    header, second = lines[full[0]], lines[full[1]]
    if _DASHES.fullmatch(second):
        below = [each for each in full[2:] if not is_drawn(lines[each], second.rstrip())]
        return _dashed(header, second, _part(lines, below, header)) if below else None
    if _delimited([lines[index] for index in full]):
        return None
    return _aligned(_part(lines, full[1:], header)) or _headless(_part(lines, full, None))


def _sampled(sample: bytes) -> list[str]:
    text = sample.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    text = text.replace("\r\n", "\n")
    lines = text.replace("\r", "\n").split("\n") if "\n" not in text else text.split("\n")
    return lines[:-1] if len(lines) > _LEAST_LINES + 1 else lines  # the last may be cut


def _part(lines: Sequence[str], places: Sequence[int], header: str | None) -> _Lines:
    data = [lines[place] for place in places]
    length, count = Counter(map(len, data)).most_common(1)[0]
    common = length if count >= _MOSTLY * len(data) else None
    return _Lines(header, data, places[0] + 1, common)


def _delimited(lines: Sequence[str]) -> bool:
    """Whether a delimiter stands in its header and as often in nearly all other lines."""
    for delimiter in DELIMITERS:
        wanted = lines[0].count(delimiter)
        same = sum(line.count(delimiter) == wanted for line in lines)
        if wanted and same >= _MOSTLY * len(lines):
            return True
    return False


def _dashed(header: str, dashes: str, lines: _Lines) -> FixedLayout | None:
    spans = [match.span() for match in _WORD.finditer(dashes)]
    starts = [start for start, _ in spans]
    names = [
        header[start:end].strip()
        for start, end in pairwise([*starts, max(len(header), starts[-1])])
    ]
    if not all(names):
        return None
    guards = [(end, start) for (_, end), (start, _) in pairwise(spans)]
    layout = _layout(names, spans, guards, lines, "a line of dashes under the header")
    return layout and replace(layout, ruler=dashes.rstrip())


def _aligned(lines: _Lines) -> FixedLayout | None:
    header = lines.header or ""
    runs = _runs([header, *lines.shown])
    spans = list[tuple[int, int]]()
    for start, end in runs:
        if header[start:end].strip() or not spans:
            spans.append((start, end))
        else:  # words of one value that happen to be parted at one place
            spans[-1] = (spans[-1][0], end)
    names = [header[start:end].strip() for start, end in spans]
    if len(spans) < 2 or not all(names) or any(map(is_datum, names)):  # noqa: PLR2004 - two are the fewest
        return None
    if len(lines.data) < _LEAST_LINES:
        return None
    apart = all(start - end > 1 for (_, end), (start, _) in pairwise(spans))
    columns = _cells(lines.shown, spans)
    if any(map(is_kin, names, columns)) or _shifted(columns, apart=apart):
        return None
    if not apart and not _telling(lines.shown, spans):
        return None
    widened, guards = _shared_out(lines.shown, spans)
    return _layout(names, widened, guards, lines, "blanks at the same places in all lines")


def _headless(lines: _Lines) -> FixedLayout | None:
    if lines.length is None or len(lines.data) < _LEAST_WITHOUT_HEADER:
        return None
    spans = _runs(lines.shown)
    if len(spans) < 2 or not _telling(lines.shown, spans):  # noqa: PLR2004 - two are the fewest
        return None
    names = [f"column_{place}" for place in range(1, len(spans) + 1)]
    widened, guards = _shared_out(lines.shown, spans)
    return _layout(names, widened, guards, lines, "blanks at the same places, and no header")


def _runs(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The places between those where every line is blank."""
    width = max(map(len, lines))
    marks = 0
    for line in lines:
        padded = line.ljust(width)
        marks |= int(_MARKS.sub("1", padded).replace(" ", "0"), 2)
    return [match.span() for match in _RUN.finditer(f"{marks:0{width}b}")]


def _telling(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a column has numbers or dates throughout."""
    for start, end in spans:
        cells = [cell for line in lines if (cell := line[start:end].strip())]
        if cells and sum(map(is_datum, cells)) >= _MOSTLY * len(cells):
            return True
    return False


def _cells(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[list[str]]:
    """What stands in each column."""
    return [[line[start:end].strip() for line in lines] for start, end in spans]


def _shifted(columns: Sequence[Sequence[str]], *, apart: bool) -> bool:
    """Whether a column has nothing, since values stand below other names than their own.

    Names stand apart by one blank only then, or a column has several numbers in each line.
    """
    if all(any(cells) for cells in columns):
        return False
    return not apart or any(map(_several, columns))


def _several(cells: Sequence[str]) -> bool:
    several = [words for cell in cells if len(words := cell.split()) > 1]
    data = sum(all(map(is_datum, words)) for words in several)
    return bool(data) and data >= _MOSTLY * sum(map(bool, cells))


def _shared_out(
    lines: Sequence[str], spans: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The columns with the blanks that longer values may fill, and the places for nobody."""
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    left = [_all_touch(lines, span, first=True) for span in spans]
    right = [_all_touch(lines, span, first=False) for span in spans]
    starts[0] = 0
    guards = []
    for place in range(1, len(spans)):
        gap = spans[place - 1][1], spans[place][0]
        if left[place] and not right[place - 1]:
            ends[place - 1] = gap[1]
        elif right[place - 1] and not left[place]:
            starts[place] = gap[0]
        else:
            guards.append(gap)
    return list(zip(starts, ends, strict=True)), guards


def _all_touch(lines: Sequence[str], span: tuple[int, int], *, first: bool) -> bool:
    place = span[0] if first else span[1] - 1
    cells = [line for line in lines if line[span[0] : span[1]].strip()]
    return bool(cells) and all(line[place : place + 1].strip() for line in cells)


def _layout(
    names: Sequence[str],
    spans: Sequence[tuple[int, int]],
    guards: Sequence[tuple[int, int]],
    lines: _Lines,
    evidence: str,
) -> FixedLayout | None:
    try:
        cleaned, _ = clean_names(names)
    except Unreadable:
        return None
    last = len(spans) - 1
    columns = tuple(
        FixedColumn(name, start, None if place == last else end - start)
        for place, (name, (start, end)) in enumerate(zip(cleaned, spans, strict=True))
    )
    shortest = lines.length or min(spans[last][0] + 1, *map(len, lines.data))
    return FixedLayout(
        columns, lines.first_line, shortest, lines.length, tuple(guards), tuple(names), evidence
    )
