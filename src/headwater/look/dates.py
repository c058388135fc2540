"""Dates in text columns that one would have to guess at: day first, or month first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DATE = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2\d{4}(?:(?P<gap>[ T])\d{1,2}:\d{2}(?P<seconds>:\d{2})?)?", re.ASCII
)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class WrittenDates:
    """How the dates of a column are written, as `strptime` has it."""

    formats: tuple[str, ...]  # both, where nothing tells the day from the month
    is_time: bool

    def step(self, column: str) -> str:
        """The step that makes dates of the column that YAML names so, by the first format."""
        kind = "timestamp" if self.is_time else "date"
        return f"parse: {{column: {column}, formats: ['{self.formats[0]}'], as: {kind}}}"


def written_dates(texts: Sequence[str | None]) -> WrittenDates | None:
    """How these values are written, if each is a date in one and the same way."""
    found = [_DATE.fullmatch(text) for text in texts if text]
    matches = [each for each in found if each is not None]
    if not matches or len(matches) < len(found):
        return None
    ways = {(each[2], each["gap"], each["seconds"] is None) for each in matches}
    if len(ways) > 1:
        return None
    [(mark, gap, to_the_minute)] = ways
    time = "" if gap is None else f"{gap}%H:%M" if to_the_minute else f"{gap}%H:%M:%S"
    orders = [
        order
        for order, month in (("%d{0}%m{0}%Y", 3), ("%m{0}%d{0}%Y", 1))
        if all(int(each[month]) <= _MONTHS for each in matches)
    ]
    formats = tuple(order.format(mark) + time for order in orders)
    return WrittenDates(formats, gap is not None) if formats else None
