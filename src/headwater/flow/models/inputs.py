"""Which versions of its tables a model is built from, and what it was last built from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from headwater.flow.commit import from_entry
from headwater.flow.world import World
from headwater.model.curated import BuiltFrom, Model
from headwater.model.ids import FeedName, TableName
from headwater.model.receipt import Receipt
from headwater.ports.tables import EntryKind, LogEntry

_RECENT = 20
"""Receipts that are looked through for a build: those that were overtaken wrote nothing."""


def last_built(world: World, model: Model) -> Receipt | None:
    """The receipt of the build that the table holds, as far as the ledger was told."""
    for receipt in world.ledger.receipts(feed=FeedName(model.name), limit=_RECENT):
        built = receipt.build
        if built is not None and not built.overtaken and receipt.table == model.table:
            return receipt
    return None


def versions_of(receipt: Receipt | None) -> Mapping[TableName, int]:
    """The version of each table that a build has read."""
    built = receipt.build if receipt is not None else None
    return {each.table: each.version for each in built.inputs} if built is not None else {}


def inputs_at(
    world: World, model: Model, known: Mapping[TableName, int], at: datetime | None
) -> tuple[BuiltFrom, ...] | TableName:
    """The newest version of each table with rows that came or went; or the table that lacks.

    With a time, the newest that was there at that time, unless a build has read a later one.
    """
    found = []
    for table in model.reads:
        version = _version(world, table, known.get(table), at)
        if version is None:
            return table
        found.append(BuiltFrom(table, version))
    return tuple(found)


def first_change(world: World, table: TableName, after: int) -> datetime | None:
    """When rows first came or went behind that version; None: they did not."""
    for entry in world.tables.log(table, since=after + 1):
        if entry.changes_rows:
            return entry.committed_at
    return None


def joined_since(world: World, table: TableName, version: int) -> int:
    """The newest version with the same rows whose parts were joined behind it; else itself.

    What was joined is swept in time, and these rows are then to be read from there only.
    """
    found = version
    for entry in world.tables.log(table, since=version + 1):
        if entry.changes_rows:
            break
        if entry.kind is EntryKind.COMPACTION:
            found = entry.version
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """The build that a table's log holds, and whether the table is as it left it."""

    receipt: Receipt
    untouched: bool  # no other commit has come behind it


def built_in_log(world: World, table: TableName, version: int) -> Standing | None:
    """The last build that the log holds at a version; None where there is none."""
    untouched = True
    for entry in _back_from(world, table, version):
        said = entry.receipt
        receipt = from_entry(said, entry.version, entry.added).receipt if said else None
        if receipt is not None and receipt.build is not None:
            return Standing(receipt, untouched)
        if entry.changes_rows:
            untouched = False
    return None


def _version(world: World, table: TableName, known: int | None, at: datetime | None) -> int | None:
    newest = world.tables.version(table)
    if newest is None:
        return None
    least = -1 if known is None else known
    first: LogEntry | None = None
    for entry in _back_from(world, table, newest, least):
        in_time = at is None or entry.committed_at <= at
        if in_time and entry.changes_rows:
            return entry.version
        first = entry if in_time else None
    if known is not None:
        return known
    return first.version if first is not None else None


def _back_from(world: World, table: TableName, version: int, least: int = -1) -> Iterator[LogEntry]:
    """Entries from a version down to the one behind `least`: mostly the first is enough."""
    for number in range(version, least, -1):
        yield next(iter(world.tables.log(table, since=number)))
