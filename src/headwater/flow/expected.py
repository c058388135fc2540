"""What was expected of feeds, against what has come: the last periods of each, as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from headwater.flow.control import Controls
from headwater.flow.world import World
from headwater.model.expect import Expect, Unit
from headwater.model.feed import Feed
from headwater.model.ids import FeedName
from headwater.model.period import Period, period_names, periods
from headwater.model.standing import BAD, Came, PeriodStanding, PeriodState, stand
from headwater.model.volume import LEAST, Unusual, unusual
from headwater.ports.watching import Wanted

HISTORY = 56
"""So many periods are looked back at: eight of each day of the week."""

SHOWN = 10
"""So many of the last periods are judged."""

_SETTLED = frozenset({PeriodState.MET, PeriodState.PARTIAL, PeriodState.DIFFERS})

Cells = Mapping[tuple[int, int], Came]


@dataclass(frozen=True, slots=True)
class Expected:
    """How a feed stands against what is expected of it."""

    feed: FeedName
    periods: tuple[PeriodStanding, ...]  # the last ones, the oldest first
    dated: bool = False  # whether names say which period a file is of

    @property
    def bad(self) -> tuple[PeriodStanding, ...]:
        """Periods that stand badly and still matter, the oldest first.

        Where names bear dates, all of them: their files can still come. Else those since the
        last that was met.
        """
        found: list[PeriodStanding] = []
        for each in reversed(self.periods):
            if each.state in BAD:
                found.append(each)
            elif each.state is PeriodState.MET and not self.dated:
                break
        return tuple(reversed(found))

    @property
    def unusual(self) -> tuple[tuple[PeriodStanding, Unusual], ...]:
        """What is far from usual in the last period that is due."""
        due = [each for each in self.periods if each.state is not PeriodState.WAITING]
        return tuple((due[-1], each) for each in due[-1].volume) if due else ()


def expectations(world: World, feeds: Sequence[Feed] = ()) -> list[Expected]:
    """How each feed stands of which anything is expected."""
    return [
        Expected(feed.name, tuple(_standings(world, feed, feed.expect)), feed.expect.is_dated)
        for feed in feeds or world.feeds
        if feed.expect is not None
    ]


def _standings(world: World, feed: Feed, expect: Expect) -> Iterator[PeriodStanding]:
    now = world.clock()
    past = periods(expect, now, HISTORY)
    cells = _came(world, feed, expect, past)
    rows = [_row(expect, cells, at, each) for at, each in enumerate(past)]
    whole = [sum((cell for _, cell in row), Came()) for row in rows]
    begun = _begun(world, feed, expect, now)
    controls = Controls(world, feed, past[-SHOWN:])
    for at in range(max(len(past) - SHOWN, 0), len(past)):
        period, came = past[at], whole[at]
        if period.due <= begun and not came.files + came.refused:
            continue  # nobody expected anything then
        otherwise = controls.otherwise(period, came)
        standing = stand(expect, period, rows[at], now, otherwise)
        yield replace(standing, volume=_volume(expect, past, whole, at, standing, now))


def _came(world: World, feed: Feed, expect: Expect, past: Sequence[Period]) -> Cells:
    wanted = [
        Wanted(at, number, start, stop, glob)
        for at, period in enumerate(past)
        for number, glob in enumerate(_globs(feed, expect, period))
        for start, stop in [(None, None) if expect.is_dated else (period.start, period.end)]
    ]
    return world.ledger.came(feed.name, wanted, least=_nth(expect))


def _globs(feed: Feed, expect: Expect, period: Period) -> Sequence[str | None]:
    names = period_names(expect, period.start)
    return [f"{feed.prefix}{name}" for name in names] or [None]


def _nth(expect: Expect) -> int:
    """Which of the files is the last that has to be there: one of each name, or so many."""
    return 1 if expect.names else expect.files.least or 1


def _row(expect: Expect, cells: Cells, at: int, period: Period) -> list[tuple[str, Came]]:
    names = period_names(expect, period.start) or ("",)
    return [(name, cells.get((at, number), Came())) for number, name in enumerate(names)]


def _begun(world: World, feed: Feed, expect: Expect, now: datetime) -> datetime:
    """Since when anything is expected."""
    if expect.since is not None:
        return expect.since
    watched = world.ledger.watched(feed.name)
    first = world.ledger.first_landed(feed.name)
    return min(each for each in (first, watched[0] if watched else None, now) if each is not None)


def _volume(
    expect: Expect,
    past: Sequence[Period],
    whole: Sequence[Came],
    at: int,
    standing: PeriodStanding,
    now: datetime,
) -> tuple[Unusual, ...]:
    """What is far from usual; nothing before it is due and all of it converted."""
    came = whole[at]
    if not expect.volume or standing.state not in _SETTLED or came.waiting or now < past[at].due:
        return ()
    earlier = [number for number in range(at) if whole[number].files]
    alike = [number for number in earlier if _weekday(expect, past, number, at)]
    same_weekday = expect.every.unit in {Unit.DAY, Unit.WEEKDAY} and len(alike) >= LEAST
    chosen = alike if same_weekday else earlier
    found = (
        unusual("files", came.files, [whole[n].files for n in chosen], same_weekday=same_weekday),
        unusual("rows", came.rows, [whole[n].rows for n in chosen], same_weekday=same_weekday),
    )
    return tuple(each for each in found if each is not None)


def _weekday(expect: Expect, past: Sequence[Period], one: int, other: int) -> bool:
    zone = UTC if expect.timezone == "UTC" else ZoneInfo(expect.timezone)
    days = [past[at].start.astimezone(zone).weekday() for at in (one, other)]
    return days[0] == days[1]
