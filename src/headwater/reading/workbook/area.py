"""Ranges of cells, as they are written in Excel: A1:F200, B:D."""

from __future__ import annotations

import re
from dataclasses import dataclass

from headwater.reading.unreadable import Unreadable

_RANGE = re.compile(
    r"\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,6})?(?::\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,6})?)?"
)


@dataclass(frozen=True, slots=True)
class Area:
    """A range of cells, both ends included."""

    left: int = 1
    top: int = 1
    right: int = 1 << 14
    bottom: int = 1 << 20


def is_range(cells: str) -> bool:
    """Whether it names a range of cells."""
    try:
        area_of(cells)
    except Unreadable:
        return False
    return True


def area_of(cells: str | None) -> Area:
    """The range that is named; Unreadable (range) where it is none."""
    if cells is None:
        return Area()
    found = _RANGE.fullmatch(cells.strip())
    if found is None or not cells.strip():
        raise Unreadable("range", f"{cells!r} is no range of cells; write it as A1:F200 or B:D")
    left, top, right, bottom = found.groups()
    widest = Area()
    area = Area(
        column_number(left) if left else widest.left,
        int(top) if top else widest.top,
        column_number(right) if right else widest.right,
        int(bottom) if bottom else widest.bottom,
    )
    if area.left > area.right or area.top > area.bottom:
        raise Unreadable("range", f"the range {cells} ends before it starts; turn it round")
    return area


def column_number(letters: str) -> int:
    """Which column it is, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_name(number: int) -> str:
    """The letters of the column."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
