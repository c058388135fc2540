"""How many records a text file holds, counted without its parser.

What a parser answers is held against these counts, so they share nothing with it:
no delimiter, no types, no rows; only where lines end, and which line ends are quoted.

A line ends with LF or CRLF, or with CR in a file that has no LF outside quotes.
A last line without an end counts; a blank line does not; a byte order mark is nothing,
but that of UTF-16 or UTF-32 has what follows counted as the text that it is. Other
encodings are counted as they lie, which is right where ASCII is itself in them.

Two bytes side by side are looked for with the C library's strstr: in bytes it is twenty
times as fast as CPython's own search, and that search is all that blank lines cost.
"""

from __future__ import annotations

import codecs
import re
from typing import Protocol

from headwater.errors import UsageError
from headwater.reading.pieces.search import strstr

Block = bytes | bytearray | memoryview

_BOM = codecs.BOM_UTF8
_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONGEST_BOM_BYTES = 4
_LONG_LINE_BYTES = 64
_EVERY_BYTE = bytes(range(256))


class RecordCounter(Protocol):
    """Counts records in blocks as they come by, wherever they are cut."""

    def update(self, block: Block) -> None:
        """Take the next bytes; they may change once this returns."""
        ...

    def finish(self) -> int | None:
        """How many records there were in all; None where lines do not tell."""
        ...


class _TextCounter:
    """Counts lines by LF and, until one is seen, by CR as well."""

    def __init__(self, *, quote: bytes, blank: bytes) -> None:
        self._lf = _Lines(b"\n", quote=quote, blank=blank + b"\r")
        self._cr = _Lines(b"\r", quote=quote, blank=blank)
        self._head: bytes | None = b""  # what may yet be a byte order mark
        self._wide: codecs.IncrementalDecoder | None = None

    def update(self, block: Block) -> None:
        """Take the next bytes; they may change once this returns."""
        text = bytes(block)
        if self._head is not None:
            text = self._head + text
            if len(text) < _LONGEST_BOM_BYTES:
                self._head = text
                return
            text = self._begin(text)
        self._count(text if self._wide is None else self._wide.decode(text).encode())

    def finish(self) -> int:
        """How many records there were in all."""
        if self._head:
            self._count(self._begin(self._head))
        if self._wide is not None:
            self._count(self._wide.decode(b"", final=True).encode())
        return (self._lf if self._lf.ended else self._cr).total()

    def _begin(self, head: bytes) -> bytes:
        """The first bytes without their mark."""
        self._head = None
        for mark, encoding in _WIDE_BOMS:
            if head.startswith(mark):
                self._wide = codecs.getincrementaldecoder(encoding)("replace")
                return head[len(mark) :]
        return head.removeprefix(_BOM)

    def _count(self, text: bytes) -> None:
        self._lf.update(text)
        if not self._lf.ended:
            self._cr.update(text)


class LineCounter(_TextCounter):
    """Every line is a record, unless it is blank: nothing, or only JSON's white space."""

    def __init__(self) -> None:
        super().__init__(quote=b"", blank=b" \t")


class DelimitedCounter(_TextCounter):
    """Every line is a record, unless it is empty; a line end inside quotes is none.

    A quote opens wherever it stands, so a stray one hides the line ends behind it: then
    the count is too low, and the books do not balance, which is what it is for.
    """

    def __init__(self, quote: str | None = '"') -> None:
        mark = (quote or "").encode()
        if len(mark) > 1:
            raise UsageError(
                f"the quote character {quote!r} is more than one byte",
                hint="declare a single ASCII character as the quote",
            )
        super().__init__(quote=mark, blank=b"")


class _Lines:
    """Lines ended by one newline byte, and which of them are blank."""

    def __init__(self, newline: bytes, *, quote: bytes, blank: bytes) -> None:
        self.ended = 0  # newlines outside quotes
        self._blank_lines = 0
        self._open_is_blank = True  # the line that has not ended yet
        self._quoted = False
        self._lines_are_long = False  # in the last block, and so most likely in the next
        self._newline = newline
        self._quote = quote
        self._blank = blank  # bytes that leave a line blank
        self._dull = _EVERY_BYTE.translate(None, newline + quote)
        self._pairs = tuple(newline + bytes([byte]) for byte in newline + blank)

    def total(self) -> int:
        """Lines that are not blank, the open one with them."""
        return self.ended - self._blank_lines + (not self._open_is_blank)

    def update(self, text: bytes) -> None:
        """Take the next bytes."""
        quoted_before = self._quoted
        ended = self._ends(text)
        if ended:
            self.ended += ended
            first, last = text.find(self._newline), text.rfind(self._newline)
            if self._open_is_blank and self._is_blank(text[:first]):
                self._blank_lines += 1
            if self._may_hold_blank_line(text):
                self._blank_lines += self._blank_between(text, quoted=quoted_before)
            self._open_is_blank = self._is_blank(text[last + 1 :])
        elif self._open_is_blank:
            self._open_is_blank = self._is_blank(text)
        if self._quoted:
            self._open_is_blank = False

    def _ends(self, text: bytes) -> int:
        # "a","b" → """" → nothing: only quoted newlines leave quotes standing.
        if not self._quote or self._quote not in text:
            return 0 if self._quoted else self._newlines(text)
        bare = text.translate(None, self._dull).replace(self._quote * 2, b"")
        stretches = bare.split(self._quote)
        ended = sum(map(len, stretches[self._quoted :: 2]))
        self._quoted ^= len(stretches) % 2 == 0
        return ended

    def _newlines(self, text: bytes) -> int:
        # Past some sixty bytes a line, taking the newlines out is twice as fast as counting
        # them: CPython leaps from one to the next, where count looks at every byte.
        if self._lines_are_long:
            newlines = len(text) - len(text.replace(self._newline, b""))
        else:
            newlines = text.count(self._newline)
        self._lines_are_long = len(text) > _LONG_LINE_BYTES * newlines
        return newlines

    def _is_blank(self, line: bytes) -> bool:
        return not line.strip(self._blank)

    def _may_hold_blank_line(self, text: bytes) -> bool:
        if b"\0" in text:  # where strstr would stop
            return re.search(b"|".join(self._pairs), text) is not None
        return any(strstr(text, pair) for pair in self._pairs)

    def _blank_between(self, text: bytes, *, quoted: bool) -> int:
        """Blank lines that begin and end in the text."""
        if self._quote:
            outside = self._quote.join(text.split(self._quote)[quoted::2])
            text = self._quote + outside if quoted else outside
        return text.translate(None, self._blank).split(self._newline)[1:-1].count(b"")
