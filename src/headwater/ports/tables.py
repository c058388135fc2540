"""Tables and their log: the only truth about rows, and the only commit point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from headwater.model.ids import AttemptId, ManifestId, TableName
from headwater.model.part import Part, Snapshot
from headwater.model.types import Schema, Widened


class CommitOutcome(StrEnum):
    """What became of a commit. Each is an answer; the first two mean the rows are in."""

    OK = "ok"
    DUPLICATE = "duplicate"  # this manifest is in already
    FENCED = "fenced"  # this attempt was dropped; nothing was committed


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What became of a commit, and the version that holds the manifest."""

    outcome: CommitOutcome
    version: int | None


@dataclass(frozen=True, slots=True)
class Commit:
    """What one manifest's attempt wants to be true."""

    table: TableName
    manifest: ManifestId
    attempt: AttemptId
    add: tuple[Part, ...]
    remove: tuple[str, ...] = ()  # paths of parts that rewritten ones take the place of
    receipt: Mapping[str, Any] = field(default_factory=dict)  # kept in the log entry
    schema: Schema = field(default_factory=Schema)  # columns of its parts, as the table has them
    widened: tuple[Widened, ...] = ()  # columns whose type becomes another in this very entry
    seen: tuple[str, ...] | None = None  # all parts that one has looked at, if others matter
    onto: int | None = None  # the version it was built on; rows that came since are a conflict
    anew: tuple[str, ...] | None = None  # the table is made anew: every part goes, its columns are
    # those of the schema, and it is partitioned by these


@dataclass(frozen=True, slots=True)
class Compaction:
    """Parts whose rows are those of the parts that they take the place of; no row changes."""

    table: TableName
    attempt: AttemptId
    add: tuple[Part, ...]  # with their hashes, which the log keeps
    remove: tuple[str, ...]
    schema: Schema  # of the table, as it was when the rows were read
    upkeep: Mapping[str, Any] = field(default_factory=dict)  # what it took, kept in the log entry


class EntryKind(StrEnum):
    """What an entry of a table's log is for."""

    COMMIT = "commit"  # of a manifest
    COMPACTION = "compaction"
    FENCE = "fence"
    COLUMNS = "schema"  # the table is made, or gets other columns
    FOREIGN = "foreign"  # another tool made it


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One version of a table's log, as far as the flow needs it."""

    version: int
    committed_at: datetime
    manifest: ManifestId | None  # None: not one of ours, or no manifest's
    attempt: AttemptId | None
    receipt: Mapping[str, Any] | None
    added: tuple[Part, ...]
    removed: tuple[str, ...]
    fences: tuple[str, ...] = ()  # attempt ids, and manifest ids, that it drops
    kind: EntryKind = EntryKind.FOREIGN
    columns_changed: bool = False
    hashes: Mapping[str, str] = field(default_factory=dict)  # of a compaction's parts, by path
    upkeep: Mapping[str, Any] = field(default_factory=dict)  # what a compaction took

    @property
    def changes_rows(self) -> bool:
        """Whether rows came or went: not where parts were merely joined."""
        return bool(self.added or self.removed) and self.kind is not EntryKind.COMPACTION


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """A version of a table that has other columns than the one before it."""

    version: int
    committed_at: datetime
    schema: Schema  # from this version on, partition columns and provenance among it
    foreign: bool = False  # another tool made it


class Tables(Protocol):
    """The tables of one zone."""

    def names(self) -> list[TableName]:
        """Tables that exist, by name."""
        ...

    def location(self, table: TableName) -> str:
        """The folder or URL below which the table's parts lie; it need not exist yet."""
        ...

    def version(self, table: TableName) -> int | None:
        """The newest version, found without opening the table; None if it does not exist."""
        ...

    def snapshot(self, table: TableName, version: int | None = None) -> Snapshot | None:
        """The table now, or at a version; None if it does not exist."""
        ...

    def ensure(self, table: TableName, schema: Schema, partition_by: Sequence[str]) -> None:
        """Create the table, or add the columns it lacks; repeatable, safe under a race.

        CommitConflict if a column is there with another type or the partition columns
        differ: the conversion was built on something else.
        """
        ...

    def commit(self, commit: Commit) -> CommitResult:
        """One log entry with the manifest's and the attempt's transaction ids.

        Opens the table, asks whether either id is there, and commits with that same
        handle. Durable when it answers. CommitConflict: another commit removed a part
        that this one removes. CommitUnknown: the reply was lost and a read has not
        settled it; ask again with the same commit.

        CommitConflict, too, where a column of its schema has another type in the table by now,
        or where the table has a part that was not seen and should have been: it holds columns
        as they were before they became wider, or keys that the new rows may repeat. Where the
        table is made anew, and has a part that is not removed. And where it is built onto a
        version since which parts came or went.
        """
        ...

    def compact(self, compaction: Compaction) -> CommitResult:
        """One log entry that puts parts in the place of others with the same rows.

        Tells readers of changes that there is none. CommitConflict where a part to be removed
        is no longer live, or a column has another type by now; BrokenInvariant where the rows
        added are not as many as the rows removed. FENCED, DUPLICATE, CommitUnknown as above.
        """
        ...

    def compacting(self, table: TableName) -> AbstractContextManager[bool]:
        """Hold the right to compact the table; False where somebody else has it.

        It ends with whoever holds it. Politeness, no more: of two compactions of the same
        parts the log takes one.
        """
        ...

    def is_compacting(self, table: TableName) -> bool:
        """Whether somebody who lives holds that right."""
        ...

    def fence(self, table: TableName, ids: Sequence[AttemptId | ManifestId]) -> set[str]:
        """Commit an empty entry with these ids, so that whoever holds one is refused.

        Answers those ids that were in the log already, by a commit or an earlier fence.
        """
        ...

    def committed(self, table: TableName, manifest: ManifestId) -> LogEntry | None:
        """The entry that committed the manifest, or None; a fence is not a commit."""
        ...

    def log(self, table: TableName, since: int = 0) -> Iterator[LogEntry]:
        """The entries from that version on, in order; BrokenInvariant at a gap."""
        ...

    def schema_versions(self, table: TableName) -> Iterator[SchemaVersion]:
        """The versions at which the columns became others, in order, the first among them.

        None where there is no such table; BrokenInvariant at a gap in the log.
        """
        ...

    def unfinished(self, older_than: datetime) -> int:
        """How many writes died before then and left something that a sweep removes."""
        ...

    def sweep(self, older_than: datetime) -> int:
        """Remove what writes that died before then have left; answer how many.

        Whoever still writes, however slowly, keeps what it has.
        """
        ...
