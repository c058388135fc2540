"""Whole lines of a delimited file, as many as are at hand at once."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from headwater.reading.delimited.grammar import Grammar


class NeedMore(Exception):
    """The answer lies behind the bytes at hand."""


class Window:
    """Whole lines of a file, of which the first starts a record."""

    def __init__(
        self,
        text: bytes,
        grammar: Grammar,
        *,
        final: bool,
        record_bytes: int,
        comment: bytes = b"",
    ) -> None:
        self.text = text
        self.lines = text.split(grammar.newline)
        if not self.lines[-1]:
            self.lines.pop()
        self.grammar = grammar
        self._final = final
        self._record_bytes = record_bytes
        self._comment = comment
        self._starts: list[int] = []

    def start(self, index: int) -> int:
        """Where the line begins."""
        if not self._starts:
            lengths = (len(line) + 1 for line in self.lines)
            self._starts = list(accumulate(lengths, initial=0))
        return self._starts[index]

    def line_behind(self, offset: int) -> int:
        """The index of the first line that begins behind the offset."""
        self.start(0)
        return min(bisect_left(self._starts, offset + 1), len(self.lines))

    def bare(self, index: int) -> bytes:
        """The line without the CR of a CRLF."""
        line = self.lines[index]
        return line.removesuffix(b"\r") if self.grammar.newline == b"\n" else line

    def raw(self, index: int, behind: int) -> bytes:
        """The lines from index up to behind, without the last line's end."""
        newline = self.grammar.newline
        text = self.text[self.start(index) : self.start(behind)].removesuffix(newline)
        return text.removesuffix(b"\r") if newline == b"\n" else text

    def blank(self, index: int) -> bool:
        """Whether the line is no record: empty, but for carriage returns, or a comment."""
        return self.empty(index) or (bool(self._comment) and self.is_comment(self.lines[index]))

    def empty(self, index: int) -> bool:
        """Whether there is nothing on the line."""
        return not self.lines[index].strip(b"\r")

    def is_comment(self, line: bytes) -> bool:
        """Whether a line begins as a comment, and has not as many fields as a row."""
        width = self.grammar.width
        if not line.startswith(self._comment):
            return False
        return width == 1 or line.count(self.grammar.delimiter) + 1 != width

    def may_grow(self, index: int) -> bool:
        """Whether a record from that line on may still end behind the window."""
        return not self._final and len(self.text) - self.start(index) <= self._record_bytes

    def is_cut(self, index: int, end: int) -> bool:
        """Whether a record from that line on that seems to end there may go on behind it.

        A window ends with a line end, and a record before it: unless that one is escaped.
        """
        return end >= len(self.text) and self.may_grow(index)

    def within_limit(self, index: int, end: int) -> bool:
        """Whether a record from that line to that offset is not too long."""
        return end - self.start(index) <= self._record_bytes
