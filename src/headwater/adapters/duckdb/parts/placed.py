"""Parts as they lie in a table's folders: some of their columns are in no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.asking.view import view_of
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.adapters.duckdb.parts.write import Draft
from headwater.model.feed import Feed, PartitionBy
from headwater.model.ids import TableName
from headwater.model.part import Part, Snapshot
from headwater.model.types import Column, Schema

FILE = "headwater path"
"""What the path of a row's file is called."""

Partition = tuple[tuple[str, str | None], ...]


def rows_of(parts: Sequence[Part], location: str, schema: Schema, by: Sequence[str]) -> str:
    """SQL of all rows of these parts, with the values of their folders and their paths."""
    return view_of(Snapshot(TableName(""), 0, schema, tuple(by), tuple(parts)), location, FILE)


def as_parts(made: Draft, feed: Feed) -> list[Part]:
    """Files of a draft as parts, each with its absolute path."""
    return [
        Part(
            path=str(path),
            rows=sum(made.counts.get(str(path), {}).values()),
            size_bytes=0,
            partition=tuple((by.name, values.get(by.name)) for by in feed.partition),
            first_arrival=min(made.counts.get(str(path), {}), default=None),
            last_arrival=max(made.counts.get(str(path), {}), default=None),
        )
        for path, values in zip(made.paths, made.partitions, strict=True)
    ]


def value_in(part: Part, column: Column) -> str:
    """SQL of a column's value in a file of this part, which its folder may have."""
    for name, value in part.partition:
        if name.lower() == column.name.lower():
            written = "NULL" if value is None else quote.text(value)
            return f"CAST({written} AS {duck_type(column.type)})"
    return quote.name(column.name)


def told_apart(
    connection: duckdb.DuckDBPyConnection, partitions: Iterable[Partition], schema: Schema
) -> Mapping[Partition, tuple[Any, ...]]:
    """The values of partitions, which are one if these are equal, however they are spelled."""
    every = list(dict.fromkeys(partitions))
    if not every or not every[0]:
        return dict.fromkeys(every, ())
    kinds = {column.name: duck_type(column.type) for column in schema.columns}
    names = [name for name, _ in every[0]]
    values = ", ".join(
        f"({n}, {', '.join('NULL' if v is None else quote.text(v) for _, v in each)})"
        for n, each in enumerate(every)
    )
    columns = ", ".join(map(quote.name, names))
    typed = ", ".join(f"CAST({quote.name(name)} AS {kinds[name]})::VARCHAR" for name in names)
    told = connection.execute(
        f"SELECT {typed} FROM (VALUES {values}) v(headwater_number, {columns}) "
        "ORDER BY headwater_number"
    ).fetchall()
    return dict(zip(every, told, strict=True))


def is_of_keys(partition: Sequence[PartitionBy], keys: Iterable[str]) -> bool:
    """Whether a row's key says in which partition it is."""
    folded = {key.lower() for key in keys}
    return bool(partition) and all(
        by.column is not None and by.column.lower() in folded for by in partition
    )


def path_of(part: Part, location: str) -> str:
    """How the path of a row's file is spelled."""
    return str(Path(location) / part.path)
