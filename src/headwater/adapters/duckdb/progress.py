"""How far a conversion has come, told while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

from headwater.adapters.duckdb.relation import Reader
from headwater.model.progress import Progress, Watch
from headwater.ports.engine import Job

_SECONDS = 0.25


@contextmanager
def watching(
    connection: duckdb.DuckDBPyConnection, reader: Reader, job: Job, watch: Watch
) -> Iterator[None]:
    """Tell the watch now and then what DuckDB and the streams have read."""
    ended = Event()
    total = sum(each.size_bytes for each in job.inputs)

    def tell() -> None:
        while not ended.wait(_SECONDS):
            share = max(connection.query_progress(), 0.0) / 100
            done = min(total, max(int(share * total), reader.bytes_read))
            watch(
                Progress(
                    stage="converting",
                    subject=job.feed.name,
                    done_bytes=done,
                    total_bytes=total,
                    total_files=len(job.inputs),
                )
            )

    thread = Thread(target=tell, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
