"""The dialect of a delimited text: all that has to be known to read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from headwater.reading.delimited.grammar import LINE_ENDS, Fault, Grammar, Marks, Reading
from headwater.reading.unreadable import Unreadable

DELIMITERS = (",", "\t", ";", "|", "\x01")
UNIT_SEPARATOR = "\x1f"
_MAINLY = 4  # records that end with CR, to one with an LF


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is spelled."""

    delimiter: str  # one character or several
    quote: str = '"'  # empty where nothing is quoted
    header: bool = True
    newline: str = "\n"  # "\n", "\r\n", "\r" or "mixed", as far as the sample shows
    skip_bytes: int = 0  # before the table: byte order mark, sep= line, preamble
    skip_lines: int = 0  # lines among them
    drop_bytes: int = 0  # behind the table: footer and total lines
    header_rows: int = 1  # where there is a header
    escape: str = ""  # a backslash where one stands before quotes; a doubled quote is one anyway
    letters: bool = False  # as databases write: \n, \t, and an empty cell is an empty text
    comment: str = ""  # a line that begins so, and has not the table's width, is no record
    comment_is_told: bool = False  # then it is none whatever its width
    nulls: tuple[str, ...] = ()  # cells that stand for null, besides the empty one
    row_names: bool = False  # the first field of rows, of which the header says nothing
    take_bytes: int | None = None  # of the table, where another one follows
    shows_quote: bool = field(default=False, compare=False)  # whether a sample has its quote
    decimal: str = "."  # what the numbers seem to have; nothing is read otherwise for it

    @property
    def marks(self) -> Marks:
        """What a grammar needs of it."""
        return Marks(self.delimiter, self.quote, self.escape, self.letters)

    @property
    def piece_delimiter(self) -> str:
        """The delimiter of clean records in a piece: one byte, and nothing that may be a digit."""
        mark = self.delimiter
        fit = len(mark) == 1 and mark.isascii() and not mark.isalnum() and mark not in "\"'\\-\r\n"
        return mark if fit else UNIT_SEPARATOR

    @property
    def is_standard(self) -> bool:
        """Whether its clean records can be handed on as they are."""
        bare = not self.escape and not self.nulls and not self.letters
        return bare and self.quote == '"' and self.piece_delimiter == self.delimiter

    @property
    def is_fast(self) -> bool:
        """Whether a parser of plain RFC 4180 text reads it when told its marks, and its nulls."""
        bare = not self.escape and not self.letters
        known = self.quote in {'"', "'"} and self.newline != "mixed"
        whole = self.take_bytes is None and not self.row_names
        within = any(self.quote in null or self.delimiter in null for null in self.nulls)
        return bare and known and whole and not within and self.piece_delimiter == self.delimiter

    @property
    def commented(self) -> bytes:
        """A line end and what a comment is told to begin with; nothing where none is told."""
        told = self.comment if self.comment_is_told else ""
        return newline_byte(self.newline) + told.encode() if told else b""

    @property
    def heads(self) -> int:
        """How many records the header takes."""
        return self.header_rows if self.header else 0


def newline_of(sample: bytes, quote: bytes = b'"', escape: str | None = None) -> str:
    """Which line ends the sample has outside its quotes; None is an escape that is not told."""
    if b"\r" not in sample:
        return "\n"
    mark = re.escape(quote)
    bare = re.sub(mark + b"[^" + mark + b"]*+" + mark, b"", sample) if quote else sample
    newline = _line_ends(bare)
    if not quote or newline in {"\r", "\r\n"}:
        return newline
    # One stray quote pairs all that follow it the wrong way, as escaped ones do.
    escapes = (b"", b"\\") if escape is None else (escape.encode(),)
    careful = [_line_ends(_outside_cells(sample, mark, each)) for each in escapes]
    return next((each for each in careful if each in {"\r", "\r\n"}), careful[0])


def _outside_cells(sample: bytes, mark: bytes, escape: bytes) -> bytes:
    """The sample without its quoted cells: from a quote behind no letter to one before none."""
    special = re.escape(escape)
    inside = b"[^" + mark + special + b"]|" + mark * 2 + (b"|" + special + b"." if escape else b"")
    edge = rb"(?:\A|(?<=[^\w " + mark + b"]))"
    cell = edge + mark + b"(?:" + inside + b")*+" + mark + rb"(?=[^\w " + mark + rb"]|\Z)"
    return re.sub(cell, b"", sample, flags=re.DOTALL)


def _line_ends(bare: bytes) -> str:
    """The line ends of a text; LF in a few records of one with CR is damage, or a cell's own."""
    if bare.endswith(b"\r") and b"\n" in bare:
        bare = bare[:-1]  # half of a CRLF, cut by the sample's end
    pairs = bare.count(b"\r\n")
    counts = {
        "\r\n": pairs,
        "\n": bare.count(b"\n") - pairs,
        "\r": bare.count(b"\r") - pairs,
    }
    kinds = [kind for kind, count in counts.items() if count]
    if kinds == ["\n", "\r"] and counts["\r"] >= _MAINLY * counts["\n"]:
        return "\r"
    if len(kinds) > 1:
        return "mixed"
    return kinds[0] if kinds else "\n"


def newline_byte(newline: str) -> bytes:
    """The byte that ends lines: LF, or CR where the file has no LF outside its quotes."""
    return b"\r" if newline == "\r" else b"\n"


def trimmed(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[bytes]:
    """The blocks of the table alone: without what lies before and behind it."""
    skip, drop, held = dialect.skip_bytes, dialect.drop_bytes, b""
    take = dialect.take_bytes
    for block in blocks:
        rest = block[skip:] if skip else block
        skip = max(0, skip - len(block))
        if take is not None:
            rest = rest[:take]
            take -= len(rest)
            if not rest and not take:
                return
        if drop:
            rest = held + rest
            rest, held = rest[:-drop], rest[-drop:]
        yield rest


def first_record(text: bytes, dialect: Dialect, *, whole: bool, start: int = 0) -> Reading:
    """The first record that is no blank line and no comment; the header, where there is one."""
    mark = dialect.comment.encode()
    start = _behind_blank(text, start)
    while mark and dialect.comment_is_told and text.startswith(mark, start):
        end = text.find(newline_byte(dialect.newline), start)
        start = _behind_blank(text, end) if end >= 0 else len(text)
    reading = Grammar(dialect.marks, 1, newline_byte(dialect.newline)).read(text, start)
    if reading.fault is Fault.OPEN and not whole:
        raise Unreadable(
            "quote", "a quote in its first record is not closed within the first records' bytes"
        )
    if reading.fault is not None:
        raise Unreadable(
            "quote",
            f"a quote is out of place in column {len(reading.cells)} of its first record; "
            "put quotes around the whole name and double those inside",
        )
    return reading


def _behind_blank(text: bytes, start: int) -> int:
    while text[start : start + 1] and text[start : start + 1] in LINE_ENDS:
        start += 1
    return start


def behind_heads(text: bytes, dialect: Dialect) -> bytes:
    """The records of a table that begins with its header."""
    end = 0
    for _ in range(dialect.heads):
        end = first_record(text, dialect, whole=True, start=end).end
    return text[end:].lstrip(LINE_ENDS) if end else text
