"""Rows of too many partitions in one file: seen while they are written, and whose they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import duckdb

from headwater.adapters.duckdb import quote
from headwater.model.arrival import Cause

_SECONDS = 0.1
_FIRST_ROWS = 50_000


class Scattered(Exception):
    """The rows of a batch belong to more partitions than are allowed."""


@contextmanager
def guarding(connection: duckdb.DuckDBPyConnection, folder: Path, most: int) -> Iterator[None]:
    """Stop what the connection does once there are more folders of partitions than that."""
    ended, seen = Event(), Event()

    def watch() -> None:
        while not ended.wait(_SECONDS):
            if _folders(folder, most) > most:
                seen.set()
                connection.interrupt()
                return

    thread = Thread(target=watch, name="partitions", daemon=True)
    thread.start()
    try:
        yield
    except duckdb.InterruptException as error:
        if seen.is_set():
            raise Scattered from error
        raise
    finally:
        ended.set()
        thread.join()
    if seen.is_set() or _folders(folder, most) > most:
        raise Scattered


def look_ahead(
    connection: duckdb.DuckDBPyConnection, select: str, by: list[str], most: int
) -> None:
    """Scattered if the first rows alone belong to more partitions than that.

    A writer with very many partitions takes long before it makes the first folder.
    """
    names = ", ".join(map(quote.name, by))
    connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM (SELECT {names} FROM ({select}) "
        f"LIMIT {_FIRST_ROWS}))"
    )
    found = connection.fetchone()
    if found and found[0] > most:
        raise Scattered


def scattered(
    connection: duckdb.DuckDBPyConnection, select: str, by: list[str], most: int
) -> dict[str, Cause]:
    """Arrivals whose own rows belong to more partitions than that, and what is said of them."""
    names = ", ".join(map(quote.name, by))
    connection.execute(
        f"SELECT _arrival, count(*) FROM (SELECT DISTINCT _arrival, {names} FROM ({select})) "
        f"GROUP BY _arrival HAVING count(*) > {most}"
    )
    return {arrival: _cause(count, most) for arrival, count in connection.fetchall()}


def _cause(count: int, most: int) -> Cause:
    return Cause(
        "partitions",
        f"its rows belong to {count:,} partitions, and a file may have {most:,}; "
        "partition by something coarser, such as the month in place of the day",
    )


def _folders(folder: Path, most: int) -> int:
    """How many folders there are that hold no others; counted no further than is asked."""
    found = 0
    for place, folders, _ in os.walk(folder):
        found += not folders and place != str(folder)
        if found > most:
            break
    return found
