"""A fixed-width layout that was found before, tried on another text of the same feed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from headwater.model.feed import Place
from headwater.model.manner import Manner
from headwater.reading.fixed.declared import FixedColumn, FixedLayout
from headwater.reading.names import clean_names

_LINES = 500
_MOSTLY = 0.9  # of the lines leave blank what is between columns
EVIDENCE = "its columns are where the feed's other files have them"


def usual_layout(sample: bytes, usual: Manner | None) -> FixedLayout | None:
    """The layout of the feed's other files, if a text that begins so may have it.

    It has the same names at the same places above its records, where the others have names,
    and blanks wherever they part columns.
    """
    if usual is None or not usual.selection.columns:
        return None
    places, heads = usual.selection.columns, usual.skipped_lines
    lines = _lines(sample)
    data = [line for line in lines[heads:] if line.strip()]
    if len(lines) < heads or not data or not _named(lines[:heads], places):
        return None
    guards = [
        (one.start - 1 + one.length, other.start - 1)
        for one, other in pairwise(places)
        if one.start + one.length < other.start
    ]
    blank = [line for line in data if not any(line[a:b].strip() for a, b in guards)]
    least = places[-1].start
    if len(blank) < _MOSTLY * len(data) or not any(len(line) >= least for line in data):
        return None
    lengths = {len(line) for line in blank}
    length = lengths.pop() if len(lengths) == 1 else None
    names = [place.name for place in places]
    cleaned, _ = clean_names(names)
    columns = tuple(
        FixedColumn(name, place.start - 1, None if place is places[-1] else place.length)
        for name, place in zip(cleaned, places, strict=True)
    )
    shortest = length or min(least, *(len(line) for line in blank))
    return FixedLayout(columns, heads + 1, shortest, length, tuple(guards), tuple(names), EVIDENCE)


def _lines(sample: bytes) -> list[str]:
    text = sample.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return [line.removesuffix("\r") for line in text.split("\n")[:_LINES]]


def _named(heads: Sequence[str], places: Sequence[Place]) -> bool:
    """Whether a line before the records names each column at its place."""
    if not heads:
        return True
    starts = [place.start - 1 for place in places]
    ends = [*starts[1:], None]
    names = [place.name for place in places]
    return any(
        [line[start:end].strip() for start, end in zip(starts, ends, strict=True)] == names
        for line in heads
    )
