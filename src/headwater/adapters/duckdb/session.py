"""One connection to DuckDB, with limits and without doors to the outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.ports.engine import Limits

_SETTINGS = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET enable_progress_bar = false",
    "SET TimeZone = 'UTC'",
    "SET preserve_insertion_order = false",
)
# Rows of a partition are handed to its writer when so many are gathered: a quarter of the
# memory of DuckDB's own choice, and less time.
_PARTITION_ROWS = 32_768


@contextmanager
def session(limits: Limits, scratch: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own, closed afterwards."""
    connection = duckdb.connect()
    try:
        for setting in (*_SETTINGS, *_of(limits, scratch)):
            connection.execute(setting)
        yield connection
    finally:
        connection.close()


def _of(limits: Limits, scratch: Path | None) -> Iterator[str]:
    yield f"SET memory_limit = '{limits.memory_bytes}B'"
    yield f"SET threads = {limits.threads}"
    yield f"SET partitioned_write_flush_threshold = {_PARTITION_ROWS}"
    if scratch is not None:
        yield f"SET temp_directory = {quote.text(str(scratch / 'spill'))}"
