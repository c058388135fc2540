"""Rows of a table that is larger than memory should hold, some at a time, by their places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

_AT_ONCE = 10_000


def paged(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of `place`, their first column; other questions may come between."""
    last = -1
    while rows := connection.execute(
        f"FROM {table} WHERE place > {last} ORDER BY place LIMIT {_AT_ONCE}"
    ).fetchall():
        yield from rows
        last = int(rows[-1][0])
