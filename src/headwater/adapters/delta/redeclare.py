"""A table's columns change in the very entry that replaces its parts.

delta-rs changes columns in entries of their own, between which a reader would find parts that
are not of the table's types. Here the entry that it has made in a draft, where nobody reads,
gets one line more: the table with its columns as they are from then on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from headwater.adapters.delta.entry import Anew
from headwater.adapters.delta.schema import to_delta
from headwater.errors import UsageError
from headwater.model.types import Column, Widened

_NAIVE, _NAIVE_FEATURE = "timestamp_ntz", "timestampNtz"  # readers have to know of them


def redeclare(entry: Path, table: DeltaTable, wider: Sequence[Widened]) -> None:
    """Add a line to an entry that gives the table's columns other types."""
    by = list(table.metadata().partition_columns)
    _add_line(entry, _metadata(table, json.dumps(_columns(table, wider)), by))


def declare_anew(entry: Path, table: DeltaTable, anew: Anew) -> None:
    """Add a line to an entry that gives the table other columns and partitions."""
    columns = to_delta(anew.schema.columns)
    if f'"{_NAIVE}"' in columns and _NAIVE_FEATURE not in (table.protocol().reader_features or ()):
        raise UsageError(
            f"{entry.parents[1].name}: a table that was made without times that have "
            "no zone cannot get any",
            hint="store them as timestamp, in UTC",
        )
    _add_line(entry, _metadata(table, columns, list(anew.partition_by)))


def _add_line(entry: Path, metadata: dict[str, object]) -> None:
    line = json.dumps({"metaData": metadata}, separators=(",", ":"))
    body = entry.read_bytes()
    separator = b"" if body.endswith(b"\n") else b"\n"
    entry.write_bytes(body + separator + line.encode())


def _metadata(table: DeltaTable, columns: str, partition_by: list[str]) -> dict[str, object]:
    seen = table.metadata()
    said: dict[str, object] = {
        "id": str(seen.id),
        "format": {"provider": "parquet", "options": {}},
        "schemaString": columns,
        "partitionColumns": partition_by,
        "createdTime": seen.created_time,
        "configuration": dict(seen.configuration),
    }
    optional = {"name": seen.name, "description": seen.description}
    return said | {key: value for key, value in optional.items() if value}


def _columns(table: DeltaTable, wider: Sequence[Widened]) -> dict[str, object]:
    """The columns with all that others may have written beside them."""
    columns: dict[str, Any] = json.loads(table.schema().to_json())
    after = {each.column: _delta_type(each) for each in wider}
    fields = [
        field | {"type": after.get(field["name"], field["type"])} for field in columns["fields"]
    ]
    return columns | {"fields": fields}


def _delta_type(each: Widened) -> object:
    (field,) = json.loads(to_delta([Column(each.column, each.after)]))["fields"]
    return field["type"]
