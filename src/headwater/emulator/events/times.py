"""When a schedule of AWS is due: `rate(5 minutes)`, `cron(0 6 * * ? *)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from headwater.errors import UsageError
from headwater.model.cron import Cron, parse_cron

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.*)\)")
_FIELDS = 6
_DAY_OF_WEEK = 4


class Times(Protocol):
    """Times that repeat."""

    def latest(self, since: datetime, now: datetime) -> datetime | None:
        """The last of them after `since` and not after `now`."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So much time apart, counted from when the schedule was made."""

    apart: timedelta

    def latest(self, since: datetime, now: datetime) -> datetime | None:
        """The last of them after `since` and not after `now`."""
        passed = (now - since) // self.apart
        return since + passed * self.apart if passed else None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Times by the calendar, in UTC; a year may be named."""

    cron: Cron
    year: str

    def latest(self, since: datetime, now: datetime) -> datetime | None:
        """The last of them after `since` and not after `now`."""
        found = self.cron.latest(now)
        if found is None or found <= since:
            return None
        return found if self.year in {"*", str(found.year)} else None


def read_times(expression: str) -> Times:
    """What a schedule's expression says."""
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        return Rate(timedelta(**{f"{rate[2]}s": int(rate[1])}))
    cron = _CRON.fullmatch(expression)
    fields = cron[1].split() if cron is not None else []
    if len(fields) != _FIELDS or re.search(r"[LW#]", fields[2] + fields[_DAY_OF_WEEK]):
        raise UsageError(
            f"the box does not know when {expression!r} is",
            hint="write rate(5 minutes), or cron with six fields, without L, W and #",
        )
    fields[_DAY_OF_WEEK] = re.sub(
        r"(?<![/\d])\d", lambda day: str(int(day[0]) - 1), fields[_DAY_OF_WEEK]
    )  # AWS counts Sunday as 1
    return Calendar(parse_cron(" ".join(fields[:5]).lower().replace("?", "*")), fields[5])
