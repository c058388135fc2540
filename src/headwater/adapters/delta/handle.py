"""A table at one version, as deltalake shows it, and the making of its next entry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction
from deltalake import Schema as DeltaSchema
from deltalake.transaction import AddAction, RemoveAction

from headwater.adapters.delta.entry import CHECKPOINT_EVERY, Anew, NewEntry
from headwater.adapters.delta.log import ARRIVAL, LOG, OURS, entry_name
from headwater.adapters.delta.redeclare import declare_anew, redeclare
from headwater.adapters.delta.schema import from_delta, spell, to_delta
from headwater.errors import TableError
from headwater.model.part import Part
from headwater.model.types import Column, Schema, Type
from headwater.ports.tables import EntryKind

_PROPERTIES: dict[str, str | None] = {
    "delta.enableExpiredLogCleanup": "false",  # entries never vanish, whoever writes next
    "delta.logRetentionDuration": "interval 365000 days",
    "delta.checkpointInterval": str(CHECKPOINT_EVERY),
}
# Past its 32nd column delta-rs forgets a table's statistics unless the columns are named.
_STATISTICS: dict[str, str | None] = {"delta.dataSkippingStatsColumns": ARRIVAL}
_QUIET = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
_SCHEMA_CHANGE = CommitProperties(custom_metadata={OURS: {"kind": EntryKind.COLUMNS.value}})
_BEYOND_US = frozenset({"deletionVectors", "columnMapping"})


class Handle:
    """A table at one version; an entry made through it does not show in it."""

    def __init__(self, folder: Path, version: int | None = None) -> None:
        self._folder = folder
        self._table = DeltaTable(str(folder), version=version)
        self.version: int = self._table.version()
        self._require_readable()

    @cached_property
    def schema(self) -> Schema:
        """Every column, partition columns among them."""
        return from_delta(self._table.schema().to_json())

    @cached_property
    def partition_by(self) -> tuple[str, ...]:
        """Partition columns, in order."""
        return tuple(self._table.metadata().partition_columns)

    def committed_in(self, transaction: str) -> int | None:
        """The version whose entry holds the id: ours carry it as the id's number."""
        return self._table.transaction_version(transaction)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What a reader of this version sees."""
        actions = self._table.get_add_actions(flatten=True)
        names, nothing = set(actions.schema.names), [None] * actions.num_rows

        def values(name: str) -> list[Any]:
            return list(actions[name].to_pylist()) if name in names else nothing

        partitions = [[_text(v) for v in values(f"partition.{p}")] for p in self.partition_by]
        columns = ("path", "num_records", "size_bytes", f"min.{ARRIVAL}", f"max.{ARRIVAL}")
        return tuple(
            Part(
                path=unquote(path),
                rows=rows or 0,  # someone else's part may come without its count
                size_bytes=size,
                partition=tuple(zip(self.partition_by, partition, strict=True)),
                first_arrival=first,
                last_arrival=last,
            )
            for (path, rows, size, first, last), partition in zip(
                zip(*map(values, columns), strict=True),
                zip(*partitions, strict=True) if partitions else [()] * actions.num_rows,
                strict=True,
            )
        )

    def append(self, entry: NewEntry) -> None:
        """Make an entry of parts and ids."""
        if entry.anew in (None, Anew(self.schema, self.partition_by)):
            self.append_as(entry, self.version + 1)
        else:
            self._append_anew(entry, entry.anew)

    def append_as(self, entry: NewEntry, number: int) -> None:
        """Make an entry whose ids say that they are of that version."""
        self._table.create_write_transaction(
            [self._add(part, modified, entry) for part, modified in entry.add]
            + [_remove(part, entry) for part in entry.remove],
            mode="append",
            schema=self._table.schema(),
            partition_by=list(self.partition_by),
            commit_properties=CommitProperties(
                custom_metadata={OURS: dict(entry.note)},
                app_transactions=[Transaction(id_, number) for id_ in entry.ids],
            ),
            post_commithook_properties=_QUIET,
        )
        made = self._folder / LOG / entry_name(number)
        if entry.widened:
            redeclare(made, self._table, entry.widened)

    def _append_anew(self, entry: NewEntry, anew: Anew) -> None:
        """Make one entry of two: one empties the table and declares it anew, one fills it.

        delta-rs takes no parts that are laid out in another way than the table is.
        """
        number = self.version + 1
        emptied = self._folder / LOG / entry_name(number)
        filled = self._folder / LOG / entry_name(number + 1)
        self.append_as(replace(entry, ids=(), add=()), number)
        declare_anew(emptied, self._table, anew)
        Handle(self._folder).append_as(replace(entry, remove=()), number)
        lines = emptied.read_bytes().split(b"\n")
        changes = [line for line in lines if not line.startswith(b'{"commitInfo"')]
        emptied.write_bytes(b"\n".join([filled.read_bytes().rstrip(b"\n"), *changes]))
        filled.unlink()

    def add_columns(self, columns: Sequence[Column]) -> None:
        """Make an entry that gives the table more columns."""
        self._table.alter.add_columns(
            DeltaSchema.from_json(to_delta(columns)).fields,
            commit_properties=_SCHEMA_CHANGE,
            post_commithook_properties=_QUIET,
        )

    def loosen(self, column: str) -> None:
        """Make an entry that lets a column be null."""
        self._table.alter.drop_column_not_null(
            column, commit_properties=_SCHEMA_CHANGE, post_commithook_properties=_QUIET
        )

    def checkpoint(self) -> None:
        """Write a checkpoint of this version."""
        self._table.create_checkpoint()

    def _add(self, part: Part, modified: int, entry: NewEntry) -> AddAction:
        values = {name: spell(self._kinds[name], value) for name, value in part.partition}
        size, change, known = part.size_bytes, entry.data_change, _statistics(part)
        return AddAction(part.path, size, values, modified, change, known)

    @cached_property
    def _kinds(self) -> dict[str, Type]:
        return {column.name: column.type for column in self.schema.columns}

    def _require_readable(self) -> None:
        """Refuse what would be misread: rows deleted beside their part, renamed columns."""
        found = _BEYOND_US & set(self._table.protocol().reader_features or ())
        if found:
            raise TableError(
                f"{self._table.table_uri}: someone switched on {', '.join(sorted(found))}",
                hint="write the table anew without it; Headwater reads whole parts only",
            )


def create(folder: Path, schema: Schema, partition_by: Sequence[str]) -> None:
    """Make a table's first entry."""
    known = schema.find(ARRIVAL) is not None
    DeltaTable.create(
        folder,
        DeltaSchema.from_json(to_delta(schema.columns)),
        partition_by=list(partition_by),
        configuration=_PROPERTIES | (_STATISTICS if known else {}),
        commit_properties=_SCHEMA_CHANGE,
        post_commithook_properties=_QUIET,
    )


def _remove(part: Part, entry: NewEntry) -> RemoveAction:
    values = dict(part.partition)
    return RemoveAction(part.path, entry.data_change, entry.removed_at, part.size_bytes, values)


def _statistics(part: Part) -> str:
    known: dict[str, Any] = {"numRecords": part.rows}
    if part.first_arrival is not None and part.last_arrival is not None:
        known["minValues"] = {ARRIVAL: part.first_arrival}
        known["maxValues"] = {ARRIVAL: part.last_arrival}
        known["nullCount"] = {ARRIVAL: 0}
    return json.dumps(known)


def _text(value: Any) -> str | None:
    """A partition value as text, the way the log spells it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)
