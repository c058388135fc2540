"""How the lake stands: feeds, queue, tables, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headwater.flow.hold import Held, held, month_of
from headwater.flow.schema import waiting
from headwater.flow.world import World
from headwater.model.ids import FeedName, TableName
from headwater.ports.ledger import Spending, Standing
from headwater.ports.queue import Depth
from headwater.ports.tables import Tables


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


@dataclass(frozen=True, slots=True)
class OpenColumns:
    """How many columns of a feed's files wait for a decision."""

    feed: FeedName
    columns: int


@dataclass(frozen=True, slots=True)
class Status:
    """How the lake stands at a moment."""

    at: datetime
    feeds: tuple[Standing, ...]
    queue: Depth
    tables: tuple[TableStanding, ...]
    undecided: tuple[OpenColumns, ...] = ()  # of feeds that have any
    held: tuple[Held, ...] = ()  # batches that wait for a person, over their feed's budget
    spending: tuple[Spending, ...] = ()  # of this month


def status(world: World) -> Status:
    """Look at everything once."""
    standing = {each.feed: each for each in world.ledger.standing()}
    quiet = [
        Standing(feed.name, {}, {}, 0, None, None, 0, 0)
        for feed in world.feeds
        if feed.name not in standing
    ]
    feeds = sorted((*standing.values(), *quiet), key=lambda each: (each.feed is None, each.feed))
    undecided = [OpenColumns(feed.name, len(waiting(world, feed))) for feed in world.feeds]
    return Status(
        at=world.clock(),
        feeds=tuple(feeds),
        queue=world.queue.depth(),
        tables=tuple(tables(world)),
        undecided=tuple(each for each in undecided if each.columns),
        held=tuple(held(world)),
        spending=tuple(world.ledger.spending(since=month_of(world))),
    )


def tables(world: World) -> list[TableStanding]:
    """Every table as it is."""
    return [
        standing
        for name in world.tables.names()
        if (standing := _table(world, world.tables, name)) is not None
    ]


def _table(world: World, tables: Tables, name: TableName) -> TableStanding | None:
    snapshot = tables.snapshot(name)
    if snapshot is None:
        return None
    return TableStanding(
        table=name,
        version=snapshot.version,
        rows=sum(part.rows for part in snapshot.parts),
        parts=len(snapshot.parts),
        size_bytes=sum(part.size_bytes for part in snapshot.parts),
        columns=tuple((column.name, str(column.type)) for column in snapshot.schema.columns),
        partition_by=snapshot.partition_by,
        feeds=tuple(feed.name for feed in world.feeds if feed.table == name),
    )
