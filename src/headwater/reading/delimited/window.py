"""Whole lines of a delimited file, as many as are at hand at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headwater.reading.delimited.even import doubtful
from headwater.reading.delimited.grammar import Fault, Grammar


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
        comment_is_told: bool = False,
    ) -> None:
        self.text = text
        self.lines = text.split(grammar.newline)
        if not self.lines[-1]:
            self.lines.pop()
        self.grammar = grammar
        self._final = final
        self._record_bytes = record_bytes
        self._comment = comment
        self._is_told = comment_is_told or grammar.width == 1
        self._starts: npt.NDArray[np.intp] | None = None

    def start(self, index: int) -> int:
        """Where the line begins."""
        return int(self._places()[index])

    def line_behind(self, offset: int) -> int:
        """The index of the first line that begins behind the offset."""
        return min(int(self._places().searchsorted(offset + 1)), len(self.lines))

    def widths(self, start: int) -> npt.NDArray[np.intp]:
        """How many delimiters, of one byte, the lines from that one on have."""
        found = np.flatnonzero(self._letters() == ord(self.grammar.delimiter))
        return np.diff(found.searchsorted(self._places()[start:]))

    def doubtful(self, start: int) -> list[int] | None:
        """The lines from that one on that are not surely a record each, if that is easily told."""
        starts = self._places()[start:]
        first = int(starts[0])
        found = doubtful(self.text[first:] if first else self.text, starts - first, self.grammar)
        return None if found is None else found.tolist()

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
        return self.empty(index) or self.is_comment(index)

    def empty(self, index: int) -> bool:
        """Whether there is nothing on the line."""
        return not self.lines[index].strip(b"\r")

    def is_comment(self, index: int) -> bool:
        """Whether a line that begins no cell's middle is a comment, all of it, quotes or not.

        What comments are told to begin with makes every line one, and else only those where
        no record of the table's width begins.
        """
        if not self._comment or not self.lines[index].startswith(self._comment):
            return False
        if self._is_told:
            return True
        line, start = self.bare(index), self.start(index)
        if self.grammar.is_plain(line):
            return line.count(self.grammar.delimiter) + 1 != self.grammar.width
        whole = self.grammar.match(self.text, start)
        if whole is not None:
            if self.is_cut(index, whole.end()):
                raise NeedMore
            return False
        reading = self.grammar.read(self.text, start)
        if reading.fault is Fault.OPEN and self.is_cut(index, reading.end):
            raise NeedMore
        return True

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

    def _letters(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self.text, np.uint8)

    def _places(self) -> npt.NDArray[np.intp]:
        """Where each line begins, and behind the last one."""
        if self._starts is None:
            ends = np.flatnonzero(self._letters() == ord(self.grammar.newline)) + 1
            last = [] if len(ends) == len(self.lines) else [len(self.text) + 1]
            self._starts = np.concatenate(([0], ends, last)).astype(np.intp)
        return self._starts
