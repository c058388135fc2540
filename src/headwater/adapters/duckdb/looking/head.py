"""The first of a large file as a file of its own, which reads as the large one would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.session import session
from headwater.adapters.duckdb.sources.lines import is_array
from headwater.adapters.duckdb.sources.source import Source, Way
from headwater.model.feed import Format
from headwater.ports.engine import Limits
from headwater.reading.packing.magic import Compression
from headwater.reading.packing.wrapping import texts
from headwater.reading.pieces.joined import line_pieces
from headwater.reading.typed.batches import TYPED
from headwater.reading.unreadable import Unreadable

_SLOW = frozenset({Compression.BZIP2, Compression.XZ})
_SLOWER = 4
_DENSE = frozenset({Format.AVRO, Format.ORC, Format.EXCEL})  # packed by themselves
_TAKEN_APART = _DENSE | {Format.XML, Format.SQLDUMP}
_LEAST_ROWS = 1_000
_MOST_LINES = 100_000  # about: short ones take as long as long ones


@dataclass(frozen=True, slots=True)
class Head:
    """A file that holds the first records of another."""

    path: Path
    format: Format
    size_bytes: int  # of the content that it holds
    total_rows: int | None = None  # of the other file, where that says so itself


def head_of(source: Source, size_bytes: int, folder: Path, limits: Limits) -> Head | None:
    """About that much of the source; None where it has no more, or is read record by record.

    What is read record by record needs no file of its own: its reading just ends.
    """
    spooled = source.found.format in TYPED
    if source.way is Way.CAREFUL or spooled or is_array(source) or is_small(source, size_bytes):
        return None
    size_bytes = head_size(source, size_bytes)
    if source.found.format is Format.PARQUET:
        return _of_parquet(source, size_bytes, folder, limits)
    return _of_text(source, size_bytes, folder)


def is_small(source: Source, size_bytes: int) -> bool:
    """Whether there is surely no more of it than that."""
    packed = source.found.wrapping.is_packed or source.found.format in _DENSE
    return not packed and source.input.size_bytes <= size_bytes


def head_size(source: Source, size_bytes: int) -> int:
    """So much less where it takes longer to read."""
    found = source.found
    slow = found.wrapping.compression in _SLOW or found.format in _TAKEN_APART
    return size_bytes // (_SLOWER if slow else 1)


def _of_text(source: Source, size_bytes: int, folder: Path) -> Head | None:
    text, whole = _first(texts(source.path, source.found.wrapping), size_bytes)
    if whole:
        return None
    if (lines := text.count(b"\n")) > _MOST_LINES:
        text = text[: len(text) * _MOST_LINES // lines]
    text = text[: _record_end(source, text)]
    path = folder / f"head.{source.found.format.value}"
    path.write_bytes(text)
    return Head(path, source.found.format, len(text))


def _first(blocks: Iterable[bytes], size_bytes: int) -> tuple[bytes, bool]:
    held, size = list[bytes](), 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > size_bytes:
            return b"".join(held)[:size_bytes], False
    return b"".join(held), True


def _record_end(source: Source, text: bytes) -> int:
    """Where the last record of the text ends that surely does."""
    dialect = source.dialect
    mark = dialect.quote or None if source.delimited else None
    table = text[dialect.skip_bytes :] if source.delimited else text
    try:
        first = next(line_pieces([table], piece_bytes=1, quote=mark), table)
    except Unreadable:
        return len(text)  # whoever reads it says so, too
    return len(text) - len(table) + len(first)


def _of_parquet(source: Source, size_bytes: int, folder: Path, limits: Limits) -> Head:
    path, here = folder / "head.parquet", quote.text(str(source.path))
    with session(limits, folder) as connection:
        (total,) = connection.execute(
            f"SELECT num_rows FROM parquet_file_metadata({here})"
        ).fetchone() or (0,)
        rows = max(int(total) * size_bytes // source.input.size_bytes, _LEAST_ROWS)
        connection.execute(
            f"COPY (SELECT * FROM read_parquet({here}, hive_partitioning = false) LIMIT {rows}) "
            f"TO {quote.text(str(path))} (FORMAT parquet, COMPRESSION snappy)"
        )
    return Head(path, Format.PARQUET, size_bytes, total_rows=int(total))
