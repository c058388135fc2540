"""Lakes for tests: real ones in a folder of their own, with a clock that a test may turn."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from deltalake import DeltaTable

from headwater.flow.attempt import attempt
from headwater.model.progress import nobody
from headwater.wiring import open_lake

SALES = """\
  sales:
    format: csv
    schema: {id: text not null, day: date, qty: bigint}
    partition: [month(day)]
"""


class Clock:
    """A clock that stands still until a test turns it."""

    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += timedelta(**by)


def configure(folder: Path, feeds: str = SALES, more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "headwater.yaml").write_text(f"lake: .\n{more}feeds:\n{feeds}", encoding="utf-8")
    return folder


def make(folder: Path, feeds: str = SALES, *, clock=None, more: str = ""):
    configure(folder, feeds, more)
    return open_lake(folder, clock=clock) if clock else open_lake(folder)


def csv_of(*ids, qty=1, month=1):
    rows = [f"{each},2026-{month:02d}-05,{qty}" for each in ids]
    return "\n".join(["id,day,qty", *rows]) + "\n"


def write(path: Path, text: str | bytes) -> Path:
    """A file that has lain there for a while."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    age(path)
    return path


def age(path: Path, seconds: float = 60) -> None:
    """Give it a time of change in the past, so that nobody waits to see it lie still."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def ids_of(lake, table="sales"):
    return sorted(row[0] for row in lake.query(f"select id from {table}").rows())


def states_of(lake, key):
    """The states of the versions under a key, the oldest first."""
    return [chapter.arrival.state.value for chapter in story(lake, key).chapters]


def story(lake, key):
    (found,) = lake.explain(key)
    return found


def arrivals_of(lake):
    return lake._world.ledger.arrivals(limit=1_000_000)


def log_of(folder: Path, table="sales"):
    """The log's entries in order, each as its actions."""
    return [
        [json.loads(line) for line in entry.read_text().splitlines()]
        for entry in sorted((folder / "processed" / table / "_delta_log").glob("*.json"))
    ]


def versions_of(folder: Path, table="sales"):
    """The ids that each version of a table shows, read without a line of ours."""
    location = folder / "processed" / table
    latest = DeltaTable(str(location)).version()
    return [_ids_at(location, version) for version in range(latest + 1)]


def _ids_at(location: Path, version: int):
    files = DeltaTable(str(location), version=version).file_uris()
    if not files:
        return Counter()
    sql = "select id from read_parquet(?, hive_partitioning = false)"
    return Counter(row[0] for row in duckdb.execute(sql, [files]).fetchall())


def parts_on_disk(folder: Path, table="sales"):
    return sorted(
        str(path.relative_to(folder / "processed" / table))
        for path in (folder / "processed" / table).rglob("*.parquet")
        if "_delta_log" not in path.parts
    )


def flush(lake):
    """Close every batch there is."""
    from headwater.flow.batch import batch

    return batch(lake._world, flush=True)


def claim(lake, worker="w"):
    """Take a manifest, as a worker does."""
    world = lake._world
    return world.ledger.claim(worker, world.clock(), world.lease)


def try_once(lake, claimed=None):
    """One attempt at a manifest, as a worker makes it."""
    engine = lake._world.engine()
    try:
        return attempt(lake._world, engine, claimed or claim(lake), nobody)
    finally:
        engine.close()
