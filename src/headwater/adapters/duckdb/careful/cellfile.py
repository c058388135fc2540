"""A source's records, read once by its reader and kept so that DuckDB scans them as often as asked.

What stays is text of cells as the source spells them: a file for each piece, or one for all where
rows have very many columns. DuckDB reads such text three times in the time that it takes to write
it as Parquet. Each row has its place: the number of its piece, and its index within. Where a row
stands in the source is asked of its piece, of which all is kept that its text does not say; of
pieces that cannot be taken apart so, the first few are, and to answer for a later one the source
is read again as far as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from pathlib import Path

import duckdb

from headwater.adapters.duckdb.careful.keeping import Keeping
from headwater.adapters.duckdb.careful.refusals import Refusals, Refused
from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.sources.cells import json_cells
from headwater.adapters.duckdb.sources.relation import INDEX, Reader
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.source import Source
from headwater.errors import EngineError
from headwater.model.amount import counted, was
from headwater.model.arrival import Cause
from headwater.points import point
from headwater.ports.engine import Limits
from headwater.reading.pieces.comments import Comments
from headwater.reading.pieces.piece import Piece
from headwater.reading.records import records
from headwater.reading.unreadable import Unreadable

PLACE = "_at"
"""The column that says where a row stands."""

ROW = "_row"
"""Of typed rows: where each stands, and what is said of one that is not fit."""

GROUP_ROWS = 122_880
"""Of a row group, where rows are not wide."""

_INDEX_BITS = 32
_GROUP_BYTES = 32 * 1024 * 1024  # of a row group, while it is gathered
_FEWEST_ROWS = 128
_HEAD_PIECES = 4  # so that a head is at most a quarter longer than it should be
_IN_PIECE = f"((split_part(filename, '-', -1)::BIGINT << {_INDEX_BITS}) | {INDEX}::BIGINT)"


@dataclass(slots=True)
class CellFile:
    """What was read of one source."""

    source: Source
    refusals: Refusals
    keeping: Keeping
    most_refused: int  # if fewer are clean
    clean: int = 0
    size_bytes: int = 0  # of the clean records
    nuls: int = 0  # among their text
    comments: Comments = field(default_factory=Comments)
    group_rows: int = GROUP_ROWS  # of a row group, so that it fits into little memory
    wide: bool = False  # whether rows have very many columns, and lie in one file
    text: str = ""  # SQL of the records

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
        rows = self.rows(None if shape.json else only)
        return json_cells(shape, rows, raw, PLACE, only) if shape.json else rows

    def rows(self, only: frozenset[int] | None = None) -> str:
        """SQL of the place and the cells of each row, or its line of JSON."""
        some = f"* EXCLUDE ({INDEX}, filename)"
        if only is not None:
            some = ", ".join(f"c{i}" for i in sorted(only)) or "NULL"
        place = f"{INDEX}::BIGINT" if self.wide else _IN_PIECE
        return f"SELECT {place} AS {PLACE}, {some} FROM ({self.text})"

    def find(self, places: Iterable[int]) -> Iterator[tuple[int, str]]:
        """The line and the raw text of the rows at these places, which are in order."""
        every = enumerate(chain(self.keeping.pieces(), self._beyond()))
        for number, some in groupby(places, key=lambda place: place >> _INDEX_BITS):
            piece = next(piece for n, piece in every if n == number)
            for place in some:
                index = place & ((1 << _INDEX_BITS) - 1)
                yield piece.line_of(index), piece.raw_of(index)

    def require(self, understood: int) -> None:
        """Fail if DuckDB made rows of fewer records than there are."""
        if understood != self.clean:
            raise EngineError(
                f"of {counted(self.clean, 'record')} of {self.source.input.key}, {understood:,} "
                f"{was(understood)} understood",
                hint="look for a record or a cell that is longer than all others, and shorten it",
            )

    def take(self, piece: Piece, path: Path | None) -> None:
        """Note what a piece says besides its clean records, whose text may lie in a file."""
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
        self.keeping.add(piece, path)

    def _beyond(self) -> Iterator[Piece]:
        """The pieces behind those that are kept."""
        for number, piece in enumerate(pieces(self.source)):
            if number >= self.keeping.count:
                yield piece


@dataclass(slots=True)
class CellFiles:
    """Reads sources into files of cells."""

    connection: duckdb.DuckDBPyConnection
    reader: Reader
    folder: Path

    def read(self, source: Source, shape: Shape) -> CellFile:
        """Read all of a source. Unreadable refuses it."""
        folder = self.folder / f"cells-{source.place}"
        folder.mkdir(exist_ok=True)
        most = self.reader.limits.refused_rows
        made = CellFile(source, Refusals(folder), Keeping(folder / "kept"), most)
        made.wide = shape.wide and source.delimited
        try:
            paths = list(self._lay(made, folder))
        finally:
            self.reader.laid_bytes = 0
            made.refusals.close()
        with self.reader.leniently():  # a COPY must not fail over what it reads
            made.text = self.reader.laid_text(_spelled(shape), paths)
        if made.wide:
            row = self.connection.execute(f"SELECT count({INDEX}) FROM ({made.text})").fetchone()
            made.require(int(row[0]) if row else 0)
        return made

    def _lay(self, made: CellFile, folder: Path) -> Iterator[Path]:
        """Write the texts of all pieces; the files of these."""
        number = 0
        for number, piece in enumerate(pieces(made.source), start=1):
            if number == 1 and piece.count:
                made.group_rows = _rows_of(len(piece.text) // piece.count)
            path = folder / _name(0 if made.wide else number - 1)
            first = (number - 1) << _INDEX_BITS
            _append(path, piece.numbered_from(first) if made.wide else piece.text)
            if number == 1 or not made.wide:
                yield path
            made.take(piece, None if made.wide else path)
            self.reader.laid_bytes += len(piece.text)
            point("src.mid")
        if not number:
            _append(folder / _name(0), b"")
            yield folder / _name(0)


def _name(number: int) -> str:
    return f"piece-{number}"


def _append(path: Path, text: bytes) -> None:
    try:
        with path.open("ab") as file:
            file.write(text)
    except OSError as fault:
        raise translated(fault) from fault


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


def _spelled(shape: Shape) -> Shape:
    """How pieces are spelled, whatever the source is."""
    if shape.json:
        return replace(shape, delimiter="\t")
    return replace(shape, newline="\n", quote='"')


def _rows_of(row_bytes: int) -> int:
    return max(_FEWEST_ROWS, min(GROUP_ROWS, _GROUP_BYTES // max(row_bytes, 1)))
