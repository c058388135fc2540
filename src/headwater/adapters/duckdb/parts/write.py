"""Rows become parts: one COPY, durable files under attempt-owned names, counted again."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.durable import make_durable
from headwater.model.feed import Feed
from headwater.model.part import Part
from headwater.model.types import Schema
from headwater.points import point
from headwater.shape.partition import ARRIVAL_DATE, DATE_PARTS
from headwater.shape.table import PROVENANCE

_BLOCK = 1 << 20
_PADDED = {"year": 4, "month": 2, "day": 2, "hour": 2}
_GROUP_BYTES = 32 * 1024 * 1024  # of a row group while it is gathered: each thread has its own
_FILE = "headwater file"  # no column of ours can be called that


@dataclass(frozen=True, slots=True)
class Destination:
    """Where parts go and how they are written."""

    feed: Feed
    attempt: str
    location: Path
    in_order: bool = False  # whether rows have to keep the order that they come in

    def name(self, number: str) -> str:
        """The name of a part without its last ending."""
        return f"part-{self.attempt}-0000{number}.{self.feed.compression}"


@dataclass(frozen=True, slots=True)
class Draft:
    """Files in a folder of the attempt's own that may become parts."""

    folder: Path
    paths: tuple[Path, ...]
    partitions: tuple[dict[str, str | None], ...]
    counts: dict[str, dict[str, int]]  # rows of each arrival in each file, read back
    statistics: tuple[
        dict[str, dict[str, str]], ...
    ] = ()  # of each file's columns, by quoted names
    lost: Mapping[str, int] = field(default_factory=dict)  # rows left out for others, by arrival

    @property
    def rows(self) -> Counter[str]:
        """Rows of each arrival."""
        total: Counter[str] = Counter()
        for inside in self.counts.values():
            total.update(inside)
        return total


def draft(
    connection: duckdb.DuckDBPyConnection, select: str, target: Destination, folder: Path
) -> Draft:
    """Write the rows of a SELECT into the folder, and count what is really in its files."""
    point("part.tmp")
    folder.mkdir(parents=True)
    by = [quote.name(each.name) for each in target.feed.partition]
    options, where = format_options(target.feed), folder
    if not target.in_order:  # else DuckDB refuses to
        options.append(f"ROW_GROUP_SIZE_BYTES {_GROUP_BYTES}")
    if by or target.feed.file_size_bytes:
        pattern = quote.text(target.name("{i}"))
        options += [f"FILENAME_PATTERN {pattern}", "OVERWRITE_OR_IGNORE"]
    if by:
        options.append(f"PARTITION_BY ({', '.join(by)})")
    elif target.feed.file_size_bytes:
        options.append(f"FILE_SIZE_BYTES {target.feed.file_size_bytes}")
    else:  # DuckDB keeps the order of rows only where it writes one file, and names it itself
        where = folder / f"{target.name('0')}.parquet"
    connection.execute(
        f"COPY ({select}) TO {quote.text(str(where))} "
        f"(FORMAT parquet, {', '.join(options)}, RETURN_STATS)"
    )
    point("part.closed")
    stats = [row for row in connection.fetchall() if row[1]]
    paths = tuple(Path(row[0]) for row in stats)
    keys, statistics = tuple(map(_keys, stats)), tuple(row[4] for row in stats)
    return Draft(folder, paths, keys, counts_in(connection, paths), statistics)


def publish(made: Draft, target: Destination) -> tuple[Part, ...]:
    """Move the files to their places in the table, where they last."""
    places = [
        _place(path, target.location / _folder(target.feed, path.relative_to(made.folder)))
        for path in made.paths
    ]
    make_durable(places)
    point("part.fsynced")
    counts = {
        str(place): made.counts.get(str(path), {})
        for path, place in zip(made.paths, places, strict=True)
    }
    parts = _parts(target, places, made.partitions, counts)
    point("part.dirsynced")
    return parts


def _place(path: Path, place: Path) -> Path:
    """Link the file to its name, which is free, or copy it where a link cannot reach."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        with path.open("rb") as source, place.open("xb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK)
    path.unlink()
    point("part.k_of_n")
    return place


def finish(
    connection: duckdb.DuckDBPyConnection,
    target: Destination,
    paths: Sequence[Path],
    partitions: Sequence[dict[str, str | None]],
) -> tuple[Part, ...]:
    """Make files durable where they are, count what is really in them, and hash them."""
    make_durable(paths)
    point("part.fsynced")
    return _parts(target, paths, partitions, counts_in(connection, paths))


def _parts(
    target: Destination,
    paths: Sequence[Path],
    partitions: Sequence[dict[str, str | None]],
    counts: dict[str, dict[str, int]],
) -> tuple[Part, ...]:
    with ThreadPoolExecutor(2) as pool:
        hashes = list(pool.map(_sha256, paths))
    names = [by.name for by in target.feed.partition]
    parts = []
    for path, partition, sha256 in zip(paths, partitions, hashes, strict=True):
        inside = counts.get(str(path), {})
        parts.append(
            Part(
                path=str(path.relative_to(target.location)),
                rows=sum(inside.values()),
                size_bytes=path.stat().st_size,
                partition=tuple((name, partition.get(name)) for name in names),
                sha256=sha256,
                first_arrival=min(inside, default=None),
                last_arrival=max(inside, default=None),
            )
        )
    return tuple(parts)


def format_options(feed: Feed) -> list[str]:
    """How parts are packed."""
    level = ["COMPRESSION_LEVEL 1"] if feed.compression == "zstd" else []
    version = "v1" if feed.wide else "v2"
    return [f"COMPRESSION {feed.compression}", *level, f"PARQUET_VERSION {version}"]


def _keys(row: tuple[Any, ...]) -> dict[str, str | None]:
    """Partition values as the log has them."""
    keys: dict[str, str | None] = row[5] or {}
    return keys


def counts_in(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]
) -> dict[str, dict[str, int]]:
    """Rows of each arrival in each file, read back."""
    found: dict[str, dict[str, int]] = {}
    if not paths:
        return found
    files = quote.texts(str(path) for path in paths)
    connection.execute(
        f"SELECT {quote.name(_FILE)}, {PROVENANCE}, count(*) FROM read_parquet({files}, "
        f"filename = {quote.text(_FILE)}, hive_partitioning = false) GROUP BY ALL"
    )
    for file, arrival, count in connection.fetchall():
        found.setdefault(file, {})[arrival] = count
    return found


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def partition_columns(feed: Feed, rows: Schema, landed: str) -> list[str]:
    """Expressions for partition columns that are not columns of the rows."""
    made = []
    for by in feed.partition:
        if by.function == ARRIVAL_DATE:
            made.append(f"{landed} AS {quote.name(by.name)}")
        elif by.function in DATE_PARTS and by.column is not None:
            column = rows.find(by.column)
            of = quote.name(column.name if column is not None else by.column)
            if column is None or column.type.kind == "timestamp":
                # The parts of an instant are asked of a calendar; those of its UTC time are not.
                of = f"make_timestamp(epoch_us({of}))"
            made.append(f"{by.function}({of}) AS {quote.name(by.name)}")
    return made


def _folder(feed: Feed, place: Path) -> Path:
    """The partition folders with the parts of dates padded, as their names sort then."""
    pieces = list(place.parts)
    for i, by in enumerate(feed.partition):
        name, _, value = pieces[i].partition("=")
        if by.function in _PADDED and value.isdigit():
            pieces[i] = f"{name}={value.zfill(_PADDED[by.function])}"
    return Path(*pieces)
