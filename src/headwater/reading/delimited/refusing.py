"""Why a delimited record is refused, in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from headwater.model.amount import mismatch
from headwater.reading.delimited.dialect import DELIMITERS
from headwater.reading.delimited.grammar import Fault, Grammar, Reading
from headwater.reading.encoding.told import is_utf8
from headwater.reading.pieces.piece import PieceBuilder

_RAW_KEPT_BYTES = 64 * 1024 + 1


class Refuser:
    """Hands records that are not clean to the piece, each with its reason."""

    def __init__(
        self, builder: PieceBuilder, grammar: Grammar, columns: Sequence[str], record_bytes: int
    ) -> None:
        self._builder = builder
        self._grammar = grammar
        self._columns = columns
        self._record_bytes = record_bytes

    def ragged(self, line: int, raw: bytes, found: int) -> None:
        """It has more fields or fewer than it should."""
        message = mismatch(self._grammar.width, found, "field")
        other = self._other_delimiter(raw)
        if other and found == 1:
            message += (
                f"; with {other!r} for {self._grammar.delimiter.decode()!r} it would have them"
            )
        self._builder.refuse(line, raw, "ragged", message)

    def damaged(self, line: int, raw: bytes, reading: Reading) -> None:
        """It is no record, or one of another width."""
        if not is_utf8(raw):
            self.encoding(line, raw)
        elif reading.fault is None:
            self.ragged(line, raw, len(reading.cells))
        else:
            if reading.fault is Fault.STRAY:
                what = "a quote stands inside a field that does not begin with one"
            else:
                what = "something follows the quote that closes a field"
            message = f"{what}; double the quotes inside a field and put quotes around it"
            self._builder.refuse(line, raw, "quote", message, self._column(len(reading.cells)))

    def unclosed(self, line: int, raw: bytes, reading: Reading) -> None:
        """A quote opens in it and does not close before rows follow."""
        if not is_utf8(raw):
            self.encoding(line, raw)
            return
        between = len(self._grammar.delimiter)
        ends = accumulate(len(cell) + between for cell in reading.cells)
        place = sum(end <= len(raw) for end in ends) + 1  # the cell that leaves the line
        message = "a quote opens a field and does not close before the next row"
        self._builder.refuse(line, raw, "quote", message, self._column(place))

    def encoding(self, line: int, raw: bytes) -> None:
        """Some of its bytes are not UTF-8."""
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            message = f"byte {raw[error.start]:#04x}, {error.start} bytes in, is not UTF-8"
            cells = self._grammar.read(raw[: error.start]).cells
            self._builder.refuse(line, raw, "encoding", message, self._column(len(cells)))

    def endless(self, line: int, text: bytes) -> None:
        """It is longer than a record may be."""
        limit = f"{self._record_bytes >> 20} MiB"
        longest = max(map(len, text.split(self._grammar.delimiter)))
        if longest > self._record_bytes // 2:
            code, message = "cell_too_long", f"a cell is longer than {limit}"
        else:
            code, message = "line_too_long", f"the record is longer than {limit}"
        self._builder.refuse(line, text[:_RAW_KEPT_BYTES], code, message)

    def header_again(self, line: int, raw: bytes) -> None:
        """It is the header once more."""
        self._builder.refuse(line, raw, "header_again", "the header is repeated; it is no row")

    def second_table(self, line: int, raw: bytes, begins: int) -> None:
        """It belongs to another table in the same file."""
        message = (
            f"another table begins on line {begins}; read it with `table_number: 2`, "
            "or send it as a file of its own"
        )
        self._builder.refuse(line, raw, "second_table", message)

    def _other_delimiter(self, raw: bytes) -> str | None:
        more = self._grammar.width - 1
        fitting = (mark for mark in DELIMITERS if more and raw.count(mark.encode()) == more)
        return next(fitting, None)

    def _column(self, place: int) -> str | None:
        return self._columns[place - 1] if 0 < place <= len(self._columns) else None
