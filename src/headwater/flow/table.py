"""One table closely: what its versions did, how it is laid out, what would do it good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.flow.advice import Advice, advice
from headwater.flow.compact import target, writer_of
from headwater.flow.status import TableStanding, standing_of
from headwater.flow.sweep import nameless
from headwater.flow.travel import readable
from headwater.flow.world import World
from headwater.model.compaction import groups
from headwater.model.ids import AttemptId, ManifestId, TableName
from headwater.model.layout import Layout, PartitionStanding, SizeClass, partitions, size_classes
from headwater.ports.tables import EntryKind, LogEntry


class Deed(StrEnum):
    """What a version did."""

    MADE = "made"  # the table
    APPEND = "append"
    REPLACE = "replace"  # rows of earlier versions of files
    WIDEN = "widen"  # columns, and the parts that hold them
    COMPACT = "compact"
    COLUMNS = "columns"  # came, or may be null
    FENCE = "fence"  # attempts that were dropped
    FOREIGN = "foreign"  # another tool did something


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One version of a table, and what it did."""

    version: int
    committed_at: datetime
    deed: Deed
    rows_added: int
    rows_removed: int
    parts_added: int
    parts_removed: int
    manifest: ManifestId | None
    attempt: AttemptId | None  # of a compaction too, which has no manifest

    @property
    def changes_rows(self) -> bool:
        """Whether a reader finds other rows: those that a compaction moves stay the same."""
        return self.deed is not Deed.COMPACT


@dataclass(frozen=True, slots=True)
class TableStory:
    """A table, closely."""

    standing: TableStanding
    history: tuple[TableVersion, ...]  # the newest first
    readable: tuple[tuple[int, int], ...]  # versions whose parts are there, as ranges
    partitions: tuple[PartitionStanding, ...]  # the largest first
    sizes: tuple[SizeClass, ...]
    target_bytes: int  # about how large parts become
    kept_parts: int  # that only earlier versions name, for those who read them
    kept_bytes: int
    advice: tuple[Advice, ...]


def table_story(world: World, table: TableName) -> TableStory | None:
    """Look at a table; None if there is no such table."""
    snapshot = world.tables.snapshot(table)
    if snapshot is None:
        return None
    history = tuple(_history(world.tables.log(table)))[::-1]
    removable, held = nameless(world, table, world.clock() - world.retention)
    feed = writer_of(world, table)
    layout = Layout(
        parts=len(snapshot.parts),
        partitions=partitions(snapshot.parts),
        partition_by=feed.partition,
        target_bytes=target(feed),
        joinable=sum(map(len, groups(snapshot.parts, target(feed)))),
        becoming=len(groups(snapshot.parts, target(feed))),
        compacted=any(each.deed is Deed.COMPACT for each in history),
        removable=len(removable),
        removable_bytes=sum(orphan.stat.size_bytes for orphan in removable),
    )
    return TableStory(
        standing=standing_of(world, snapshot),
        history=history,
        readable=tuple(readable(world, table)),
        partitions=layout.partitions,
        sizes=tuple(size_classes(snapshot.parts, layout.target_bytes)),
        target_bytes=layout.target_bytes,
        kept_parts=len(held),
        kept_bytes=sum(stat.size_bytes for stat in held),
        advice=tuple(advice(table, feed.name, layout)),
    )


def _history(entries: Iterable[LogEntry]) -> Iterator[TableVersion]:
    rows_of: dict[str, int] = {}
    for entry in entries:
        rows_of.update((part.path, part.rows) for part in entry.added)
        yield TableVersion(
            version=entry.version,
            committed_at=entry.committed_at,
            deed=_deed(entry),
            rows_added=sum(part.rows for part in entry.added),
            rows_removed=sum(rows_of.pop(path, 0) for path in entry.removed),
            parts_added=len(entry.added),
            parts_removed=len(entry.removed),
            manifest=entry.manifest,
            attempt=entry.attempt,
        )


def _deed(entry: LogEntry) -> Deed:
    if entry.kind is EntryKind.COMMIT:
        if entry.columns_changed:
            return Deed.WIDEN
        return Deed.REPLACE if entry.removed else Deed.APPEND
    if entry.kind is EntryKind.COLUMNS:
        return Deed.COLUMNS if entry.version else Deed.MADE
    return {EntryKind.COMPACTION: Deed.COMPACT, EntryKind.FENCE: Deed.FENCE}.get(
        entry.kind, Deed.FOREIGN
    )
