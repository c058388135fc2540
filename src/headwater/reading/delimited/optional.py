"""Whether rows of two widths are one table's, whose last columns many rows leave out.

    AD  +4230+00131  Europe/Andorra          A few longer rows are damage, and refused. Where
    AQ  -7750+16636  Antarctica  McMurdo     they are about as many as the others, lie among
    AR  -3436-05827  America     Palermo     them, and have the same kinds of values in the
    AS  -1416-17042  Pacific/Pago_Pago       same columns, the table is as wide as they are.

A header as wide as the shorter rows says that it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from headwater.reading.delimited.candidates import Candidate
from headwater.reading.delimited.kinds import is_datum, telling_columns
from headwater.reading.delimited.layout import COMMENTS
from headwater.reading.delimited.samplelines import Line

LINES = 240
"""To look at, from the table's first on."""

_LONG, _SHORT = 3, 10  # records, to one that is longer, and to one that is shorter
_SURE = 0.8  # of all records, that have one of the two widths
_ROWS = 3  # of each width, and times that one follows the other
_COMMENTS = tuple(map(str.encode, COMMENTS))
_OF_TABLES = frozenset({"\t", "|", ";", "\x01"})  # which stand in no sentence


def may_be_optional(found: Candidate) -> bool:
    """Whether records of another width are so many that they may be rows like all others."""
    share = _LONG if found.other > found.width else _SHORT
    many = found.others >= _ROWS and found.others * share >= found.records
    return many and found.width > 1 and found.agreeing + found.others >= _SURE * found.records


def with_optional(found: Candidate, lines: Sequence[Line]) -> Candidate:
    """The same delimiter with as many fields as its longer rows have, if both are rows."""
    narrow, wide = sorted((found.width, found.other))
    rows = [
        line
        for line in lines
        if line.sound and len(line.cells) in {narrow, wide} and not line.raw.startswith(_COMMENTS)
    ]
    if not rows or _is_short_header(rows[0], narrow) or not _are_mixed(rows):
        return found
    short = [line.cells for line in rows if len(line.cells) == narrow]
    long = [line.cells for line in rows if len(line.cells) == wide]
    if min(len(short), len(long)) < _ROWS or not _are_alike(found.delimiter, short, long):
        return found
    counts = {found.width: found.agreeing, found.other: found.others}
    return replace(found, width=wide, agreeing=counts[wide], lacking=narrow, shorter=counts[narrow])


def _is_short_header(row: Line, narrow: int) -> bool:
    return len(row.cells) == narrow and not any(map(is_datum, row.cells))


def _are_mixed(rows: Sequence[Line]) -> bool:
    """Whether rows of both widths follow each other again and again: no second table does."""
    return sum(len(a.cells) != len(b.cells) for a, b in pairwise(rows)) >= _ROWS


def _are_alike(
    delimiter: str, short: Sequence[tuple[str, ...]], long: Sequence[tuple[str, ...]]
) -> bool:
    """Whether columns have the same kinds of values, and what is too much is a value."""
    width = len(short[0])
    if not any(map(is_datum, long[0])):
        long = long[1:]  # it may be the header
    telling = telling_columns(short)
    if telling != [place for place in telling_columns(long) if place < width]:
        return False
    if delimiter in _OF_TABLES:
        return True
    return bool(telling) and not any(_is_cut(row, width) for row in long)


def _is_cut(row: tuple[str, ...], width: int) -> bool:
    """Whether a sentence or a number with a comma may have been cut at the last columns."""
    last, more = row[width - 1], row[width]
    return more.startswith(" ") or (last[-1:].isdigit() and more[:1].isdigit())
