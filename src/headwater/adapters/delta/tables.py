"""Tables on Delta Lake: every change is one entry, made in a draft and linked into the log."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from headwater.adapters.delta import schema as columns
from headwater.adapters.delta.door import door
from headwater.adapters.delta.draft import Draft
from headwater.adapters.delta.entry import (
    CHECKPOINT_EVERY,
    NewEntry,
    commit_entry,
    compaction_entry,
    fence_entry,
)
from headwater.adapters.delta.folder import Folders
from headwater.adapters.delta.history import schema_versions
from headwater.adapters.delta.log import LOG, entry_name, has_entries, read_entry, read_log
from headwater.adapters.delta.place import Log, Place
from headwater.errors import (
    BrokenInvariant,
    CommitConflict,
    HeadwaterError,
    TableError,
    UnknownTable,
    UsageError,
)
from headwater.model.clock import Clock, utc_now
from headwater.model.ids import AttemptId, ManifestId, TableName
from headwater.model.part import Snapshot
from headwater.model.types import Schema
from headwater.points import point
from headwater.ports.tables import (
    Commit,
    CommitOutcome,
    CommitResult,
    Compaction,
    LogEntry,
    SchemaVersion,
)

if TYPE_CHECKING:
    from headwater.adapters.delta.handle import Handle

_Answer = TypeVar("_Answer")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HANDLE = "headwater.adapters.delta.handle"
_TRIES = 200  # each lost try is another writer's entry
_logger = logging.getLogger(__name__)


class DeltaTables:
    """The tables of one place: of a folder, where a path is given."""

    def __init__(self, where: Path | str | Place, clock: Clock = utc_now) -> None:
        self._place: Place = Folders(Path(where)) if isinstance(where, str | Path) else where
        self._clock = clock

    def warm(self) -> None:
        """Import deltalake in the background, which takes a while; returns at once."""
        Thread(target=import_module, args=(_HANDLE,), name="warm-deltalake", daemon=True).start()

    def names(self) -> list[TableName]:
        """Tables that exist, by name."""
        found = (TableName(name) for name in self._place.names() if _NAME.fullmatch(name))
        return [table for table in found if self._place.log(table).exists()]

    def location(self, table: TableName) -> str:
        """The folder or URL below which the table's parts lie; it need not exist yet."""
        return self._log(table).location

    def version(self, table: TableName) -> int | None:
        """The newest version, as the names in its log say; None if there is no such table."""
        return self._log(table).newest()

    def snapshot(self, table: TableName, version: int | None = None) -> Snapshot | None:
        """The table now, or at a version; None if there is no such table or version."""
        log = self._log(table)
        with door(table):
            if version is None:
                folder = log.state()
                if not has_entries(folder / LOG):
                    return None
            else:
                entries = log.since(0)
                if not (entries / entry_name(version)).exists():
                    return None
                folder = entries.parent
            handle = _open(folder, version)
            return Snapshot(table, handle.version, handle.schema, handle.partition_by, handle.parts)

    def ensure(self, table: TableName, schema: Schema, partition_by: Sequence[str]) -> None:
        """Create the table, or add the columns it lacks; repeatable, safe under a race.

        A column that the table requires and the schema lets be null may be null from then on.
        Added columns may be null. Partition columns made of dates need not be in the schema.
        """
        log = self._log(table)
        wanted = columns.with_partitions(schema, partition_by)
        columns.to_delta(wanted.columns)  # refuses types before anything is made
        with door(table):
            log.prepare()
        self._write(table, lambda copy: _bring(copy, table, wanted, partition_by))

    def commit(self, commit: Commit) -> CommitResult:
        """One log entry with the manifest's and the attempt's transaction ids.

        A try looks at the log as it is, makes its entry for the very next version, and
        succeeds only if that version is still free; whoever loses looks again.
        """
        log = self._existing(commit.table)
        return self._write(commit.table, lambda copy: self._try_commit(copy, log, commit))

    def compact(self, compaction: Compaction) -> CommitResult:
        """One log entry that puts parts in the place of others with the same rows."""
        log = self._existing(compaction.table)
        return self._write(compaction.table, lambda copy: self._try_compact(copy, log, compaction))

    def compacting(self, table: TableName) -> AbstractContextManager[bool]:
        """Hold the right to compact the table; False where somebody else has it."""
        return self._log(table).hold()

    def is_compacting(self, table: TableName) -> bool:
        """Whether somebody who lives holds that right."""
        return self._log(table).held()

    def fence(self, table: TableName, ids: Sequence[AttemptId | ManifestId]) -> set[str]:
        """Commit an empty entry with these ids, so that whoever holds one is refused.

        UnknownTable if there is no table to hold the entry.
        """
        log = self._existing(table)
        return self._write(table, lambda copy: _try_fence(copy, log, ids))

    def committed(self, table: TableName, manifest: ManifestId) -> LogEntry | None:
        """The entry that committed the manifest, or None; a fence is not a commit."""
        log = self._log(table)
        with door(table):
            folder = log.state()
            if not has_entries(folder / LOG):
                return None
            entry = _holder(_open(folder), log, manifest)
        if entry is None or entry.manifest is None:
            return None
        log.confirm()  # whoever asks goes on to settle, and must not be undone by a power cut
        return entry

    def log(self, table: TableName, since: int = 0) -> Iterator[LogEntry]:
        """The entries from that version on, in order; BrokenInvariant at a gap."""
        return read_log(self._log(table).since(since), since)

    def schema_versions(self, table: TableName) -> Iterator[SchemaVersion]:
        """The versions at which the columns became others, in order, the first among them."""
        return schema_versions(self._log(table).since(0))

    def unfinished(self, older_than: datetime) -> int:
        """How many writes died before then and left something that a sweep removes."""
        return sum(1 for _ in self._place.abandoned(older_than))

    def sweep(self, older_than: datetime) -> int:
        """Remove what writes that died before then have left; answer how many."""
        removed = 0
        for left in self._place.abandoned(older_than):
            shutil.rmtree(left, ignore_errors=True)
            removed += 1
        return removed

    def _log(self, table: TableName) -> Log:
        if not _NAME.fullmatch(table):
            raise UsageError(
                f"{table!r} is not a table name",
                hint="use small letters, digits and _, a letter first",
            )
        return self._place.log(table)

    def _existing(self, table: TableName) -> Log:
        log = self._log(table)
        if not log.exists():
            raise UnknownTable(f"there is no table {table}", hint="see `headwater tables`")
        return log

    def _write(self, table: TableName, step: Callable[[Draft], _Answer | None]) -> _Answer:
        """Take a step in one draft after the other until it has an answer."""
        log = self._log(table)
        for _ in range(_TRIES):
            with door(table), log.turn(), log.draft() as copy:
                answer = step(copy)
            if copy.published and copy.published % CHECKPOINT_EVERY == 0:
                _checkpoint(table, log)
            if answer is not None:
                return answer
        raise TableError(
            f"{table}: other writers were faster {_TRIES} times", hint="try again with fewer"
        )

    def _try_commit(self, copy: Draft, log: Log, commit: Commit) -> CommitResult | None:
        handle = _open(copy.folder)
        point("log.read")
        known = _known(handle, log, commit)
        if known is not None:
            log.confirm()
            return known
        _require_base(handle, log, commit)
        entry = commit_entry(handle, log, commit, self._clock())
        point("log.validated")
        version = _append(copy, handle, entry)
        return None if version is None else CommitResult(CommitOutcome.OK, version)

    def _try_compact(self, copy: Draft, log: Log, wanted: Compaction) -> CommitResult | None:
        handle = _open(copy.folder)
        point("log.read")
        known = _compacted(handle, log, wanted)
        if known is not None:
            log.confirm()
            return known
        entry = compaction_entry(handle, log, wanted, self._clock())
        point("log.validated")
        version = _append(copy, handle, entry)
        return None if version is None else CommitResult(CommitOutcome.OK, version)


