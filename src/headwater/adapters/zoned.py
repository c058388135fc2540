"""Tables in two zones: those that feeds write, and those that models write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from headwater.model.ids import AttemptId, ManifestId, TableName
from headwater.model.part import Snapshot
from headwater.model.types import Schema
from headwater.ports.tables import (
    Commit,
    CommitResult,
    Compaction,
    LogEntry,
    SchemaVersion,
    Tables,
)


class ZonedTables:
    """One set of tables to whoever asks; each lies in one zone.

    A table that a model declares is in the curated zone. What neither zone's writer declares
    any more is where it lies.
    """

    def __init__(self, processed: Tables, curated: Tables, modelled: Collection[TableName]) -> None:
        self._processed = processed
        self._curated = curated
        self._modelled = frozenset(modelled)
        self._met: set[TableName] = set()  # in the processed zone: tables do not move

    def names(self) -> list[TableName]:
        """Tables that exist, by name."""
        return sorted({*self._processed.names(), *self._curated.names()})

    def location(self, table: TableName) -> str:
        """The folder or URL below which the table's parts lie; it need not exist yet."""
        return self._of(table).location(table)

    def version(self, table: TableName) -> int | None:
        """The newest version; None if it does not exist."""
        return self._of(table).version(table)

    def snapshot(self, table: TableName, version: int | None = None) -> Snapshot | None:
        """The table now, or at a version; None if it does not exist."""
        return self._of(table).snapshot(table, version)

    def ensure(self, table: TableName, schema: Schema, partition_by: Sequence[str]) -> None:
        """Create the table, or add the columns it lacks."""
        self._of(table).ensure(table, schema, partition_by)

    def commit(self, commit: Commit) -> CommitResult:
        """One log entry with the manifest's and the attempt's transaction ids."""
        return self._of(commit.table).commit(commit)

    def compact(self, compaction: Compaction) -> CommitResult:
        """One log entry that puts parts in the place of others with the same rows."""
        return self._of(compaction.table).compact(compaction)

    def compacting(self, table: TableName) -> AbstractContextManager[bool]:
        """Hold the right to compact the table; False where somebody else has it."""
        return self._of(table).compacting(table)

    def is_compacting(self, table: TableName) -> bool:
        """Whether somebody who lives holds that right."""
        return self._of(table).is_compacting(table)

    def fence(self, table: TableName, ids: Sequence[AttemptId | ManifestId]) -> set[str]:
        """Commit an empty entry with these ids, so that whoever holds one is refused."""
        return self._of(table).fence(table, ids)

    def committed(self, table: TableName, manifest: ManifestId) -> LogEntry | None:
        """The entry that committed the manifest, or None; a fence is not a commit."""
        return self._of(table).committed(table, manifest)

    def log(self, table: TableName, since: int = 0) -> Iterator[LogEntry]:
        """The entries from that version on, in order; BrokenInvariant at a gap."""
        return self._of(table).log(table, since)

    def schema_versions(self, table: TableName) -> Iterator[SchemaVersion]:
        """The versions at which the columns became others, in order."""
        return self._of(table).schema_versions(table)

    def unfinished(self, older_than: datetime) -> int:
        """How many writes died before then and left something that a sweep removes."""
        return self._processed.unfinished(older_than) + self._curated.unfinished(older_than)

    def sweep(self, older_than: datetime) -> int:
        """Remove what writes that died before then have left; answer how many."""
        return self._processed.sweep(older_than) + self._curated.sweep(older_than)

    def _of(self, table: TableName) -> Tables:
        if table in self._modelled:
            return self._curated
        if table not in self._met:
            if self._processed.version(table) is not None:
                self._met.add(table)
            elif self._curated.version(table) is not None:
                return self._curated
        return self._processed
