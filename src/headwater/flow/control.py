"""What control files say, against what was read and written of the same period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import isclose
from typing import Any

from headwater.errors import QueryError
from headwater.flow.world import World
from headwater.model.expect import Control
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, FeedName, TableName
from headwater.model.period import Period
from headwater.model.standing import Came

_RECORDS = "records"
Sums = Mapping[ArrivalId, tuple[Any, ...]]


class Controls:
    """The control files of some periods of a feed, asked for once."""

    def __init__(self, world: World, feed: Feed, periods: Sequence[Period]) -> None:
        """Look into both tables, if the feed has control files, and any landed."""
        self._control = feed.expect.control if feed.expect is not None else None
        self._trouble: str | None = None
        speaker = world.find_feed(self._control.feed) if self._control is not None else None
        if self._control is None or speaker is None:
            return
        self._told = _landed(world, speaker.name, periods)
        self._landed = _landed(world, feed.name, periods)
        try:
            self._says = _sums(world, speaker.table, _said(self._control), self._told.values())
            summed = [of for of, _ in self._control.totals]
            self._holds = _sums(world, feed.table, summed, self._landed.values())
        except QueryError as error:
            self._trouble = f"the control files cannot be compared: {error.message}"

    def otherwise(self, period: Period, came: Came) -> list[str]:
        """In which figures they say something else than there is; nothing while it is not known.

        The number of rows is compared with the records read, totals with the sums over rows in
        the table: what was refused is among the first, and lacks in the second.
        """
        if self._control is None or came.waiting or not came.files or not self._told[period.name]:
            return []
        if self._trouble is not None:
            return [self._trouble]
        return list(self._differing(period, self._control))

    def _differing(self, period: Period, control: Control) -> Iterator[str]:
        says = _total(self._says, self._told[period.name], len(_said(control)))
        holds = _total(self._holds, self._landed[period.name], len(control.totals))
        records = sum(self._landed[period.name].values())
        found = [*([records] if control.rows else []), *holds]
        names = [*([_RECORDS] if control.rows else []), *(of for of, _ in control.totals)]
        for name, one, other in zip(names, says, found, strict=True):
            if not _is_same(one, other):
                yield f"the control file says {_spell(one)} for {name}, there is {_spell(other)}"


def _said(control: Control) -> list[str]:
    rows = [control.rows] if control.rows else []
    return [*rows, *(said for _, said in control.totals)]


def _landed(
    world: World, feed: FeedName, periods: Sequence[Period]
) -> dict[str, Mapping[ArrivalId, int]]:
    return {each.name: world.ledger.landed(feed, each.start, each.end) for each in periods}


def _sums(
    world: World, table: TableName, columns: Sequence[str], ids: Iterable[Iterable[ArrivalId]]
) -> Sums:
    """The sums of columns over the rows of each of these arrivals."""
    listed = ", ".join(f"'{each}'" for some in ids for each in some)  # our own: letters, digits
    snapshot = world.tables.snapshot(table)
    if not listed or not columns or snapshot is None:
        return {}
    sums = ", ".join(f"sum({_quoted(name)})" for name in columns)
    of = f"from {_quoted(table)} where _arrival in ({listed}) group by _arrival"
    tables = [(snapshot, world.tables.location(table))]
    answer = world.asker.ask(f"select _arrival, {sums} {of}", tables)
    return {row[0]: tuple(row[1:]) for row in answer.rows()}


def _total(sums: Sums, ids: Iterable[ArrivalId], width: int) -> list[Any]:
    rows = [sums[each] for each in ids if each in sums]
    return [sum(row[at] for row in rows if row[at] is not None) for at in range(width)]


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return isclose(float(one), float(other), rel_tol=1e-9)
    return bool(one == other)


def _spell(value: Any) -> str:
    """A sum as one reads it: 1.50 is 1.5."""
    number = Decimal(str(value))
    whole = number.to_integral_value()
    return f"{whole if number == whole else number.normalize():,}"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
