"""A cron line: minute, hour, day of month, month, day of week; in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
_PIECE = re.compile(r"(?P<from>\*|[a-z0-9]+)(?:-(?P<to>[a-z0-9]+))?(?:/(?P<step>[0-9]+))?")
_SUNDAY = 7  # as some write it, besides 0
_LOOK_BACK_DAYS = 366 * 8 + 2  # from one 29 February to the next over a year like 2100


class _Field(NamedTuple):
    called: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, _SUNDAY, _DAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """Times that repeat."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # Sunday is 0
    either: bool  # both kinds of day are restricted: one of them is enough

    def latest(self, now: datetime) -> datetime | None:
        """The last of its times that is not after now; None if there is none for years."""
        for back in range(_LOOK_BACK_DAYS):
            day = now.date() - timedelta(days=back)
            if not self._is_on(day):
                continue
            until = now.time() if not back else time.max
            for hour in reversed(self.hours):
                for minute in reversed(self.minutes):
                    if time(hour, minute) <= until:
                        return datetime.combine(day, time(hour, minute), now.tzinfo)
        return None

    def _is_on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_month or by_week if self.either else by_month and by_week


def parse_cron(text: str) -> Cron:
    """Read a cron line; ValueError says what is wrong with it."""
    words = _WORDS.get(text.strip().lower(), text).lower().split()
    if len(words) != len(_FIELDS):
        raise ValueError(
            f"{text!r} is no cron line: it has minute, hour, day of month, month and day of week"
        )
    minutes, hours, days, months, weekdays = (
        _values(word, field) for word, field in zip(words, _FIELDS, strict=True)
    )
    cron = Cron(
        text=text.strip(),
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=days,
        months=months,
        weekdays=frozenset(day % _SUNDAY for day in weekdays),
        either=not words[2].startswith("*") and not words[4].startswith("*"),
    )
    if cron.latest(datetime(2100, 1, 1)) is None:  # noqa: DTZ001 - any time with all days before it
        raise ValueError(f"{text!r} names a day that no month has")
    return cron


def _values(word: str, field: _Field) -> frozenset[int]:
    return frozenset(value for piece in word.split(",") for value in _piece(piece, field))


def _piece(piece: str, field: _Field) -> range:
    match = _PIECE.fullmatch(piece)
    step = int(match["step"] or 1) if match else 0
    if match is None or step == 0 or (match["from"] == "*" and match["to"]):
        raise ValueError(f"{piece!r} is no {field.called}: write 5, 1-5, */15, or a list of these")
    first = field.least if match["from"] == "*" else _number(match["from"], field)
    if match["to"]:
        last = _number(match["to"], field)
    else:
        last = field.most if match["from"] == "*" or match["step"] else first
    if last < first:
        raise ValueError(f"{piece!r} ends before it begins")
    return range(first, last + 1, step)


def _number(word: str, field: _Field) -> int:
    if word[:3] in field.names and not word.isdigit():
        return field.names.index(word[:3]) + field.least
    if not word.isdigit() or not field.least <= int(word) <= field.most:
        raise ValueError(
            f"{word!r} is no {field.called}: it goes from {field.least} to {field.most}"
        )
    return int(word)
