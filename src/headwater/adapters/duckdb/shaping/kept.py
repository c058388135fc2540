"""Rows kept in a file on their way, with the types that they had."""

from __future__ import annotations

from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.native import NO_TYPE

_LARGE = {"HUGEINT": "DECIMAL(38, 0)", "UHUGEINT": "DECIMAL(38, 0)"}  # Parquet would make doubles
_COPY = "(FORMAT parquet, COMPRESSION lz4)"


def keep(connection: duckdb.DuckDBPyConnection, select: str, path: Path, view: str) -> None:
    """Write the rows of a SELECT into a file, and make a view of it.

    A column that has no type yet has none in the view either: it fits wherever it is used.
    """
    kinds = connection.execute(f"DESCRIBE {select}").fetchall()
    cast = ", ".join(
        f"CAST({quote.name(name)} AS {_LARGE[kind]}) AS {quote.name(name)}"
        if kind in _LARGE
        else quote.name(name)
        for name, kind, *_ in kinds
    )
    connection.execute(f"COPY (SELECT {cast} FROM ({select})) TO {quote.text(str(path))} {_COPY}")
    bare = ", ".join(f"NULL AS {quote.name(name)}" for name, kind, *_ in kinds if kind == NO_TYPE)
    every = f"* REPLACE ({bare})" if bare else "*"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {quote.name(view)} AS SELECT {every} "
        f"FROM read_parquet({quote.text(str(path))}, hive_partitioning = false)"
    )
