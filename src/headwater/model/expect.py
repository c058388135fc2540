"""What a feed's owner expects to come: how often, by when, how much of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from headwater.model.ids import FeedName


class Unit(StrEnum):
    """What the periods of a feed are made of."""

    MINUTE = "minute"
    DAY = "day"
    WEEKDAY = "weekday"  # Monday to Friday; Friday's period lasts until Monday
    WEEK = "week"  # from Monday
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Every:
    """How long a period is."""

    unit: Unit
    minutes: int = 0  # of the unit minute: a divisor of the day


@dataclass(frozen=True, slots=True)
class By:
    """When what is expected has to be there, counted from the beginning of the period."""

    elapsed: timedelta | None = None  # so much later; None: at a time on a clock
    days: int = 0
    minutes: int = 0  # after midnight of that day
    is_weekday: bool = False  # written as a day of the week


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most; None is no bound."""

    least: int | None = None
    most: int | None = None

    @property
    def told(self) -> bool:
        """Whether there is any bound."""
        return self.least is not None or self.most is not None


@dataclass(frozen=True, slots=True)
class Control:
    """The feed whose rows say what files of a period hold, and in which columns."""

    feed: FeedName
    rows: str | None = None  # the column with the number of records
    totals: tuple[tuple[str, str], ...] = ()  # a column of the table, and the one with its sum


@dataclass(frozen=True, slots=True)
class Expect:
    """What is expected of a feed in each period."""

    every: Every
    by: By | None = None  # None: by the end of the period
    grace: timedelta = timedelta(0)
    files: Bounds = field(default_factory=lambda: Bounds(least=1))
    rows: Bounds = field(default_factory=Bounds)
    names: tuple[str, ...] = ()  # patterns, each of which has to be there; {date} in them
    control: Control | None = None
    volume: bool = True  # whether figures far from those of earlier periods are told
    timezone: str = "UTC"
    since: datetime | None = None  # None: since the first file came, or somebody first looked

    @property
    def is_dated(self) -> bool:
        """Whether names say which period a file is of; else the time it landed says it."""
        return any("{" in name for name in self.names)
