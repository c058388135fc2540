"""Which rows of a table are its header: text where the rows below have numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from headwater.reading.delimited.kin import is_kin, is_line_of
from headwater.reading.delimited.kinds import is_datum, is_missing, telling_columns

HEADER_ROWS = 4  # at most
_COLUMNS = 256  # more tell no more
_YEARS = 2  # numbers in a row that name columns count on by one
_CENTURIES = range(1800, 2200)
_UNIT = re.compile(
    r"[(\[<].*[)\]>]|.*[%°/²³µμΩ$€£¥].*|[munkMG]?(?:[gmsVAWJNlL]|Hz|Pa|bar|mol|Wh|eV)|[cd]m|min|h|d"
    r"|[CKF]|[kMGT]i?B|USD|EUR|GBP|CHF|JPY|lbs?|oz|in|ft|mi|deg|rad|mph|rpm|ppm|dB"
)


def header_rows(rows: Sequence[tuple[str, ...]]) -> int:
    """How many of the rows are names."""
    if not rows:
        return 0
    if not _names(rows[0], rows[1:]):
        return 0
    if len(rows) == 1 or any(map(is_datum, rows[1])):
        return 1
    most = min(HEADER_ROWS, len(rows) - 1)
    for count in range(most, 1, -1):
        telling = telling_columns(rows[count:])
        if (
            telling
            and all(tells_header(row, telling) for row in rows[:count])
            and (_spans(rows[0], rows[count - 1]) or _adds(rows[1:count], telling))
        ):
            return count
    return 1


def _names(row: tuple[str, ...], body: Sequence[tuple[str, ...]]) -> bool:
    """Whether a first row holds names: no number or date does, unless years count columns.

    Nor does a row with a code, a hash or an address as those below it have at that place.
    """
    data = [cell.strip() for cell in row if is_datum(cell)]
    if not data:
        return not _is_row(row, body)
    if len(data) == len(row) or not body or not _counts_on(data):
        return False
    return any((_are_years(data) and not _are_years(each)) or not _counts_on(each) for each in body)


def _is_row(row: tuple[str, ...], body: Sequence[tuple[str, ...]]) -> bool:
    others = [each for each in body if each != row]  # a header may be repeated
    below = [[each[place] for each in others] for place in range(min(len(row), _COLUMNS))]
    if any(_is_above(cell, values) for cell, values in zip(row, below, strict=False)):
        return False
    if len(row) == 1 and is_line_of(row[0], below[0]):
        return True
    return any(is_kin(cell, values) for cell, values in zip(row, below, strict=False))


def _is_above(cell: str, values: Sequence[str]) -> bool:
    """Whether a word stands above numbers or dates."""
    filled = [value for value in values if not is_missing(value)]
    return bool(filled) and not is_missing(cell) and all(map(is_datum, filled))


def _counts_on(row: Sequence[str]) -> bool:
    """Whether its numbers are whole ones, each one more than that before."""
    data = [cell.strip() for cell in row if is_datum(cell)]
    if len(data) < _YEARS or not all(each.isdecimal() for each in data):
        return False
    numbers = [int(each) for each in data]
    return all(b - a == 1 for a, b in pairwise(numbers))


def _are_years(row: Sequence[str]) -> bool:
    data = [cell.strip() for cell in row if is_datum(cell)]
    return bool(data) and all(each.isdecimal() and int(each) in _CENTURIES for each in data)


def tells_header(row: tuple[str, ...], telling: Sequence[int]) -> bool:
    """Whether a row has text, or nothing, wherever the rows below have numbers and dates."""
    if not telling or any(is_datum(cell) for cell in row):
        return False
    cells = [row[place].strip() for place in telling if place < len(row)]
    return any(cells) and not any(cell and is_missing(cell) for cell in cells)


def _spans(upper: tuple[str, ...], lowest: tuple[str, ...]) -> bool:
    """Whether the upper row names groups of columns, and the lowest each column."""
    filled = [cell.strip() for cell in upper if cell.strip()]
    groups = len(set(filled)) < len(upper)
    return groups and sum(bool(cell.strip()) for cell in lowest) * 2 >= len(lowest)


def _adds(rows: Sequence[tuple[str, ...]], telling: Sequence[int]) -> bool:
    """Whether every number has its unit above it in each of the rows.

    Any other text below a row of names may be a row of the table, which nobody would miss.
    """
    cells = [row[place].strip() for row in rows for place in telling]
    return len(telling) > 1 and all(map(_UNIT.fullmatch, cells))


def joined_names(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The names of several header rows, those of one column joined with a blank.

    A name over several columns stands over the first of them and holds for those behind it
    that have none of their own in that row, as long as they are named below.
    """
    width = max(map(len, rows))
    rows = [(*row, *[""] * (width - len(row))) for row in rows]
    names = [""] * width
    for depth, row in enumerate(rows):
        last = ""
        for place, cell in enumerate(row):
            bare = cell.strip()
            below = any(other[place].strip() for other in rows[depth + 1 :])
            last = bare or last
            mine = bare or (last if below else "")
            names[place] = f"{names[place]} {mine}".strip()
    return tuple(names)
