"""How a delimited record is spelled: the one definition that sniffing and scanning share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

LINE_ENDS = b"\r\n"

_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
_LETTERS |= {b"0": b"\0", b"Z": b"\x1a"}


class Fault(Enum):
    """What keeps text from being a record."""

    OPEN = "open"  # a quote opens and does not close before the text ends
    STRAY = "stray"  # a quote inside a field that does not begin with one
    BEHIND = "behind"  # something between a closing quote and the next delimiter


@dataclass(frozen=True, slots=True)
class Reading:
    """One record as read, as far as it could be."""

    cells: tuple[bytes, ...]  # as spelled, quotes and all
    end: int  # behind its last byte, or where the fault is
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a dialect."""

    delimiter: str
    quote: str = '"'  # empty where nothing is quoted
    escape: str = ""  # what may stand before a quote; it is doubled in any case
    letters: bool = False  # a backslash and a letter are what databases mean by them


class Grammar:
    """Records of one width in one dialect."""

    def __init__(self, marks: Marks, width: int, newline: bytes = b"\n") -> None:
        """Take the byte that ends lines too: a CR before an LF belongs to the line end."""
        self.delimiter = marks.delimiter.encode()
        self.quote = marks.quote.encode()
        self.escape = marks.escape.encode()
        self.letters = marks.letters
        self.width = width
        self.newline = newline
        # Possessive throughout: a field is read in one way or not at all, so hostile text
        # cannot make the expression try again.
        bare, quoted = self._bare_field(), self._quoted_field()
        self._bare, self._quoted = re.compile(bare, re.DOTALL), re.compile(quoted, re.DOTALL)
        field = b"(?:" + quoted + b"|" + bare + b")" if self.quote else bare
        more = b"(?:" + re.escape(self.delimiter) + field + b"){%d}+" % (width - 1)
        self._end = re.compile(rb"(?:\r?\n|\r?\Z)" if newline == b"\n" else rb"(?:\r|\Z)")
        record = re.compile(
            field + (more if width > 1 else b"") + b"(?=" + self._end.pattern + b")", re.DOTALL
        )
        self.match = record.match
        self.fullmatch = record.fullmatch
        double = re.escape(self.quote) * 2 if self.quote else b"(?!)"
        self._spelled = re.compile(
            b"(" + double + b")|" + re.escape(self.escape or b"\\") + b"(.)", re.DOTALL
        )

    def is_plain(self, text: bytes) -> bool:
        """Whether its cells are what stands between delimiters and line ends."""
        quoted = self.quote and self.quote in text
        return not quoted and not (self.escape and self.escape in text)

    def split_at_quotes(self, record: bytes) -> tuple[list[bytes], list[bytes]]:
        """What lies between the quoted cells of a sound record, and these cells.

        Right as long as no quote is escaped outside of them, which then shows as an escape.
        """
        cells = self._quoted.findall(record)
        return self._quoted.split(record), cells

    def read(self, text: bytes, start: int = 0) -> Reading:
        """Read the record at start, whatever its width, field by field."""
        cells: list[bytes] = []
        at = start
        while True:
            quoted = bool(self.quote) and text[at : at + 1] == self.quote
            field = (self._quoted if quoted else self._bare).match(text, at)
            if field is None:
                return Reading((*cells, text[at:]), len(text), Fault.OPEN)
            cells.append(field[0])
            at = field.end()
            if text.startswith(self.delimiter, at):
                at += len(self.delimiter)
            elif self._end.match(text, at):
                if not quoted and self.newline == b"\n":
                    cells[-1] = cells[-1].removesuffix(b"\r")
                return Reading(tuple(cells), at)
            elif self.escape and text[at:] == self.escape:  # it escapes what is not there
                return Reading((*cells[:-1], cells[-1] + text[at:]), len(text), Fault.OPEN)
            else:
                return Reading(tuple(cells), at, Fault.BEHIND if quoted else Fault.STRAY)

    def values(self, reading: Reading) -> tuple[str, ...]:
        """The cells as they are meant: without quotes and escapes."""
        return tuple(self.value(cell).decode("utf-8", "backslashreplace") for cell in reading.cells)

    def value(self, cell: bytes) -> bytes:
        """What a cell means."""
        if self.quote and cell.startswith(self.quote):
            cell = cell[1:-1]
            if not self.escape:
                return cell.replace(self.quote * 2, self.quote)
            return self._spelled.sub(self._meaning, cell)
        if not self.escape or self.escape not in cell:
            return cell
        return self._spelled.sub(self._meaning, cell)

    def _meaning(self, spelled: re.Match[bytes]) -> bytes:
        if spelled[1]:
            return self.quote
        if self.letters:
            return _LETTERS.get(spelled[2], spelled[2])
        marks = self.quote + self.escape + self.delimiter + b"\r\n"
        return spelled[2] if spelled[2] in marks else spelled[0]

    def _bare_field(self) -> bytes:
        first, rest = self.delimiter[:1], self.delimiter[1:]
        special = re.escape(self.quote + first + self.newline + self.escape)
        letters = b"[^" + special + b"]"
        ways = []
        if rest:
            ways.append(re.escape(first) + b"(?!" + re.escape(rest) + b")")
        if self.escape:
            ways.append(re.escape(self.escape) + b".")
        if not ways:
            return letters + b"*+"
        return b"(?:" + b"|".join([letters + b"++", *ways]) + b")*+"

    def _quoted_field(self) -> bytes:
        if not self.quote:
            return b"(?!)"
        quote, escape = re.escape(self.quote), re.escape(self.escape)
        inner = b"[^" + quote + escape + b"]*+"
        inside = quote + quote + (b"|" + escape + b"." if escape else b"")
        return quote + inner + b"(?:(?:" + inside + b")" + inner + b")*+" + quote
