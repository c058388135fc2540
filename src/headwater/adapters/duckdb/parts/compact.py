"""Small parts joined into larger ones: the same rows, in the same order, in fewer files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.adapters.duckdb.parts.write import Destination
from headwater.adapters.duckdb.session import session
from headwater.adapters.durable import make_durable
from headwater.model.part import Part
from headwater.model.progress import Progress, Watch
from headwater.model.types import Column
from headwater.points import point
from headwater.ports.engine import Compacted, Compacting, Joined
from headwater.shape.table import PROVENANCE

_Group = tuple[Part, ...]
_GROUP_BYTES = 32 * 1024 * 1024  # of a row group while it is gathered
_GROUP_SHARE = 8  # of the memory that there is: it is held in several forms
_FILE = "headwater file"  # no column of ours can be called that


def compact(task: Compacting, watch: Watch) -> Compacted:
    """Join each group whose parts are as they were written; all of them last when this ends."""
    location = Path(task.table_location)
    target = Destination(task.feed, f"{task.attempt}", location)
    total = sum(part.size_bytes for group in task.groups for part in group)
    damaged: list[str] = []
    made: list[tuple[_Group, Path]] = []
    done = 0
    # One thread keeps rows in order by itself. Where DuckDB is told to, it wants whole row
    # groups in memory, however wide their rows are.
    with session(replace(task.limits, threads=1, in_order=False)) as connection:
        for number, group in enumerate(task.groups):
            watch(Progress("compacting", task.feed.table, done, total))
            done += sum(part.size_bytes for part in group)
            found = [part.path for part in group if not _is_whole(location / part.path, part)]
            damaged += found
            if not found:
                made.append((group, _join(connection, task, target, group, number)))
                point("cmp.mid")
        joined = _finished(connection, location, made)
    return Compacted(tuple(joined), tuple(damaged))


def _is_whole(path: Path, part: Part) -> bool:
    """Whether the part is there, with the bytes that were written."""
    try:
        return part.sha256 in {None, _sha256(path)}
    except FileNotFoundError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _join(
    connection: duckdb.DuckDBPyConnection,
    task: Compacting,
    target: Destination,
    group: _Group,
    number: int,
) -> Path:
    feed = target.feed
    beside = target.location / group[0].path
    path = beside.with_name(f"part-{target.attempt}-{number:05d}.{feed.compression}.parquet")
    level = ", COMPRESSION_LEVEL 1" if feed.compression == "zstd" else ""
    version = "v1" if feed.wide else "v2"
    group_bytes = min(_GROUP_BYTES, task.limits.memory_bytes // _GROUP_SHARE)
    files = quote.texts(str(target.location / part.path) for part in group)
    connection.execute(
        f"COPY ({_select(files, list(_columns(task)))}) TO {quote.text(str(path))} "
        f"(FORMAT parquet, COMPRESSION {feed.compression}{level}, PARQUET_VERSION {version}, "
        f"ROW_GROUP_SIZE_BYTES {group_bytes})"
    )
    return path


def _finished(
    connection: duckdb.DuckDBPyConnection, location: Path, made: Sequence[tuple[_Group, Path]]
) -> list[Joined]:
    """The new parts, durable, with what is really in them: it is read back."""
    if not made:
        return []
    make_durable([path for _, path in made])
    point("part.fsynced")
    files = quote.texts(str(path) for _, path in made)
    # Not by arrival: a table has millions of those.
    connection.execute(
        f"SELECT {quote.name(_FILE)}, count(*), min({PROVENANCE}), max({PROVENANCE}) "
        f"FROM read_parquet({files}, filename = {quote.text(_FILE)}, hive_partitioning = false) "
        "GROUP BY ALL"
    )
    inside = {file: told for file, *told in connection.fetchall()}
    joined = []
    for group, path in made:
        rows, first, last = inside[str(path)]
        name, folders = str(path.relative_to(location)), group[0].partition
        part = Part(name, rows, path.stat().st_size, folders, _sha256(path), first, last)
        joined.append(Joined(part, tuple(each.path for each in group)))
    return joined


def _columns(task: Compacting) -> Iterator[Column]:
    """The columns that parts hold; those that name folders are in the log alone."""
    folders = {by.name.lower() for by in task.feed.partition}
    return (column for column in task.schema.columns if column.name.lower() not in folders)


def _select(files: str, columns: Sequence[Column]) -> str:
    """Every column of the table, null where a part is older than it."""
    typed = [(quote.name(column.name), duck_type(column.type)) for column in columns]
    none = ", ".join(f"NULL::{kind} AS {name}" for name, kind in typed)
    cast = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in typed)
    reader = f"read_parquet({files}, union_by_name = true, hive_partitioning = false)"
    return f"SELECT {cast} FROM (SELECT {none} WHERE false UNION ALL BY NAME FROM {reader})"
