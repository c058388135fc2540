"""What a Parquet file's footer says, checked before anything behind it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.fault import first_line
from headwater.model.types import DECIMAL_DIGITS
from headwater.reading.names import COLUMNS
from headwater.reading.packing.packed import InflateLimits
from headwater.reading.parquet.compact import Compact, Malformed
from headwater.reading.parquet.pages import LARGEST_PAGE_BYTES, Chunk, check_pages, has_checksum
from headwater.reading.unreadable import Unreadable

DEPTH = 32
"""How deep types may be nested; logs of tables hold them as JSON, which has its own limits."""

_FOOTER_BYTES = 64 << 20
_ROW_GROUPS = 100_000
_FIELDS = 10 * COLUMNS
_LEVELS = 3 * DEPTH  # a list or map takes up to three of them
_CIPHER = 8  # the field of the footer that tells of one
_NO_COLUMN = "Need at least one non-root column"
_SUSPICIOUS = 50  # times as large as it lies
_PLACE = re.compile(r""",? (?:in|from|read Parquet) file ["'].*?["']|'/.*?'|"/.*?\"""")


@dataclass(frozen=True, slots=True)
class Footer:
    """The columns of the table, and what is odd about them."""

    rows: int
    names: tuple[str, ...]  # as the file has them
    keys: tuple[str, ...]  # as DuckDB calls them
    types: tuple[str, ...]  # in DuckDB's words
    coarse: tuple[str, ...]  # columns whose times DuckDB cuts to microseconds as it reads them


def footer_of(connection: duckdb.DuckDBPyConnection, path: Path) -> Footer:
    """Read it. Unreadable: parquet, encrypted, empty, count, depth, too_wide, decimal, ratio."""
    try:
        with path.open("rb") as file:
            _require_size(file)
            return _read(connection, path, file)
    except duckdb.Error as error:
        if _NO_COLUMN in str(error):
            raise _empty() from error
        if _is_locked(path):
            raise _locked() from error
        raise unsound(error) from error


def unsound(error: duckdb.Error) -> Unreadable:
    """The refusal of a file that DuckDB does not read."""
    said = _PLACE.sub("", first_line(error))
    return Unreadable("parquet", f"it is no sound Parquet file: {said}; send it again")


def _is_locked(path: Path) -> bool:
    """Whether the footer tells of a cipher, which DuckDB cannot always say."""
    with path.open("rb") as file:
        size_bytes = file.seek(0, 2)
        file.seek(-8, 2)
        file.seek(max(0, size_bytes - 8 - int.from_bytes(file.read(4), "little")))
        reader = Compact(file.read())
    try:
        for number, kind in reader.fields():
            if number == _CIPHER:
                return True
            reader.skip(kind)
    except (Malformed, IndexError):
        return False
    return False


def _locked() -> Unreadable:
    return Unreadable("encrypted", "the Parquet file is encrypted; export it without a key")


def _empty() -> Unreadable:
    return Unreadable("empty", "the Parquet file has no columns; send it again if it should")


def _require_size(file: BinaryIO) -> None:
    file.seek(-8, 2)
    size_bytes = int.from_bytes(file.read(4), "little")
    if size_bytes > _FOOTER_BYTES:
        raise Unreadable(
            "count",
            f"its footer has {size_bytes >> 20} MiB and {_FOOTER_BYTES >> 20} are the limit; "
            "write it again with larger row groups",
        )


def _read(connection: duckdb.DuckDBPyConnection, path: Path, file: BinaryIO) -> Footer:
    where = quote.text(str(path))
    rows, groups, cipher = _one(
        connection,
        "SELECT num_rows, num_row_groups, encryption_algorithm "
        f"FROM parquet_file_metadata({where})",
    )
    if cipher:
        raise _locked()
    if rows < 0:
        raise Unreadable("parquet", f"it says that it has {rows} rows; send it again")
    if groups > _ROW_GROUPS:
        raise Unreadable(
            "count",
            f"it has {groups:,} row groups and {_ROW_GROUPS:,} are the limit; "
            "write it again with larger ones",
        )
    roots, coarse = _fields(connection, where)
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_parquet({where}, hive_partitioning = false)"
    ).fetchall()
    _check_chunks(connection, where, file)
    keys, types = tuple(row[0] for row in described), tuple(row[1] for row in described)
    return Footer(rows, tuple(roots), keys, types, tuple(coarse))


