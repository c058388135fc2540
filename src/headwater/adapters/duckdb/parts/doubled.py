"""Times that the clocks of a feed's zone showed twice: of which files, and how many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.parts.write import Draft
from headwater.model.clocks import PutBack, put_back
from headwater.shape.table import PROVENANCE

_ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def doubled(
    connection: duckdb.DuckDBPyConnection, made: Draft, zone: str, columns: Iterable[str]
) -> dict[str, list[str]]:
    """What is to be said of each arrival's instants in these columns."""
    notes: dict[str, list[str]] = {}
    if not (changes := put_back(zone)):
        return notes
    for column in columns:
        within = _within(changes, made, column)
        for arrival, count in _counts(connection, made, column, within) if within else ():
            are = "1 time is" if count == 1 else f"{count:,} times are"
            notes.setdefault(arrival, []).append(
                f"{are} in an hour that the clocks of {zone} showed twice, in column {column!r}; "
                "what does not say which is taken for the earlier"
            )
    return notes


def _within(changes: Sequence[PutBack], made: Draft, column: str) -> list[PutBack]:
    """The changes that the values of a column lie about, as the files' statistics say."""
    spans = [_span(of[quote.name(column)]) for of in made.statistics if quote.name(column) in of]
    return [
        each for each in changes if any(low < each.at and each.first <= high for low, high in spans)
    ]


def _span(of: dict[str, str]) -> tuple[datetime, datetime]:
    """From the first to the last; all times where Python has no such years."""
    try:
        return datetime.fromisoformat(of["min"]), datetime.fromisoformat(of["max"])
    except (KeyError, ValueError):
        return _ALWAYS


def _counts(
    connection: duckdb.DuckDBPyConnection, made: Draft, column: str, within: Sequence[PutBack]
) -> list[tuple[str, int]]:
    files = quote.texts(str(path) for path in made.paths)
    name = quote.name(column)
    asked = " OR ".join(
        f"({name} >= TIMESTAMPTZ '{each.first}' AND {name} < TIMESTAMPTZ '{each.at}')"
        for each in within
    )
    connection.execute(
        f"SELECT {PROVENANCE}, count(*) FROM read_parquet({files}, hive_partitioning = false) "
        f"WHERE {asked} GROUP BY ALL"
    )
    return connection.fetchall()
