"""The clocks of a time zone: when they were put back, and so showed the same times twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_FIRST = datetime(1850, 1, 1, tzinfo=UTC)  # before the first standard time
_LAST = datetime(2200, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=7)  # no clocks are put forward and back within a week
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PutBack:
    """One time that clocks were put back."""

    at: datetime  # the instant; what they show next, they have shown before
    by: timedelta
    shows: datetime  # what they show from then on, without a zone

    @property
    def first(self) -> datetime:
        """The first instant of the stretch that is shown again."""
        return self.at - self.by

    @property
    def days(self) -> tuple[date, date]:
        """The first day and the last of times that are shown twice."""
        return self.shows.date(), (self.shows + self.by - _SECOND).date()


@cache
def put_back(zone: str) -> tuple[PutBack, ...]:
    """Each time that the clocks of a zone were or will be put back, in order."""
    clocks = ZoneInfo(zone)
    found = []
    at, before = _FIRST, _offset(_FIRST, clocks)
    while at < _LAST:
        behind = at + _STEP
        after = _offset(behind, clocks)
        if after < before:
            moment = _moment(at, behind, clocks)
            shows = (moment + after).replace(tzinfo=None)
            found.append(PutBack(moment, before - after, shows))
        at, before = behind, after
    return tuple(found)


def _moment(early: datetime, late: datetime, clocks: ZoneInfo) -> datetime:
    """The first second with the offset of the later time."""
    offset = _offset(late, clocks)
    while late - early > _SECOND:
        middle = early + _SECOND * ((late - early) // _SECOND // 2)
        if _offset(middle, clocks) == offset:
            late = middle
        else:
            early = middle
    return late


def _offset(at: datetime, clocks: ZoneInfo) -> timedelta:
    return at.astimezone(clocks).utcoffset() or timedelta(0)
