"""A table's columns, in our words and in Delta's."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headwater.errors import CommitConflict, UsageError
from headwater.model.ids import TableName
from headwater.model.types import Column, Schema, Type, decimal

_DELTA = {
    "text": "string",
    "boolean": "boolean",
    "smallint": "short",
    "int": "integer",
    "bigint": "long",
    "real": "float",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp_ntz": "timestamp_ntz",
    "binary": "binary",
}
_OURS = {delta: ours for ours, delta in _DELTA.items()} | {"byte": "smallint"}
_INTEGERS = frozenset({"smallint", "int", "bigint"})
_DERIVED = {name: Type("int") for name in ("year", "month", "day", "hour")} | {
    "arrival_date": Type("date")
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a table lacks before rows of a schema can be added to it."""

    added: tuple[Column, ...] = ()
    loosened: str | None = None  # a column that may be null from here on


def with_partitions(schema: Schema, partition_by: Sequence[str]) -> Schema:
    """The schema with its partition columns; those made of dates need not be declared."""
    made = tuple(Column(name, kind) for name, kind in _DERIVED.items() if name in partition_by)
    whole = schema.plus(made)
    for name in partition_by:
        if name not in whole.names():
            raise UsageError(
                f"there is no column {name!r} to partition by",
                hint=f"the columns are {', '.join(schema.names())}",
            )
    return whole


def compare(table: TableName, there: Schema, wanted: Schema) -> Changes:
    """What is to change in the table; CommitConflict if a change would not do."""
    added: list[Column] = []
    for column in wanted.columns:
        found = there.find(column.name)
        if found is None:
            added.append(Column(column.name, column.type))  # rows that are there have no value
        elif (found.name, found.type) != (column.name, column.type):
            raise CommitConflict(
                f"{table}: the rows bring {column.name} {column.type}, "
                f"the table has {found.name} {found.type}",
                hint="convert again with the table's columns",
            )
        elif column.nullable and not found.nullable:
            return Changes(loosened=found.name)
    return Changes(added=tuple(added))


def require_partitions(table: TableName, there: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse rows that are laid out in other folders than the table's."""
    if tuple(there) != tuple(wanted):
        raise CommitConflict(
            f"{table}: the rows are partitioned by {', '.join(wanted) or 'nothing'}, "
            f"the table by {', '.join(there) or 'nothing'}",
            hint="a table's partition columns stay as they were created; choose another table",
        )


def spell(kind: Type, value: str | None) -> str | None:
    """A partition value as Delta's log spells it: 4 for the folder month=04."""
    return str(int(value)) if value is not None and kind.kind in _INTEGERS else value


def to_delta(columns: Sequence[Column]) -> str:
    """Columns as Delta's schema JSON."""
    return json.dumps(_struct([(c.name, c.type, c.nullable) for c in columns]))


def from_delta(text: str) -> Schema:
    """Delta's schema JSON as columns."""
    fields = json.loads(text)["fields"]
    return Schema(tuple(Column(f["name"], _type(f["type"]), f["nullable"]) for f in fields))


def _struct(fields: Sequence[tuple[str, Type, bool]]) -> dict[str, Any]:
    return {
        "type": "struct",
        "fields": [
            {"name": name, "type": _delta(name, kind), "nullable": nullable, "metadata": {}}
            for name, kind, nullable in fields
        ],
    }


def _delta(name: str, kind: Type) -> Any:
    children = dict(kind.children)
    if kind.kind == "struct":
        return _struct([(child, inner, True) for child, inner in kind.children])
    if kind.kind == "array":
        element = _delta(name, children["element"])
        return {"type": "array", "elementType": element, "containsNull": True}
    if kind.kind == "map":
        key, value = _delta(name, children["key"]), _delta(name, children["value"])
        return {"type": "map", "keyType": key, "valueType": value, "valueContainsNull": True}
    if kind.kind == "decimal":
        return str(kind)
    if kind.kind not in _DELTA:
        raise UsageError(
            f"column {name} is of type {kind}, which a Delta table cannot hold",
            hint=f"declare {name} as text",
        )
    return _DELTA[kind.kind]


def _type(delta: Any) -> Type:
    if isinstance(delta, str):
        digits = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", delta)
        return decimal(int(digits[1]), int(digits[2])) if digits else Type(_OURS[delta])
    kind = delta["type"]
    if kind == "struct":
        children = tuple((f["name"], _type(f["type"])) for f in delta["fields"])
    elif kind == "array":
        children = (("element", _type(delta["elementType"])),)
    else:
        children = (("key", _type(delta["keyType"])), ("value", _type(delta["valueType"])))
    return Type(kind, children=children)
