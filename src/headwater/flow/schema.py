"""The story of a feed's columns: what they are, when they became so, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from headwater.flow.columnversions import ColumnVersion, column_versions
from headwater.flow.undecided import NEW, Undecided, undecided
from headwater.flow.world import World
from headwater.model.arrival import ArrivalState
from headwater.model.change import ChangeKind
from headwater.model.feed import Feed
from headwater.model.ids import FeedName, Key, TableName
from headwater.model.part import Snapshot
from headwater.model.types import Column, Schema
from headwater.ports.ledger import Brought
from headwater.shape.table import PROVENANCE, RESCUED, row_schema

_LOOKED_AT = 20  # receipts, for the newest by which a file was read


class Origin(StrEnum):
    """Where a column comes from."""

    DECLARED = "declared"  # the schema of a feed names it
    INFERRED = "inferred"  # files brought it
    STEPS = "steps"  # the feed's steps made it
    PARTITION = "partition"  # made from another column, or from the day of arrival
    RESCUED = "rescued"  # holds what did not fit
    PROVENANCE = "provenance"  # holds the arrival that a row came from


@dataclass(frozen=True, slots=True)
class ColumnStanding:
    """A column as it is."""

    name: str
    type: str
    nullable: bool
    origin: Origin
    there: bool = True  # False: declared, and in the table from the next file on
    spellings: tuple[str, ...] = ()  # what files call it, by the feed's `rename`
    absent: int = 0  # files of the feed that did not have it
    absent_first: Key | None = None  # the first of them


@dataclass(frozen=True, slots=True)
class ColumnStory:
    """All there is to say of a feed's columns."""

    feed: FeedName
    table: TableName
    version: int | None  # of the table; None where there is none yet
    columns: tuple[ColumnStanding, ...]
    versions: tuple[ColumnVersion, ...]
    waiting: tuple[Undecided, ...]


def schema(world: World, name: str) -> ColumnStory:
    """Tell what the columns are, the versions that changed them, and what is not decided."""
    feed = world.feed(name)
    snapshot = world.tables.snapshot(feed.table)
    brought = world.ledger.brought(feed.table)
    own = [each for each in brought if each.feed == feed.name]
    return ColumnStory(
        feed=feed.name,
        table=feed.table,
        version=snapshot.version if snapshot else None,
        columns=tuple(_columns(world, feed, snapshot, own)),
        versions=tuple(column_versions(world, feed.table, brought)) if snapshot else (),
        waiting=_waiting(world, feed, snapshot, own),
    )


def waiting(world: World, feed: Feed) -> tuple[Undecided, ...]:
    """The columns that wait for a decision; asked of every feed, so it reads no log for nothing."""
    own = [each for each in world.ledger.brought(feed.table) if each.feed == feed.name]
    kinds = {change.kind for each in own for change in each.changes}
    if kinds.isdisjoint({*NEW, ChangeKind.MISSING}):
        return ()
    return _waiting(world, feed, world.tables.snapshot(feed.table), own)


def _waiting(
    world: World, feed: Feed, snapshot: Snapshot | None, brought: Sequence[Brought]
) -> tuple[Undecided, ...]:
    from_files = row_schema(feed, snapshot.schema if snapshot else Schema())
    if feed.steps:  # files are held against what steps begin with
        from_files = world.ledger.source(feed.name)
    there = from_files.plus(feed.schema.columns)
    return undecided(feed, there, brought, lacking=_lacking(world, feed))


def _lacking(world: World, feed: Feed) -> frozenset[str]:
    """Columns that the newest files do not have, in lower case."""
    for receipt in world.ledger.receipts(feed=feed.name, limit=_LOOKED_AT):
        read = sum(file.state is ArrivalState.COMPLETED for file in receipt.files)
        if receipt.table == feed.table and read:
            missing = (each for each in receipt.changes if each.kind is ChangeKind.MISSING)
            return frozenset(each.column.lower() for each in missing if each.files >= read)
    return frozenset()


def _columns(
    world: World, feed: Feed, snapshot: Snapshot | None, brought: Sequence[Brought]
) -> Iterator[ColumnStanding]:
    there = snapshot.schema if snapshot else Schema()
    from_files = row_schema(feed, there)
    sharing = [each for each in world.feeds if each.table == feed.table]
    lacking = _absences(brought)
    of_files = () if feed.steps else feed.schema.columns
    expected = tuple(each for each in of_files if there.find(each.name) is None)
    shaped = [world.ledger.source(each.name) for each in sharing if each.steps]
    for column in (*there.columns, *expected):
        declared = any(each.schema.find(column.name) for each in sharing)
        files, first = lacking.get(column.name.lower(), (0, None))
        yield ColumnStanding(
            name=column.name,
            type=str(column.type),
            nullable=column.nullable,
            origin=_origin(column, declared=declared, from_files=from_files, shaped=shaped),
            there=there.find(column.name) is not None,
            spellings=tuple(
                known for known, to in feed.rename if to.lower() == column.name.lower()
            ),
            absent=files,
            absent_first=first,
        )


def _origin(
    column: Column, *, declared: bool, from_files: Schema, shaped: Sequence[Schema]
) -> Origin:
    if column.name == PROVENANCE:
        return Origin.PROVENANCE
    if column.name == RESCUED:
        return Origin.RESCUED
    if declared:
        return Origin.DECLARED
    brought = not shaped or any(source.find(column.name) for source in shaped)
    if from_files.find(column.name) and not brought:
        return Origin.STEPS
    return Origin.INFERRED if from_files.find(column.name) else Origin.PARTITION


def _absences(brought: Sequence[Brought]) -> Mapping[str, tuple[int, Key | None]]:
    found: dict[str, tuple[int, Key | None]] = {}
    for change in (change for each in brought for change in each.changes):
        if change.kind is ChangeKind.MISSING:
            files, first = found.get(change.column.lower(), (0, change.first))
            found[change.column.lower()] = files + change.files, first
    return found
