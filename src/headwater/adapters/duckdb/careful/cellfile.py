"""A source's records, read once by its reader and kept so that DuckDB scans them as often as asked.

A thread makes the pieces while DuckDB takes those before apart. What stays is a Parquet file of
cells as the source spells them, each row with its place: the number of its piece, and its index
within. Rows of very many columns stay a text, as DuckDB cannot write all of these at once. Where
a row stands in the source is asked of its piece: the first few are kept, and to answer for a
later one the source is read again as far as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful.refusals import Refusals, Refused
from headwater.adapters.duckdb.sources.cells import json_cells
from headwater.adapters.duckdb.sources.relation import INDEX, Reader
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.source import Source
from headwater.adapters.duckdb.sources.virtual import TooManyPieces
from headwater.errors import EngineError
from headwater.model.amount import counted, was
from headwater.model.arrival import Cause
from headwater.model.feed import Format
from headwater.points import point
from headwater.ports.engine import Limits
from headwater.reading.pieces.comments import Comments
from headwater.reading.pieces.piece import Piece
from headwater.reading.records import records
from headwater.reading.unreadable import Unreadable

PLACE = "_at"
"""The column that says where a row stands."""

GROUP_ROWS = 122_880
"""Of a row group, where rows are not wide."""

_INDEX_BITS = 32
_KEPT_BYTES = 16 * 1024 * 1024
_GROUP_BYTES = 32 * 1024 * 1024  # of a row group, while it is gathered
_FEWEST_ROWS = 128
_WORKBOOK_GROWTH = 200  # packed by itself
_HEAD_PIECES = 4  # so that a head is at most a quarter longer than it should be
# A name that nothing is read under costs a third of a millisecond, so there are few at first.
_FEW_NAMES = 8
_HEAD_NAMES = 64
_NAMED_BYTES = 2 * 1024 * 1024  # of text: a quarter of a piece
_MORE_NAMES = 8
_NAMES = 1_000_000 // 8  # pieces of eight megabytes: a terabyte


@dataclass(slots=True)
class CellFile:
    """What was read of one source."""

    source: Source
    path: Path
    refusals: Refusals
    most_refused: int  # if fewer are clean
    clean: int = 0
    size_bytes: int = 0  # of the clean records
    nuls: int = 0  # among their text
    comments: Comments = field(default_factory=Comments)
    group_rows: int = GROUP_ROWS  # of a row group, so that it fits into little memory
    text: str | None = None  # SQL of the records, where the file is a text
    _kept: list[Piece] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return self.refusals.count(self.source.input)

    @property
    def misshapen(self) -> Cause | None:
        """Why the file is refused whole: all of its records are of another width."""
        only = (("ragged", self.refused),)
        if self.clean or not self.source.delimited or self.refused == 1:
            return None
        if self.refusals.reasons(self.source.input) != only:
            return None
        return Cause(
            "ragged",
            f"each of its {self.refused:,} rows has more fields or fewer than it has columns; "
            "compare them, or set ragged: pad if what is too much is a delimiter behind each row",
        )

    @property
    def notes(self) -> list[str]:
        """What is said of the file besides what it is found to be."""
        commented = self.comments.note()
        found = [commented] if commented is not None else []
        if self.nuls:
            are = "1 NUL character is" if self.nuls == 1 else f"{self.nuls:,} NUL characters are"
            found.append(f"{are} in its text, and kept there")
        return found

    def cells(self, shape: Shape, raw: frozenset[int], only: frozenset[int] | None = None) -> str:
        """SQL of the place and the cells of each row; those of JSON in `raw` as JSON text."""
        rows = self.rows(only)
        return json_cells(shape, rows, raw, PLACE, only) if shape.json else rows

    def rows(self, only: frozenset[int] | None = None) -> str:
        """SQL of the place and the cells of each row, or its line of JSON."""
        if self.text is not None:
            some = f"* EXCLUDE ({INDEX}, filename)"
            if only is not None:
                some = ", ".join(f"c{i}" for i in sorted(only)) or "NULL"
            return f"SELECT {INDEX}::BIGINT AS {PLACE}, {some} FROM ({self.text})"
        return f"SELECT * FROM read_parquet({quote.text(str(self.path))})"

    def find(self, places: Iterable[int]) -> Iterator[tuple[int, str]]:
        """The line and the raw text of the rows at these places, which are in order."""
        every = enumerate(chain(self._kept, self._beyond()))
        for number, some in groupby(places, key=lambda place: place >> _INDEX_BITS):
            piece = next(piece for n, piece in every if n == number)
            for place in some:
                index = place & ((1 << _INDEX_BITS) - 1)
                yield piece.line_of(index), piece.raw_of(index)

    def take(self, piece: Piece) -> None:
        """Note what a piece says besides its clean records."""
        self.clean += piece.count
        self.size_bytes += len(piece.text)
        self.nuls += piece.text.count(0)
        self.comments.add_all(piece.comments)
        for one in piece.refused:
            refused = Refused(one.line, one.column, one.raw, one.code, one.message)
            self.refusals.add(self.source.input, refused)
        if self.refused > max(self.most_refused, self.clean):
            raise Unreadable(
                "too_many_bad",
                f"up to line {piece.refused[-1].line:,}, {self.refused:,} of its rows are refused "
                "and fewer are sound; see with `headwater peek` what it is taken for",
            )
        piece.refused.clear()  # they lie on the disk, and may be far more than there is text
        if self.size_bytes <= _KEPT_BYTES:
            self._kept.append(piece)

    def _beyond(self) -> Iterator[Piece]:
        """The pieces behind those that are kept."""
        for number, piece in enumerate(pieces(self.source)):
            if number >= len(self._kept):
                yield piece


@dataclass(slots=True)
class CellFiles:
    """Reads sources into files of cells."""

    connection: duckdb.DuckDBPyConnection
    reader: Reader
    folder: Path

    def read(self, source: Source, shape: Shape) -> CellFile:
        """Read all of a source. Unreadable refuses it."""
        names = _names(source)
        while True:
            try:
                return self._read(source, shape, names)
            except TooManyPieces:
                names *= _MORE_NAMES

    def _read(self, source: Source, shape: Shape, names: int) -> CellFile:
        folder = self.folder / f"cells-{source.place}"
        folder.mkdir(exist_ok=True)
        made = CellFile(
            source, folder / "cells.parquet", Refusals(folder), self.reader.limits.refused_rows
        )
        try:
            laid = shape.wide and source.delimited
            written = self._lay(made, shape) if laid else self._write(made, shape, names)
        except BaseException:
            made.path.unlink(missing_ok=True)
            raise
        finally:
            self.reader.drop()
            made.refusals.close()
        if written != made.clean:
            raise EngineError(
                f"of {counted(made.clean, 'record')} of {made.source.input.key}, {written:,} "
                f"{was(written)} understood",
                hint="look for a record or a cell that is longer than all others, and shorten it",
            )
        return made

    def _write(self, made: CellFile, shape: Shape, names: int) -> int:
        with self.reader.leniently():  # a COPY must not fail over what it reads
            every = pieces(made.source)
            first = next(every, None)
            if first is not None and first.count:
                made.group_rows = _rows_of(len(first.text) // first.count)
            stream = self.reader.stream(_texts(first, every, made), names)
            read = self.reader.text(_spelled(shape), stream, before=(INDEX,))
            row = self.connection.execute(
                f"COPY (SELECT {_place()}, * EXCLUDE ({INDEX}, filename) FROM ({read})) "
                f"TO {quote.text(str(made.path))} ({staging(self.reader.limits, made.group_rows)})"
            ).fetchone()
        stream.wait()
        if stream.fault is not None:
            raise stream.fault
        return int(row[0]) if row else 0

    def _lay(self, made: CellFile, shape: Shape) -> int:
        with made.path.open("wb") as file:
            for number, piece in enumerate(pieces(made.source)):
                made.take(piece)
                file.write(piece.numbered_from(number << _INDEX_BITS))
                point("src.mid")
        made.text = self.reader.laid_text(_spelled(shape), made.path)
        row = self.connection.execute(f"SELECT count({INDEX}) FROM ({made.text})").fetchone()
        return int(row[0]) if row else 0


def staging(limits: Limits, group_rows: int) -> str:
    """How files are written that are soon read and removed: quickly, and in small portions."""
    size = "" if limits.in_order else f", ROW_GROUP_SIZE_BYTES {_GROUP_BYTES}"
    return (
        "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1, "
        f"ROW_GROUP_SIZE {group_rows}{size}"
    )


def pieces(source: Source) -> Iterator[Piece]:
    """The source's records, or the first of them, clean ones and refused ones."""
    if source.head_bytes is None:
        return records(source.path, source.found, repairs=source.repairs)
    piece_bytes = max(source.head_bytes // _HEAD_PIECES, 1)
    every = records(source.path, source.found, repairs=source.repairs, piece_bytes=piece_bytes)
    return _first(source, every, source.head_bytes)


def _first(source: Source, every: Iterator[Piece], size_bytes: int) -> Iterator[Piece]:
    size = 0
    for piece in every:
        if size >= size_bytes:
            source.cut_bytes = size
            return
        yield piece
        size += len(piece.text)


def _texts(first: Piece | None, others: Iterator[Piece], made: CellFile) -> Iterator[bytes]:
    for piece in chain(() if first is None else (first,), others):
        made.take(piece)
        yield piece.text
        point("src.mid")


def _spelled(shape: Shape) -> Shape:
    """How pieces are spelled, whatever the source is."""
    if shape.json:
        return replace(shape, delimiter="\t")
    return replace(shape, newline="\n", quote='"')


def _place() -> str:
    """SQL of a row's place, from the name of its piece and its index there."""
    piece = "split_part(filename, '/', -1)::BIGINT"
    return f"(({piece} << {_INDEX_BITS}) | {INDEX}::BIGINT) AS {PLACE}"


def _rows_of(row_bytes: int) -> int:
    return max(_FEWEST_ROWS, min(GROUP_ROWS, _GROUP_BYTES // max(row_bytes, 1)))


def _names(source: Source) -> int:
    wrapping = source.found.wrapping
    growth = 8 if wrapping.is_packed else 1
    if source.found.format is Format.EXCEL:
        growth = _WORKBOOK_GROWTH
    text = source.input.size_bytes * growth * wrapping.growth
    few = _FEW_NAMES if source.head_bytes is None else _HEAD_NAMES
    return min(_NAMES, text // _NAMED_BYTES + few)
