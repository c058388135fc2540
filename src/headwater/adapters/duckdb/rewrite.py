"""Parts written anew without the rows of arrivals that are being replaced."""

from __future__ import annotations

from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.parts import Destination, finish
from headwater.adapters.duckdb.session import session
from headwater.model.part import Part
from headwater.ports.engine import Rewriting, Rewritten
from headwater.shape.table import PROVENANCE


def rewrite(task: Rewriting) -> Rewritten:
    """Look into each part; write those that hold such rows again, without them."""
    location = Path(task.table_location)
    target = Destination(task.feed, f"{task.attempt}", location)
    gone = ", ".join(quote.text(each) for each in task.without)
    removed: list[str] = []
    made: list[Part] = []
    rows_removed = 0
    with session(task.limits) as connection:
        for number, part in enumerate(task.parts):
            rows = _rows_of(connection, location / part.path, gone)
            if not rows:
                continue
            removed.append(part.path)
            rows_removed += rows
            if rows < part.rows:
                made.append(_write(connection, target, part, gone, number))
    return Rewritten(tuple(removed), tuple(made), rows_removed)


def _rows_of(connection: duckdb.DuckDBPyConnection, path: Path, gone: str) -> int:
    connection.execute(f"SELECT count(*) FROM {_reader(path)} WHERE {PROVENANCE} IN ({gone})")
    found = connection.fetchone()
    return int(found[0]) if found else 0


def _write(
    connection: duckdb.DuckDBPyConnection, target: Destination, part: Part, gone: str, number: int
) -> Part:
    old = target.location / part.path
    feed = target.feed
    path = old.with_name(f"part-{target.attempt}-r{number:05d}.{feed.compression}.parquet")
    level = ", COMPRESSION_LEVEL 1" if feed.compression == "zstd" else ""
    version = "v1" if feed.wide else "v2"
    select = f"SELECT * FROM {_reader(old)} WHERE {PROVENANCE} NOT IN ({gone})"
    connection.execute(
        f"COPY ({select}) TO {quote.text(str(path))} (FORMAT parquet, "
        f"COMPRESSION {feed.compression}{level}, PARQUET_VERSION {version})"
    )
    (written,) = finish(connection, target, [path], [dict(part.partition)])
    return written


def _reader(path: Path) -> str:
    return f"read_parquet({quote.text(str(path))}, hive_partitioning = false)"
