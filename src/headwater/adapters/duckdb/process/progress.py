"""How far a conversion has come, told while it runs; one that comes no further is ended."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

from headwater.adapters.duckdb.sources.relation import Reader
from headwater.model.progress import Progress, Watch
from headwater.ports.engine import Job

_SECONDS = 0.25
_STALLED_SECONDS = 180.0
_BUSY_SHARE = 0.02  # of a core: looking on costs less than that, and any work more
STALLED = 75  # the exit code that asks for another try


@contextmanager
def watching(
    connection: duckdb.DuckDBPyConnection, reader: Reader, job: Job, watch: Watch
) -> Iterator[None]:
    """Tell the watch now and then what DuckDB and the streams have read."""
    ended = Event()
    total = sum(each.size_bytes for each in job.inputs)

    stall = Stall()

    def tell() -> None:
        while not ended.wait(_SECONDS):
            share = max(connection.query_progress(), 0.0) / 100
            done = min(total, max(int(share * total), reader.bytes_read))
            if stall.lasts(done, time.process_time(), time.monotonic()):
                give_up()
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


class Stall:
    """Whether nothing has been read and nothing computed for a long time."""

    def __init__(self) -> None:
        """Begin where nothing was seen yet."""
        self._seen: tuple[int, float, float] | None = None  # bytes, CPU seconds, moment

    def lasts(self, done_bytes: int, cpu_seconds: float, now: float) -> bool:
        """Take one more look; whether it is time to give up."""
        if self._seen is None:
            self._seen = (done_bytes, cpu_seconds, now)
        seen_bytes, seen_cpu, since = self._seen
        busy = cpu_seconds - seen_cpu > max(now - since, 1.0) * _BUSY_SHARE
        if done_bytes != seen_bytes or busy:
            self._seen = (done_bytes, cpu_seconds, now)
            return False
        return now - since > _STALLED_SECONDS


def give_up() -> None:
    """End the process, which is stuck in native code: whoever asked tries again with another."""
    sys.stderr.write(f"nothing was read or computed for {_STALLED_SECONDS:.0f} s\n")
    sys.stderr.flush()
    os._exit(STALLED)
