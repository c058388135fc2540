"""A table of the lake as a SELECT over the exact list of files that its log names."""

from __future__ import annotations

from pathlib import Path

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.model.part import Part, Snapshot

_FILE = "headwater file"


def view_of(snapshot: Snapshot, location: str, file_as: str | None = None) -> str:
    """A SELECT over the snapshot's files: columns as the log has them, missing ones null.

    With the path of each row's file as a column, if that is given a name.
    """
    columns = [(c.name, duck_type(c.type)) for c in snapshot.schema.columns]
    if not snapshot.parts:
        empty = ", ".join(f"NULL::{kind} AS {quote.name(name)}" for name, kind in columns)
        path = f", NULL::VARCHAR AS {quote.name(file_as)}" if file_as else ""
        return f"SELECT {empty or 'NULL AS nothing'}{path} WHERE false"
    files = quote.texts(str(Path(location) / part.path) for part in snapshot.parts)
    partitioned = {name.lower() for name in snapshot.partition_by}
    inside = [(name, kind) for name, kind in columns if name.lower() not in partitioned]
    schema = ", ".join(f"NULL::{kind} AS {quote.name(name)}" for name, kind in inside)
    options = f"union_by_name = true, hive_partitioning = false, filename = {quote.text(_FILE)}"
    reader = f"read_parquet({files}, {options})"
    chosen = ", ".join(
        f"p.{quote.name(name)}" if name.lower() in partitioned else f"r.{quote.name(name)}"
        for name, _ in columns
    )
    file = quote.name(_FILE)
    chosen += f", r.{file} AS {quote.name(file_as)}" if file_as else ""
    none = f"SELECT {schema}, NULL::VARCHAR AS {file} WHERE false"
    rows = f"({none} UNION ALL BY NAME FROM {reader})"
    if not partitioned:
        return f"SELECT {chosen} FROM {rows} r"
    kinds = {name.lower(): kind for name, kind in columns}
    values = ", ".join(_partition_row(part, location) for part in snapshot.parts)
    names = ", ".join(quote.name(name) for name in snapshot.partition_by)
    typed = ", ".join(
        f"CAST({quote.name(name)} AS {kinds[name.lower()]}) AS {quote.name(name)}"
        for name in snapshot.partition_by
    )
    table = f"(SELECT path, {typed} FROM (VALUES {values}) v(path, {names}))"
    return f"SELECT {chosen} FROM {rows} r JOIN {table} p ON r.{file} = p.path"


def _partition_row(part: Part, location: str) -> str:
    values = ["NULL" if value is None else quote.text(value) for _, value in part.partition]
    return f"({', '.join([quote.text(str(Path(location) / part.path)), *values])})"
