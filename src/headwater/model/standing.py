"""How a period of a feed stands: what was expected against what has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from headwater.model.expect import Bounds, Expect
from headwater.model.period import Period
from headwater.model.volume import Unusual


class PeriodState(StrEnum):
    """How a period stands."""

    WAITING = "waiting"  # there is time yet, or what came is not converted yet
    MET = "met"  # everything came, if late
    LATE = "late"  # it is due, nothing has come, and it may still come
    MISSING = "missing"  # nothing came, and it is no longer waited for
    PARTIAL = "partial"  # it is due, and not everything has come
    DIFFERS = "differs"  # everything came, and more, or other than a control file says


BAD = frozenset({PeriodState.LATE, PeriodState.MISSING, PeriodState.PARTIAL, PeriodState.DIFFERS})
"""States that somebody wants to be told of."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one pattern in one period; a file and its corrections are one."""

    files: int = 0  # those that were refused whole aside
    waiting: int = 0  # of these, not converted yet
    refused: int = 0  # refused whole, given up, or gone
    rows: int = 0  # written
    size_bytes: int = 0
    first_at: datetime | None = None
    enough_at: datetime | None = None  # when the last came of those that had to be there

    def __add__(self, other: Came) -> Came:
        return Came(
            self.files + other.files,
            self.waiting + other.waiting,
            self.refused + other.refused,
            self.rows + other.rows,
            self.size_bytes + other.size_bytes,
            min((each for each in (self.first_at, other.first_at) if each), default=None),
            _both(self.enough_at, other.enough_at),
        )


@dataclass(frozen=True, slots=True)
class PeriodStanding:
    """How one period stands, and why."""

    period: Period
    state: PeriodState
    came: Came
    lacks: tuple[str, ...] = ()  # what has not come, in words
    odd: tuple[str, ...] = ()  # what is too much, or other than a control file says
    late: timedelta | None = None  # how late it was met
    volume: tuple[Unusual, ...] = ()

    @property
    def since(self) -> datetime | None:
        """Since when it stands so badly."""
        return self.period.due if self.state in BAD else None


def stand(
    expect: Expect,
    period: Period,
    came: Sequence[tuple[str, Came]],
    now: datetime,
    otherwise: Sequence[str] = (),
) -> PeriodStanding:
    """How a period stands, by what came of each pattern, and what else is odd."""
    whole = sum((each for _, each in came), Came())
    lacks = tuple(_lacks(expect, came, whole))
    odd = (*_too_much(expect, whole), *otherwise)
    unsure = whole.waiting > 0 and (expect.rows.told or expect.control is not None)
    state = _state(period, whole, now, lacks=bool(lacks), odd=bool(odd), unsure=unsure)
    enough = None if lacks else whole.enough_at
    late = enough - period.due if enough and enough > period.due else None
    return PeriodStanding(period, state, whole, lacks, odd, late)


def why(standing: PeriodStanding) -> str:
    """What lacks, and what is odd, in one sentence."""
    lacks = f"lacks {'; '.join(standing.lacks)}" if standing.lacks else ""
    return "; ".join(filter(None, (lacks, *standing.odd)))


def _state(
    period: Period, came: Came, now: datetime, *, lacks: bool, odd: bool, unsure: bool
) -> PeriodState:
    if not lacks:
        if unsure:
            return PeriodState.WAITING
        return PeriodState.DIFFERS if odd else PeriodState.MET
    if now < period.due:
        return PeriodState.WAITING
    if came.files == came.refused == 0:
        return PeriodState.MISSING if now >= period.closes else PeriodState.LATE
    return PeriodState.PARTIAL


def _lacks(expect: Expect, came: Sequence[tuple[str, Came]], whole: Came) -> Iterator[str]:
    names = [name for name, each in came if expect.names and not each.files]
    yield from names
    least = expect.files.least or 0
    if whole.files < least and (not names or least > len(came)):  # else the names say it
        yield f"{_files(least)}, of which {whole.files or 'none'} came"
    elif not (names or whole.waiting) and whole.rows < (expect.rows.least or 0):
        yield f"{expect.rows.least:,} rows, of which {whole.rows:,} came"
    if whole.refused:
        was = "was" if whole.refused == 1 else "were"
        lacking = whole.files < max(least, len(expect.names))
        if lacking:
            yield f"{_files(whole.refused)} came and {was} refused"


def _too_much(expect: Expect, came: Came) -> Iterator[str]:
    if _is_above(expect.files, came.files):
        yield f"{_files(came.files)} came, {expect.files.most:,} at most are expected"
    if _is_above(expect.rows, came.rows):
        yield f"{came.rows:,} rows came, {expect.rows.most:,} at most are expected"


def _is_above(bounds: Bounds, figure: int) -> bool:
    return bounds.most is not None and figure > bounds.most


def _files(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}"


def _both(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two times; what has no time has not to be there."""
    return max((each for each in (one, other) if each), default=None)