def _try_fence(copy: Draft, log: Log, ids: Sequence[AttemptId | ManifestId]) -> set[str] | None:
    handle = _open(copy.folder)
    point("log.read")
    there = {str(each) for each in ids if handle.committed_in(each) is not None}
    fresh = [each for each in dict.fromkeys(ids) if each not in there]
    point("log.validated")
    if not fresh:
        log.confirm()
        return there
    return None if _append(copy, handle, fence_entry(fresh)) is None else there


def _checkpoint(table: TableName, log: Log) -> None:
    """Spare readers the reading of every entry; the log is as true without it."""
    point("ckpt.before")
    try:
        with door(table), log.draft() as copy:
            handle = _open(copy.folder)
            handle.checkpoint()
            copy.publish_checkpoint(handle.version)
    except HeadwaterError as error:
        _logger.warning("%s: the commit is in, its checkpoint is not: %s", table, error)
    point("ckpt.after")


def _open(folder: Path, version: int | None = None) -> Handle:
    from headwater.adapters.delta.handle import Handle  # noqa: PLC0415 - imports deltalake

    return Handle(folder, version)


def _bring(
    copy: Draft, table: TableName, wanted: Schema, partition_by: Sequence[str]
) -> bool | None:
    """Bring the table one entry nearer to what is wanted; True once nothing is lacking."""
    if not has_entries(copy.folder / LOG):
        from headwater.adapters.delta.handle import create  # noqa: PLC0415 - imports deltalake

        create(copy.folder, wanted, partition_by)
        return copy.publish(0) or None
    handle = _open(copy.folder)
    columns.require_partitions(table, handle.partition_by, partition_by)
    changes = columns.compare(table, handle.schema, wanted)
    if changes.loosened is not None:
        handle.loosen(changes.loosened)
    elif changes.added:
        handle.add_columns(changes.added)
    else:
        return True
    copy.publish(handle.version + 1)
    return None  # look again: one change may follow another


