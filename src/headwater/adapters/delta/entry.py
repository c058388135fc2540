"""The next entry of a log: what it says, and whether it may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from headwater.errors import CommitConflict, TableError
from headwater.model.part import Part
from headwater.model.types import Schema, Widened
from headwater.ports.tables import Commit

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
    declared: tuple[Schema, tuple[str, ...]] | None = None  # columns and partitions from here on


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
    return NewEntry(ids, {"kind": "fence", "fences": list(ids)})


def commit_entry(seen: Seen, folder: Path, commit: Commit, now: datetime) -> NewEntry:
    """A commit's entry; CommitConflict if what it builds on is not there."""
    layout = seen.partition_by
    if commit.whole is None:
        _require_columns(seen, commit)
    else:
        layout = commit.whole.partition_by
    note = {
        "kind": "commit",
        "manifest": commit.manifest,
        "attempt": commit.attempt,
        "receipt": dict(commit.receipt),
    }
    return NewEntry(
        ids=(commit.manifest, commit.attempt),
        note=note,
        add=[(part, _written_at(layout, folder, part)) for part in commit.add],
        remove=_live(seen, commit) if commit.whole is None else seen.parts,
        removed_at=int(now.timestamp() * 1000),
        widened=commit.widened,
        declared=None if commit.whole is None else (commit.schema, layout),
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
    if not commit.widened:
        return
    unseen = {part.path for part in seen.parts} - {*commit.seen, *commit.remove}
    if unseen:
        raise CommitConflict(
            f"{commit.table}: {min(unseen)} came while older parts were made wider",
            hint="convert again with the table's parts",
        )


def _live(seen: Seen, commit: Commit) -> list[Part]:
    if not commit.remove:
        return []
    live = {part.path: part for part in seen.parts}
    gone = [path for path in commit.remove if path not in live]
    if gone:
        raise CommitConflict(
            f"{commit.table}: {gone[0]} is no longer part of the table"
            + (f", nor are {len(gone) - 1} others" if gone[1:] else ""),
            hint="another commit has replaced it; look at the table as it is and convert again",
        )
    return [live[path] for path in commit.remove]


def _written_at(layout: tuple[str, ...], folder: Path, part: Part) -> int:
    """When the part's file was written; a part that is not as described never gets a name."""
    if tuple(name for name, _ in part.partition) != layout:
        raise CommitConflict(
            f"{part.path} is not laid out by {', '.join(layout) or 'nothing'}",
            hint="convert again with the table's partition columns",
        )
    if any(value == "" for _, value in part.partition):
        raise TableError(
            f"{part.path} has an empty text as a partition value, which Delta reads as null",
            hint="write null in its place",
        )
    try:
        status = (folder / part.path).stat()
    except FileNotFoundError as error:
        raise CommitConflict(f"{part.path} is gone", hint="convert again") from error
    if status.st_size != part.size_bytes:
        raise CommitConflict(
            f"{part.path} has {status.st_size} bytes, not the {part.size_bytes} written",
            hint="convert again",
        )
    return status.st_mtime_ns // 1_000_000