def _fields(connection: duckdb.DuckDBPyConnection, where: str) -> tuple[list[str], list[str]]:
    """The names of the columns, and of those whose times are coarse."""
    fields = connection.execute(
        "SELECT name, type, coalesce(num_children, 0), coalesce(precision, 0) "
        f"FROM parquet_schema({where}) LIMIT {_FIELDS + 1}"
    ).fetchall()
    if len(fields) > _FIELDS:
        raise Unreadable(
            "too_wide", f"it has more than {_FIELDS:,} fields; leave out what is not needed"
        )
    roots: list[str] = []
    coarse: list[str] = []
    open_: list[int] = []  # how many fields are still to come on each level
    for name, kind, children, digits in fields:
        if len(open_) == 1:
            roots.append(name)
        _require_fit(roots, kind, digits, len(open_))
        if kind == "INT96" and roots[-1] not in coarse:
            coarse.append(roots[-1])
        if open_:
            open_[-1] -= 1
        open_.append(children)
        while open_ and not open_[-1]:
            open_.pop()
    if not roots:
        raise _empty()
    return roots, coarse


def _require_fit(roots: Sequence[str], kind: str | None, digits: int, level: int) -> None:
    if level > _LEVELS:
        raise too_deep(roots[-1])
    if digits > DECIMAL_DIGITS and kind is not None:
        raise Unreadable(
            "decimal",
            f"its column {roots[-1]!r} holds decimals of {digits} digits and {DECIMAL_DIGITS} are "
            f"the limit; write it as decimal({DECIMAL_DIGITS}, …) or as text",
        )


def too_deep(name: str) -> Unreadable:
    """The refusal of types within types within types."""
    return Unreadable(
        "depth",
        f"the type of its column {name!r} is nested more than {DEPTH} deep; "
        "write its inner part as JSON text",
    )


def _check_chunks(connection: duckdb.DuckDBPyConnection, where: str, file: BinaryIO) -> None:
    """Refuse a bomb; look at all pages if they have checksums, else at those that may be one."""
    limits = InflateLimits()
    of_chunks = (
        "SELECT path_in_schema, "
        "CASE WHEN dictionary_page_offset > 0 THEN least(dictionary_page_offset, data_page_offset) "
        "ELSE data_page_offset END, total_compressed_size, total_uncompressed_size "
        f"FROM parquet_metadata({where}) WHERE num_values != 0"
    )
    whole, packed = _one(
        connection,
        "SELECT coalesce(sum(total_uncompressed_size), 0), coalesce(sum(total_compressed_size), 0) "
        f"FROM parquet_metadata({where})",
    )
    if whole > limits.harmless_bytes and whole > limits.ratio * packed:
        raise Unreadable(
            "ratio",
            f"it inflates to more than {limits.ratio} times its size, as a bomb does; "
            "send it in smaller files if it is genuine",
        )
    first = connection.execute(f"{of_chunks} LIMIT 1").fetchone()
    if first is None:
        return
    size_bytes = file.seek(0, 2)
    if not has_checksum(file, _chunk(first, size_bytes)):
        of_chunks += (
            f" AND total_uncompressed_size > {LARGEST_PAGE_BYTES} "
            f"AND total_uncompressed_size > {_SUSPICIOUS} * total_compressed_size"
        )
    for each in connection.execute(of_chunks).fetchall():
        check_pages(file, _chunk(each, size_bytes))


def _chunk(row: Sequence[Any], file_bytes: int) -> Chunk:
    name, start, size_bytes, _ = row
    if start < 0 or size_bytes < 0 or start + size_bytes > file_bytes:
        raise Unreadable(
            "parquet", f"its column {name!r} lies outside of the file; send it again whole"
        )
    return Chunk(name, start, size_bytes)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    return connection.execute(sql).fetchone() or (0, 0, None)
