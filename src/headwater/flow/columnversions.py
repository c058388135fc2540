"""The versions of a table that changed its columns, and the files that did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from headwater.flow.world import World
from headwater.model.arrival import ArrivalState
from headwater.model.change import Change, ChangeKind
from headwater.model.ids import FeedName, Key, ManifestId, TableName
from headwater.model.types import Column, Schema
from headwater.ports.ledger import Brought

_MADE = frozenset({ChangeKind.ADDED, ChangeKind.WIDENED})


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """What became of one column at a version; types are as a schema declares them."""

    column: str
    before: str | None  # None: it was not there
    after: str | None  # None: it is not there any more
    first: Key | None = None  # the first file that brought it, where that is known
    files: int = 0  # how many of its batch did


@dataclass(frozen=True, slots=True)
class ColumnVersion:
    """A version of the table at which columns changed; at the first, all of them are added."""

    version: int
    at: datetime
    feed: FeedName | None  # whose batch brought it, where that is known
    manifest: ManifestId | None
    changes: tuple[ColumnChange, ...]
    foreign: bool = False  # another tool than Headwater changed them


def column_versions(
    world: World, table: TableName, brought: Sequence[Brought]
) -> Iterator[ColumnVersion]:
    """Each version whose columns are not those of the version before it, in order."""
    before = Schema()
    for each in world.tables.schema_versions(table):
        changes = tuple(_changes(before, each.schema))
        author = None if each.foreign else _author(world, table, each.version, changes, brought)
        yield ColumnVersion(
            version=each.version,
            at=each.committed_at,
            feed=author.feed if author else None,
            manifest=author.manifest if author else None,
            changes=author.told(changes) if author else changes,
            foreign=each.foreign,
        )
        before = each.schema


@dataclass(frozen=True, slots=True)
class _Author:
    """The batch that changed columns: which it was, and the files that brought each of them."""

    feed: FeedName
    manifest: ManifestId
    brought: Mapping[str, tuple[Key, int]]  # a column's first file, and how many
    otherwise: tuple[Key | None, int] = (None, 0)

    def told(self, changes: Sequence[ColumnChange]) -> tuple[ColumnChange, ...]:
        """The changes, with the files that brought them."""
        files = (self.brought.get(each.column.lower(), self.otherwise) for each in changes)
        return tuple(
            replace(each, first=first, files=count)
            for each, (first, count) in zip(changes, files, strict=True)
        )


def _author(
    world: World,
    table: TableName,
    version: int,
    changes: Sequence[ColumnChange],
    brought: Sequence[Brought],
) -> _Author | None:
    """Whose files brought these columns; else whoever committed at that version, or next.

    Columns are made before the rows come, so that another batch may commit in between.
    """
    found = _who_brought(version, {each.column.lower() for each in changes}, brought)
    manifest = found.manifest if found else None
    if manifest is None:
        entries = world.tables.log(table, since=version)
        manifest = next((each.manifest for each in entries if each.manifest), None)
    receipt = world.ledger.receipt(manifest) if manifest else None
    if receipt is None:
        return None
    read = [file.key for file in receipt.files if file.state is ArrivalState.COMPLETED]
    all_of_them = bool(read) and (version == 0 or len(read) == 1)
    return _Author(
        receipt.feed,
        receipt.manifest,
        _files(found.changes if found else ()),
        (read[0], len(read)) if all_of_them else (None, 0),
    )


def _who_brought(version: int, columns: set[str], brought: Sequence[Brought]) -> Brought | None:
    later = [
        each
        for each in brought
        if each.version is not None
        and each.version >= version
        and any(
            change.kind in _MADE and change.column.lower() in columns for change in each.changes
        )
    ]
    return min(later, key=lambda each: each.version or 0, default=None)


def _files(changes: Sequence[Change]) -> dict[str, tuple[Key, int]]:
    found: dict[str, tuple[Key, int]] = {}
    for change in changes:
        if change.kind in _MADE and change.first is not None:
            first, files = found.get(change.column.lower(), (change.first, 0))
            found[change.column.lower()] = first, files + change.files
    return found


def _changes(before: Schema, after: Schema) -> Iterator[ColumnChange]:
    gone = tuple(each for each in before.columns if after.find(each.name) is None)
    for column in (*after.columns, *gone):
        was, becomes = _spelled(before.find(column.name)), _spelled(after.find(column.name))
        if was != becomes:
            yield ColumnChange(column.name, was, becomes)


def _spelled(column: Column | None) -> str | None:
    if column is None:
        return None
    return str(column.type) if column.nullable else f"{column.type} not null"
