"""The newest time that a column has, as an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import duckdb

from headwater.adapters.duckdb import quote

DATED = frozenset({"date", "timestamp", "timestamp_ntz"})
"""Types of columns that can be asked."""


def newest(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> datetime | None:
    """The greatest value of the column in what follows FROM; a day ends as it does in UTC."""
    row = connection.execute(f"SELECT max({quote.name(column)}) FROM {source}").fetchone()
    value = row[0] if row else None
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time.max, UTC)
    return datetime.combine(date.fromisoformat(value), time.max, UTC) if value else None
