"""How the lake stands: feeds, queue, tables, and what needs a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from headwater.flow.expected import Expected, expectations
from headwater.flow.hold import Held, held, month_of
from headwater.flow.models.standing import ModelStanding, models, readers
from headwater.flow.replay import REFUSED, pages
from headwater.flow.replay import standing as unfollowed
from headwater.flow.schema import waiting
from headwater.flow.world import World
from headwater.model.arrival import ArrivalState
from headwater.model.curated import ModelName
from headwater.model.ids import FeedName, TableName
from headwater.model.part import Snapshot
from headwater.ports.ledger import Spending, Standing
from headwater.ports.queue import Depth


@dataclass(frozen=True, slots=True)
class TableStanding:
    """A table as it is."""

    table: TableName
    version: int
    rows: int
    parts: int
    size_bytes: int
    columns: tuple[tuple[str, str], ...]
    partition_by: tuple[str, ...]
    feeds: tuple[FeedName, ...]
    model: ModelName | None = None  # that writes it
    read_by: tuple[ModelName, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenColumns:
    """How many columns of a feed's files wait for a decision."""

    feed: FeedName
    columns: int


@dataclass(frozen=True, slots=True)
class RowsTaken:
    """How many rows that were written have gone for those of later files."""

    table: TableName
    rows: int


@dataclass(frozen=True, slots=True)
class Status:
    """How the lake stands at a moment."""

    at: datetime
    feeds: tuple[Standing, ...]
    queue: Depth
    tables: tuple[TableStanding, ...]
    undecided: tuple[OpenColumns, ...] = ()  # of feeds that have any
    models: tuple[ModelStanding, ...] = ()
    expected: tuple[Expected, ...] = ()  # of feeds of which anything is
    held: tuple[Held, ...] = ()  # batches that wait for a person, over their feed's budget
    spending: tuple[Spending, ...] = ()  # of this month
    taken: tuple[RowsTaken, ...] = ()  # of tables that any have gone from


def status(world: World) -> Status:
    """Look at everything once."""
    standing = {each.feed: _as_it_stands(world, each) for each in world.ledger.standing()}
    quiet = [
        Standing(feed.name, {}, {}, 0, None, None, 0, 0)
        for feed in world.feeds
        if feed.name not in standing or not standing[feed.name].arrivals
    ]
    known = [each for each in standing.values() if each.arrivals]  # builds of models have none
    feeds = sorted((*known, *quiet), key=lambda each: (each.feed is None, each.feed))
    there = tables(world)
    undecided = [OpenColumns(feed.name, len(waiting(world, feed))) for feed in world.feeds]
    return Status(
        at=world.clock(),
        feeds=tuple(feeds),
        queue=world.queue.depth(),
        tables=tuple(there),
        undecided=tuple(each for each in undecided if each.columns),
        models=tuple(models(world)),
        expected=tuple(expectations(world)),
        held=tuple(held(world)),
        spending=tuple(world.ledger.spending(since=month_of(world))),
        taken=tuple(_taken(world, there, standing)),
    )


def _as_it_stands(world: World, each: Standing) -> Standing:
    """With those refused files alone that no later version, and no replay, has followed."""
    ever = sum(each.arrivals.get(state, 0) for state in REFUSED)
    if each.feed is None or not ever:
        return each
    refused = unfollowed(world, pages(world, each.feed, REFUSED))
    now = Counter(arrival.state for arrival in refused)
    followed = {ArrivalState.SUPERSEDED: ever - now.total()} if now.total() < ever else {}
    rest = {state: files for state, files in each.arrivals.items() if state not in REFUSED}
    return replace(each, arrivals=Counter(rest) + now + Counter(followed))


def _taken(
    world: World, tables: Sequence[TableStanding], standing: Mapping[FeedName | None, Standing]
) -> Iterator[RowsTaken]:
    """What receipts of visible files say of rows, less what the tables have."""
    takes = {feed.table for feed in world.feeds if feed.takes}
    for table in tables:
        written = sum(standing[feed].rows_written for feed in table.feeds if feed in standing)
        if table.table in takes and written > table.rows:
            yield RowsTaken(table.table, written - table.rows)


def tables(world: World) -> list[TableStanding]:
    """Every table as it is."""
    return [
        standing_of(world, snapshot)
        for name in world.tables.names()
        if (snapshot := world.tables.snapshot(name)) is not None
    ]


def standing_of(world: World, snapshot: Snapshot) -> TableStanding:
    """A table as a snapshot shows it."""
    return TableStanding(
        table=snapshot.table,
        version=snapshot.version,
        rows=sum(part.rows for part in snapshot.parts),
        parts=len(snapshot.parts),
        size_bytes=sum(part.size_bytes for part in snapshot.parts),
        columns=tuple((column.name, str(column.type)) for column in snapshot.schema.columns),
        partition_by=snapshot.partition_by,
        feeds=tuple(feed.name for feed in world.feeds if feed.table == snapshot.table),
        model=next((each.name for each in world.models if each.table == snapshot.table), None),
        read_by=readers(world, snapshot.table),
    )
