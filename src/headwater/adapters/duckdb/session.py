"""One connection to DuckDB, with limits and without doors to the outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import duckdb

from headwater.adapters.duckdb import quote
from headwater.ports.engine import Limits

_SETTINGS = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET enable_progress_bar = true",  # without it, nobody can ask how far a query is
    "SET enable_progress_bar_print = false",
    "SET TimeZone = 'UTC'",
    "SET preserve_insertion_order = false",
)
# Rows of a partition are handed to its writer when so many are gathered: less takes more time
# and makes row groups that are too small, more takes more memory.
_PARTITION_ROWS = 16_384
_PARTITIONED_FACTOR = 2  # with less, what is gathered for 90 partitions is spilled


@contextmanager
def session(
    limits: Limits, scratch: Path | None = None, *, partitioned: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own, closed afterwards."""
    connection = duckdb.connect()
    try:
        for setting in (*_SETTINGS, *_of(limits, scratch, partitioned=partitioned)):
            connection.execute(setting)
        yield connection
    finally:
        connection.close()


@contextmanager
def orderly(connection: duckdb.DuckDBPyConnection, limits: Limits) -> Iterator[None]:
    """Copy from Parquet or from streams in order, where that is asked for.

    On two threads DuckDB 2.0 puts rows from row groups of uneven sizes behind later ones.
    """
    if not limits.in_order:
        yield
        return
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {limits.threads}")


@contextmanager
def unshared(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Make what an expression says twice two times.

    DuckDB makes it once, below the expression: where no TRY around it reaches, so that a value
    that cannot be made ends the query.
    """
    connection.execute("SET disabled_optimizers = 'common_subexpressions'")
    try:
        yield
    finally:
        connection.execute("RESET disabled_optimizers")


def _of(limits: Limits, scratch: Path | None, *, partitioned: bool) -> Iterator[str]:
    memory_bytes = limits.memory_bytes * (_PARTITIONED_FACTOR if partitioned else 1)
    yield f"SET memory_limit = '{memory_bytes}B'"
    yield f"SET threads = {limits.threads}"
    if limits.in_order:
        yield "SET preserve_insertion_order = true"
    yield f"SET partitioned_write_flush_threshold = {_PARTITION_ROWS}"
    folder = Path(gettempdir()) if scratch is None else scratch  # else it is the current one
    yield f"SET temp_directory = {quote.text(str(folder / 'spill'))}"
