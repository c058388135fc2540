"""Tables and their log: the only truth about rows, and the only commit point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
class Whole:
    """All of a table is replaced: its columns become those of the commit, and it is laid out so."""

    partition_by: tuple[str, ...] = ()


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
    seen: tuple[str, ...] = ()  # where columns are widened: all parts, as far as one has looked
    onto: int | None = None  # the version it was built on; rows that came since are a conflict
    whole: Whole | None = None  # its parts take the place of everything that the table has


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
        or where columns are widened and the table has a part that was not seen: it holds them
        as they were. And where it is built onto a version since which parts came or went.
        """
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