def _append(copy: Draft, handle: Handle, entry: NewEntry) -> int | None:
    """The version of the entry, or None if another writer took it."""
    handle.append(entry)
    version = handle.version + 1
    return version if copy.publish(version) else None


def _known(handle: Handle, log: Log, commit: Commit) -> CommitResult | None:
    """What the log has decided about this commit already."""
    entry = _holder(handle, log, commit.manifest)
    if entry is not None and entry.manifest is not None:
        return CommitResult(CommitOutcome.DUPLICATE, entry.version)
    if entry is not None or handle.committed_in(commit.attempt) is not None:
        return CommitResult(CommitOutcome.FENCED, None)
    return None


def _compacted(handle: Handle, log: Log, wanted: Compaction) -> CommitResult | None:
    """What the log has decided about this compaction already."""
    version = handle.committed_in(wanted.attempt)
    if version is None:
        return None
    if wanted.attempt in read_entry(log.entries([version]), version).fences:
        return CommitResult(CommitOutcome.FENCED, None)
    return CommitResult(CommitOutcome.DUPLICATE, version)


def _require_base(handle: Handle, log: Log, commit: Commit) -> None:
    """No row came or went since the version that the commit is built onto; fences may have."""
    if commit.onto is None:
        return
    since = range(commit.onto + 1, handle.version + 1)
    entries = log.entries(since)
    for version in since:
        entry = read_entry(entries, version)
        if entry.changes_rows or entry.manifest is not None:
            raise CommitConflict(
                f"{commit.table}: version {version} came while it was built on {commit.onto}",
                hint="build again on the table as it is",
            )


def _holder(handle: Handle, log: Log, manifest: ManifestId) -> LogEntry | None:
    """The entry that holds the manifest's id: its commit, or a fence."""
    version = handle.committed_in(manifest)
    if version is None:
        return None
    entry = read_entry(log.entries([version]), version)
    if manifest != entry.manifest and manifest not in entry.fences:
        raise BrokenInvariant(
            f"{log.location}: the log says that entry {version} holds {manifest}, and it does not",
            hint="see `headwater verify`",
        )
    return entry
