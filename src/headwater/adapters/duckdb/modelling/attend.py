"""How far a build has come, told while it runs; one that comes no further is ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

from headwater.adapters.duckdb.process.progress import Stall, give_up
from headwater.model.progress import Progress, Watch
from headwater.ports.building import Building

_SECONDS = 0.25
_FINE = 1_000  # a share of a hundredth of a percent is some way, too


@contextmanager
def attending(
    connection: duckdb.DuckDBPyConnection, task: Building, watch: Watch
) -> Iterator[None]:
    """Tell the watch now and then what DuckDB has done of the query that it is at."""
    ended = Event()
    total = sum(part.size_bytes for each in task.readings for part in each.snapshot.parts)
    stall = Stall()

    def tell() -> None:
        while not ended.wait(_SECONDS):
            share = max(connection.query_progress(), 0.0) / 100
            if stall.lasts(int(share * 100 * _FINE), time.process_time(), time.monotonic()):
                give_up()
            watch(Progress("building", task.layout.name, int(share * total), total))

    thread = Thread(target=tell, name="attendant", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
