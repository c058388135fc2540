"""Parts written anew: without rows that are replaced, and with columns that become wider."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.parts.recast import recast
from headwater.adapters.duckdb.parts.taking import taken_by
from headwater.adapters.duckdb.parts.write import Destination, finish
from headwater.adapters.duckdb.session import session
from headwater.model.ids import ArrivalId
from headwater.model.part import Part
from headwater.model.types import Widened
from headwater.points import point
from headwater.ports.engine import Rewriting, Rewritten
from headwater.shape.table import PROVENANCE


def rewrite(task: Rewriting) -> Rewritten:
    """Look into each part; write those again that hold such rows, or such columns.

    Rows of replaced arrivals are counted as such, whatever else would take their place.
    """
    location = Path(task.table_location)
    target = Destination(task.feed, f"{task.attempt}", location)
    without = sorted(task.without)
    removed: list[str] = []
    made: list[Part] = []
    rows_removed = 0
    with session(task.limits) as connection:
        taken = taken_by(connection, task)
        for number, part in enumerate(task.parts):
            path = location / part.path
            gone = ", ".join(quote.text(each) for each in _within(part, without))
            rows = _rows_of(connection, path, gone) if gone else 0
            wider = _held(connection, path, task.widened) if task.widened else []
            others = taken.of(part)
            if not rows and not wider and not others:
                continue
            removed.append(part.path)
            rows_removed += rows
            if rows + others < part.rows:
                select = _rows_left(path, gone, wider, taken.stays(part))
                made.append(_write(connection, target, part, select, number))
                point("part.k_of_n")
    seen = tuple(part.path for part in task.parts) if task.widened else None
    by_arrival = taken.by_arrival
    return Rewritten(
        tuple(removed), tuple(made), rows_removed, seen, task.widened, taken=by_arrival
    )


def _within(part: Part, ids: Sequence[ArrivalId]) -> Sequence[ArrivalId]:
    """Those of the arrivals, which are sorted, that the part may have rows of."""
    if part.first_arrival is None or part.last_arrival is None:
        return ids
    return ids[bisect_left(ids, part.first_arrival) : bisect_right(ids, part.last_arrival)]


def _rows_of(connection: duckdb.DuckDBPyConnection, path: Path, gone: str) -> int:
    connection.execute(f"SELECT count(*) FROM {_reader(path)} WHERE {PROVENANCE} IN ({gone})")
    found = connection.fetchone()
    return int(found[0]) if found else 0


def _held(
    connection: duckdb.DuckDBPyConnection, path: Path, widened: Sequence[Widened]
) -> list[Widened]:
    """Those of the columns that the part has: it may be older than they are."""
    connection.execute(f"SELECT name FROM parquet_schema({quote.text(str(path))})")
    names = {row[0] for row in connection.fetchall()}
    return [each for each in widened if each.column in names]


def _rows_left(path: Path, gone: str, wider: Sequence[Widened], stays: str) -> str:
    recasts = ", ".join(f"{recast(each)} AS {quote.name(each.column)}" for each in wider)
    replaced = f" REPLACE ({recasts})" if wider else ""
    kept = f"{PROVENANCE} NOT IN ({gone})" if gone else "TRUE"
    return f"SELECT *{replaced} FROM {_reader(path)} WHERE {kept} AND {stays}"


def _write(
    connection: duckdb.DuckDBPyConnection, target: Destination, part: Part, select: str, number: int
) -> Part:
    old = target.location / part.path
    feed = target.feed
    path = old.with_name(f"part-{target.attempt}-r{number:05d}.{feed.compression}.parquet")
    level = ", COMPRESSION_LEVEL 1" if feed.compression == "zstd" else ""
    version = "v1" if feed.wide else "v2"
    connection.execute(
        f"COPY ({select}) TO {quote.text(str(path))} (FORMAT parquet, "
        f"COMPRESSION {feed.compression}{level}, PARQUET_VERSION {version})"
    )
    (written,) = finish(connection, target, [path], [dict(part.partition)])
    return written


def _reader(path: Path) -> str:
    return f"read_parquet({quote.text(str(path))}, hive_partitioning = false)"
