"""The next entry of a log: what it says, and whether it may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from headwater.adapters.delta.place import Log, Lying
from headwater.adapters.delta.schema import with_partitions
from headwater.errors import BrokenInvariant, CommitConflict, TableError
from headwater.model.ids import TableName
from headwater.model.part import Part
from headwater.model.types import Schema, Widened
from headwater.ports.tables import Commit, Compaction, EntryKind

CHECKPOINT_EVERY = 50  # a reader's load is 8 ms and a third of a millisecond an entry behind it


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What the next entry holds; times are in milliseconds."""

    ids: Sequence[str]
    note: Mapping[str, Any]  # kept under our own key
    add: Sequence[tuple[Part, int]] = ()  # and when its file was written
    remove: Sequence[Part] = ()
    removed_at: int = 0
    widened: Sequence[Widened] = ()
    data_change: bool = True  # whether a reader finds other rows
    anew: Anew | None = None


@dataclass(frozen=True, slots=True)
class Anew:
    """The columns and partitions of a table that is made anew."""

    schema: Schema
    partition_by: tuple[str, ...]


class Seen(Protocol):
    """A table as the writer sees it."""

    @property
    def partition_by(self) -> tuple[str, ...]:
        """Partition columns, in order."""
        ...

    @property
    def schema(self) -> Schema:
        """Its columns."""
        ...

    @property
    def parts(self) -> tuple[Part, ...]:
        """Parts that are live."""
        ...


def fence_entry(ids: Sequence[str]) -> NewEntry:
    """An entry that takes ids and nothing else."""
    return NewEntry(ids, {"kind": EntryKind.FENCE.value, "fences": list(ids)})


def commit_entry(seen: Seen, log: Log, commit: Commit, now: datetime) -> NewEntry:
    """A commit's entry; CommitConflict if what it builds on is not there."""
    anew = None if commit.anew is None else _anew(seen, commit, commit.anew)
    if anew is None:
        _require_columns(seen, commit)
    by = seen.partition_by if anew is None else anew.partition_by
    note = {
        "kind": EntryKind.COMMIT.value,
        "manifest": commit.manifest,
        "attempt": commit.attempt,
        "receipt": dict(commit.receipt),
    }
    return NewEntry(
        ids=(commit.manifest, commit.attempt),
        note=note,
        add=_written(by, log, commit.add),
        remove=_live(seen, commit.table, commit.remove),
        removed_at=int(now.timestamp() * 1000),
        widened=commit.widened,
        anew=anew,
    )


def _anew(seen: Seen, commit: Commit, by: tuple[str, ...]) -> Anew:
    """The table as it will be, once none of its parts is left."""
    left = {part.path for part in seen.parts}.difference(commit.remove)
    if left:
        raise CommitConflict(
            f"{commit.table}: {min(left)} came while all that was there was read again",
            hint="read it again, too",
        )
    return Anew(with_partitions(commit.schema, by), by)


def compaction_entry(seen: Seen, log: Log, wanted: Compaction, now: datetime) -> NewEntry:
    """A compaction's entry; CommitConflict if the parts it joins are not what they were."""
    _require_types(seen, wanted)
    removed = _live(seen, wanted.table, wanted.remove)
    _require_rows(wanted, removed)
    note = {
        "kind": EntryKind.COMPACTION.value,
        "attempt": wanted.attempt,
        "sha256": {part.path: part.sha256 for part in wanted.add},
        "upkeep": dict(wanted.upkeep),
    }
    return NewEntry(
        ids=(wanted.attempt,),
        note=note,
        add=_written(seen.partition_by, log, wanted.add),
        remove=removed,
        removed_at=int(now.timestamp() * 1000),
        data_change=False,
    )


def _require_types(seen: Seen, wanted: Compaction) -> None:
    """Where a column has become wider, joined parts still have it as it was."""
    for column in wanted.schema.columns:
        found = seen.schema.find(column.name)
        if found is None or found.type != column.type:
            raise CommitConflict(
                f"{wanted.table}: {column.name} is {found.type if found else 'not there'} by now, "
                f"and the parts were joined as {column.type}",
                hint="compact it again",
            )


def _require_rows(wanted: Compaction, removed: Sequence[Part]) -> None:
    added = sum(part.rows for part in wanted.add)
    taken = sum(part.rows for part in removed)
    if added != taken:
        raise BrokenInvariant(
            f"{wanted.table}: a compaction would put {added} rows in the place of {taken}",
            hint="nothing was changed; see `headwater verify`",
        )


def _require_columns(seen: Seen, commit: Commit) -> None:
    """The columns are those that the parts were made for, and all parts become as wide."""
    before = {each.column: each.before for each in commit.widened}
    for column in commit.schema.columns:
        found, built_on = seen.schema.find(column.name), before.get(column.name, column.type)
        if found is not None and found.type != built_on:
            raise CommitConflict(
                f"{commit.table}: {column.name} is {found.type} by now, "
                f"and the rows were made for {built_on}",
                hint="convert again with the table's columns",
            )
    if commit.seen is None:
        return
    unseen = {part.path for part in seen.parts} - {*commit.seen, *commit.remove}
    if unseen:
        raise CommitConflict(
            f"{commit.table}: {min(unseen)} came while the rows were made",
            hint="convert again with the table's parts",
        )


def _live(seen: Seen, table: TableName, remove: Sequence[str]) -> list[Part]:
    if not remove:
        return []
    live = {part.path: part for part in seen.parts}
    gone = [path for path in remove if path not in live]
    if gone:
        raise CommitConflict(
            f"{table}: {gone[0]} is no longer part of the table"
            + (f", nor are {len(gone) - 1} others" if gone[1:] else ""),
            hint="another commit has replaced it; look at the table as it is and convert again",
        )
    return [live[path] for path in remove]


def _written(by: tuple[str, ...], log: Log, parts: Sequence[Part]) -> list[tuple[Part, int]]:
    """Each part and when its file was written."""
    for part in parts:
        _require_layout(by, part)
    found = log.find([part.path for part in parts])
    return [(part, _written_at(part, lying)) for part, lying in zip(parts, found, strict=True)]


def _require_layout(by: tuple[str, ...], part: Part) -> None:
    """A part that is not as described never gets a name."""
    if tuple(name for name, _ in part.partition) != by:
        raise CommitConflict(
            f"{part.path} is not laid out by {', '.join(by) or 'nothing'}",
            hint="convert again with the table's partition columns",
        )
    if any(value == "" for _, value in part.partition):
        raise TableError(
            f"{part.path} has an empty text as a partition value, which Delta reads as null",
            hint="write null in its place",
        )


def _written_at(part: Part, lying: Lying | None) -> int:
    if lying is None:
        raise CommitConflict(f"{part.path} is gone", hint="convert again")
    if lying.size_bytes != part.size_bytes:
        raise CommitConflict(
            f"{part.path} has {lying.size_bytes} bytes, not the {part.size_bytes} written",
            hint="convert again",
        )
    return lying.written_at_ms
