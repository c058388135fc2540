"""How a table stores the columns of an answer: without loss, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.errors import QueryError
from headwater.model.types import Column, Schema, Type, decimal

_KINDS = {
    "varchar": "text",
    "uuid": "text",
    "enum": "text",
    "null": "text",
    "boolean": "boolean",
    "tinyint": "smallint",
    "utinyint": "smallint",
    "smallint": "smallint",
    "usmallint": "int",
    "integer": "int",
    "uinteger": "bigint",
    "bigint": "bigint",
    "float": "real",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",  # without a zone it is UTC, as everywhere in a lake
    "timestamp_s": "timestamp",
    "timestamp_ms": "timestamp",
    "timestamp with time zone": "timestamp",
    "blob": "binary",
}
_DIGITS = {"ubigint": 20, "hugeint": 38, "uhugeint": 38}  # a longer value fails its cast
_INSTEAD = {"timestamp_ns": "timestamp", "time_ns": "varchar"}
_NO_NAME = re.compile(r"[ ,;{}()\n\t=]")


def stored(names: Iterable[str], types: Iterable[Any]) -> Schema:
    """The columns of a table that holds the answer; QueryError where it cannot."""
    columns: list[Column] = []
    for name, kind in zip(names, types, strict=True):
        _require_name(name, columns)
        columns.append(Column(name, _type(name, kind)))
    return Schema(tuple(columns))


def casts(schema: Schema) -> str:
    """The SELECT list that makes an answer's columns those of the table."""
    return ", ".join(
        f"CAST({quote.name(c.name)} AS {duck_type(c.type)}) AS {quote.name(c.name)}"
        for c in schema.columns
    )


def _require_name(name: str, before: list[Column]) -> None:
    if not name or _NO_NAME.search(name):
        raise QueryError(
            f"a column is called {name!r}, and a table's columns have no blanks, brackets or , ; =",
            hint=f"give it a name: {name} AS total",
        )
    if any(each.name.lower() == name.lower() for each in before):
        raise QueryError(
            f"two columns are called {name}", hint="give one of them another name with AS"
        )


def _type(name: str, kind: Any) -> Type:
    if kind.id in _KINDS:
        return Type(_KINDS[kind.id])
    if kind.id in _DIGITS:
        return decimal(_DIGITS[kind.id], 0)
    if kind.id == "decimal":
        digits = dict(kind.children)
        return decimal(digits["precision"], digits["scale"])
    if kind.id in {"list", "array"}:
        return Type("array", children=(("element", _type(name, kind.children[0][1])),))
    if kind.id in {"struct", "map"}:
        children = tuple((inner, _type(name, each)) for inner, each in kind.children)
        return Type(str(kind.id), children=children)
    raise QueryError(
        f"column {name} is of type {kind}, which a table cannot hold without loss",
        hint=f"cast it: CAST({name} AS {_INSTEAD.get(kind.id, 'varchar').upper()}) AS {name}",
    )
