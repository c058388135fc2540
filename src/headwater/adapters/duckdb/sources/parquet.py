"""The shape of a Parquet file: its columns as a table can have them, and nothing lost unsaid."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.native import native
from headwater.adapters.duckdb.sources.footer import DEPTH, Footer, footer_of, too_deep, unsound
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.source import Source
from headwater.model.feed import Format
from headwater.model.types import Type
from headwater.reading.names import clean_names

_FINE = {  # types of times to the nanosecond, and what holds them to the microsecond
    "TIMESTAMP_NS": "TIMESTAMP",
    "TIMESTAMPTZ_NS": "TIMESTAMP WITH TIME ZONE",
}
_AS_TEXT = "VARCHAR"


def parquet_shape(connection: duckdb.DuckDBPyConnection, source: Source) -> Shape:
    """The shape of one Parquet file. Unreadable, as footers are, or as names of columns are."""
    footer = footer_of(connection, source.path)
    columns, notes = clean_names(footer.names, lenient=source.repairs.lenient)
    for name, kind in zip(footer.names, footer.types, strict=True):
        if _depth(native(kind)) > DEPTH:
            raise too_deep(name)
    if source.counted is None:
        source.counted = footer.rows
    source.notes += notes
    source.notes += [
        f"column {name!r} holds times as INT96, which are read to the microsecond"
        for name in footer.coarse
    ]
    natives = _exact(connection, source, footer)
    return Shape(Format.PARQUET, columns, keys=footer.keys, natives=natives)


def _exact(
    connection: duckdb.DuckDBPyConnection, source: Source, footer: Footer
) -> tuple[str, ...]:
    """Each column's type; text for times that microseconds do not hold."""
    fine = [i for i, kind in enumerate(footer.types) if kind in _FINE]
    if not fine:
        return footer.types
    try:
        odd = _odd(connection, source, [footer.keys[i] for i in fine])
    except duckdb.Error as error:
        raise unsound(error) from error
    natives = list(footer.types)
    for i, is_odd in zip(fine, odd, strict=True):
        natives[i] = _AS_TEXT if is_odd else _FINE[footer.types[i]]
    return tuple(natives)


def _odd(
    connection: duckdb.DuckDBPyConnection, source: Source, keys: Sequence[str]
) -> tuple[bool, ...]:
    """Of columns of times, whether any of them is finer than a microsecond."""
    path = quote.text(str(source.path))
    asked = ", ".join(
        f"coalesce(bool_or(epoch_ns({quote.name(k)}) % 1000 != 0), false)" for k in keys
    )
    found = connection.execute(
        f"SELECT {asked} FROM read_parquet({path}, hive_partitioning = false)"
    ).fetchone()
    return tuple(found or ())


def _depth(kind: Type) -> int:
    return 1 + max((_depth(child) for _, child in kind.children), default=0)
