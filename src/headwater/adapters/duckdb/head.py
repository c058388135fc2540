"""The first of a large file as a file of its own, which reads as the large one would."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful import pieces
from headwater.adapters.duckdb.session import session
from headwater.adapters.duckdb.source import Source
from headwater.model.feed import Format
from headwater.ports.engine import Limits
from headwater.ports.peek import Flaw
from headwater.reading.packing.magic import Compression
from headwater.reading.packing.wrapping import texts
from headwater.reading.pieces.joined import line_pieces
from headwater.reading.pieces.piece import Piece
from headwater.reading.unreadable import Unreadable

_OBJECTS = frozenset({"json", "xml", "avro", "orc"})
"""Formats whose pieces are lines of JSON."""

_LINES = frozenset({"csv", "tsv", "ndjson", "log", "fixed"})
"""Formats whose text may end where a line ends."""

_SLOW = frozenset({Compression.BZIP2, Compression.XZ})
_SLOWER = 4
_LEAST_ROWS = 1_000
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_INDEX = re.compile(rb"^\d+\t", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Head:
    """A file that holds the first records of another."""

    path: Path
    format: Format
    size_bytes: int  # of the content that it holds
    total_rows: int | None = None  # of the other file, where that says so itself
    pieces: tuple[Piece, ...] = ()  # that it was made of, where it is not the other's own text

    @property
    def flaws(self) -> list[Flaw]:
        """Records that were refused when it was made."""
        return [
            Flaw(each.line, each.column, each.raw, each.code, each.message)
            for piece in self.pieces
            for each in piece.refused
        ]

    def place(self, line: int) -> tuple[int, str] | None:
        """Where the record of that line stands in the other file, and how; None: as here."""
        index = line - 1
        for piece in self.pieces:
            if index < piece.count:
                return piece.line_of(index), piece.raw_of(index)
            index -= piece.count
        return None


def head_of(source: Source, size_bytes: int, folder: Path, limits: Limits) -> Head | None:
    """About that much of the source; None where it has no more, or can only be read whole."""
    found = source.found
    plain = not found.wrapping.is_packed
    if plain and source.input.size_bytes <= size_bytes:
        return None
    if found.wrapping.compression in _SLOW:
        size_bytes //= _SLOWER
    if found.format is Format.PARQUET:
        return _of_parquet(source, size_bytes, folder, limits)
    if found.format.value in _LINES:
        return _of_text(source, size_bytes, folder)
    if found.format.value in _OBJECTS:
        return _of_objects(source, size_bytes // _SLOWER, folder)
    return None


def _of_text(source: Source, size_bytes: int, folder: Path) -> Head | None:
    text, whole = _first(texts(source.path, source.found.wrapping), size_bytes)
    if whole:
        return None
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
    if source.delimited and dialect.escape:
        table = _ESCAPED.sub(b"__", table)  # of the same length, and no quote among them
    try:
        first = next(line_pieces([table], piece_bytes=1, quote=mark), table)
    except Unreadable:
        return len(text)  # whoever reads it says so, too
    return len(text) - len(table) + len(first)


def _of_objects(source: Source, size_bytes: int, folder: Path) -> Head | None:
    taken, size, whole = list[Piece](), 0, True
    for piece in pieces(source):
        if size > size_bytes:
            whole = False
            break
        taken.append(piece)
        size += len(piece.text)
    if whole:
        return None
    path = folder / "head.ndjson"
    with path.open("wb") as file:
        file.writelines(_INDEX.sub(b"", piece.text) for piece in taken)
    return Head(path, Format.NDJSON, size, pieces=tuple(taken))


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
