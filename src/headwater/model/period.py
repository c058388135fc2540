"""The periods of an expectation: when each begins and ends, and when it is due.

Periods are cut by the clock on the wall of a time zone, and kept as instants: a day may
have 23 or 25 hours. Each ends where the next begins, so every instant is in one of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from headwater.model.expect import Expect, Unit

DAY = timedelta(days=1)
HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
_SATURDAY = 5

_SPAN_DAYS = {Unit.DAY: 1, Unit.WEEKDAY: 2, Unit.WEEK: 7, Unit.MONTH: 31}
"""So many days hold one period at least, over the length of two."""

_NAMES = {Unit.WEEK: "%G-W%V", Unit.MONTH: "%Y-%m", Unit.MINUTE: "%Y-%m-%d %H:%M"}


@dataclass(frozen=True, slots=True)
class Period:
    """One period of an expectation."""

    name: str  # 2026-11-21, 2026-W47, 2026-11, 2026-11-21 06:00: as the wall of its zone has it
    start: datetime
    end: datetime  # the start of the next
    due: datetime  # when what is expected has to be there, the grace included
    closes: datetime  # from here on, what has not come is no longer waited for


def periods(expect: Expect, now: datetime, count: int) -> list[Period]:
    """The last periods that had begun by then, the oldest first."""
    zone = _zone(expect)
    today = now.astimezone(zone).date()
    span = _SPAN_DAYS.get(expect.every.unit, 1)
    if expect.every.unit is Unit.MINUTE:
        back = count * expect.every.minutes // DAY_MINUTES + 2
    else:
        back = (count + 3) * span
    starts = _starts(expect, zone, today - back * DAY, today + 2 * span * DAY + 3 * DAY)
    begun = bisect_right(starts, now)
    chosen = starts[max(begun - count, 0) : begun + 1]
    return [_period(expect, zone, start, end) for start, end in pairwise(chosen)]


def period_names(expect: Expect, start: datetime) -> tuple[str, ...]:
    """The patterns of files that are expected, as they are in the period that begins then."""
    local = start.astimezone(_zone(expect))
    return tuple(name.format(date=_Dated(local)) for name in expect.names)


class _Dated:
    """A date in a pattern: {date}, or {date:%Y%m%d}."""

    def __init__(self, local: datetime) -> None:
        self._local = local

    def __format__(self, spec: str) -> str:
        return self._local.strftime(spec or "%Y-%m-%d")


def _zone(expect: Expect) -> tzinfo:
    # A machine without a time zone database knows this one too.
    return UTC if expect.timezone == "UTC" else ZoneInfo(expect.timezone)


def _starts(expect: Expect, zone: tzinfo, first: date, last: date) -> list[datetime]:
    days = (first + number * DAY for number in range((last - first).days + 1))
    instants = {start for day in days for start in _starts_of(expect, zone, day)}
    return sorted(instants)  # a set: a time that a clock leaves out is the next one there is


def _starts_of(expect: Expect, zone: tzinfo, day: date) -> Iterator[datetime]:
    match expect.every.unit:
        case Unit.WEEKDAY if day.weekday() >= _SATURDAY:
            return
        case Unit.WEEK if day.weekday() != 0:
            return
        case Unit.MONTH if day.day != 1:
            return
    step = expect.every.minutes or DAY_MINUTES
    # An hour that a clock shows twice is two hours; a quarter of a day is what the clock says.
    folds = (0, 1) if step <= HOUR_MINUTES else (0,)
    for minutes in range(0, DAY_MINUTES, step):
        for fold in folds:
            yield _instant(zone, day, minutes, fold)


def _instant(zone: tzinfo, day: date, minutes: int, fold: int = 0) -> datetime:
    hour, minute = divmod(minutes, HOUR_MINUTES)
    return datetime.combine(day, time(hour, minute, fold=fold), zone).astimezone(UTC)


def _period(expect: Expect, zone: tzinfo, start: datetime, end: datetime) -> Period:
    due = _due(expect, zone, start, end)
    # A file whose name says its day can still come tomorrow; one that does not is tomorrow's.
    late = _due(expect, zone, end, end + (end - start)) if expect.is_dated else end
    return Period(_name(expect, zone, start), start, end, due, max(due, late))


def _due(expect: Expect, zone: tzinfo, start: datetime, end: datetime) -> datetime:
    by = expect.by
    if by is None:
        return end + expect.grace
    if by.elapsed is not None:
        return start + by.elapsed + expect.grace
    day = start.astimezone(zone).date() + by.days * DAY
    return _instant(zone, day, by.minutes) + expect.grace


def _name(expect: Expect, zone: tzinfo, start: datetime) -> str:
    local = start.astimezone(zone)
    name = local.strftime(_NAMES.get(expect.every.unit, "%Y-%m-%d"))
    return f"{name}{local:%z}" if local.fold else name
