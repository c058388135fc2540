"""Whether a delimited text is spelled as RFC 4180 has it, decided for millions of cells at once.

A parser that is fast is lenient where it costs nothing: it takes a quote inside a cell for a
letter, passes over an empty cell too many, and takes a repeated header for a row. So what it is
given is looked at beside it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from headwater.reading.delimited.dialect import Dialect

_BLOCK_BYTES = 512 * 1024
_HEADER_BYTES = 1024 * 1024
_TELLING_BYTES = 3  # a line end and two letters: an empty header is repeated by a blank line
_EVERY_BYTE = bytes(range(256))
NUL = b"\0"
"""A letter like others, which no text should have: it is read with care, and the file says so."""


class Soundness:
    """Takes a text block by block, wherever it is cut, and says what is wrong with it."""

    def __init__(self, dialect: Dialect) -> None:
        """Begin with nothing, which is sound."""
        self.delimiters = 0  # outside quotes
        self._head: bytes | None = b"" if dialect.header else None  # until all of it is there
        self._header = b""  # with the line end before it
        self._tail = b""
        self._comment = dialect.commented
        self._delimiter, self._quote = ord(dialect.delimiter), ord(dialect.quote)
        self._dull = _EVERY_BYTE.translate(None, bytes([self._delimiter, self._quote]))
        self._edge = np.zeros(256, np.bool_)
        self._edge[[self._delimiter, self._quote, ord("\n"), ord("\r")]] = True
        self._last = ord("\n")  # the byte before the block
        self._before = self._comment[
            :1
        ]  # the last bytes of the block before, where comments are told
        self._open = 0  # 1 inside quotes
        self._closed_at_end = False

    def update(self, block: bytes | bytearray) -> bool:
        """Whether each quote opens or closes a whole cell, or is doubled inside one.

        Quotes open and close in turn, and the two of a doubled one close and open again.
        So what opens stands behind an edge of a cell or a quote, and what closes before one.
        """
        cells = np.frombuffer(block, np.uint8)
        if not len(cells):
            return True
        if self._is_header_again(block) or self._has_comment(block) or NUL in block:
            return False
        if self._closed_at_end and not self._edge[cells[0]]:
            return False
        marks = np.flatnonzero(cells == self._quote)
        if not len(marks):
            if not self._open:
                self.delimiters += int(np.count_nonzero(cells == self._delimiter))
            self._closed_at_end, self._last = False, int(cells[-1])
            return True
        sound = self._stand(cells, marks[self._open :: 2], marks[1 - self._open :: 2])
        self._count(block)
        self._open = (self._open + len(marks)) % 2
        self._last = int(cells[-1])
        return sound

    def finish(self, records: int, width: int) -> bool:
        """Whether all quotes are closed, and no record has a cell more or less than it should.

        The parser refuses a record with too few cells, and one with too many unless the
        last of them is empty; so the sum of the delimiters tells of each record.
        """
        again = self._header and self._tail.endswith(self._header)
        return not self._open and not again and self.delimiters == records * (width - 1)

    def _is_header_again(self, block: bytes | bytearray) -> bool:
        """Whether a line is the same as the header, which only a first line is."""
        if self._head is not None:
            self._head += block
            line = first_line(self._head)
            if b"\n" not in self._head.lstrip(b"\r\n") and len(line) < _HEADER_BYTES:
                return False  # it is not all there yet
            block, self._head = self._head, None
            self._header = b"\n" + line if len(line) < _HEADER_BYTES else b""
        if len(self._header) < _TELLING_BYTES:
            return False
        seam = self._tail + block[: len(self._header) + 1]
        self._tail = bytes((self._tail + block[-len(self._header) - 1 :])[-len(self._header) - 1 :])
        return any(_has_line(text, self._header) for text in (seam, block))

    def _has_comment(self, block: bytes | bytearray) -> bool:
        """Whether a line begins as a comment is told to do: it may be as wide as a row."""
        if not self._comment:
            return False
        seam = self._before + block[: len(self._comment)]
        self._before = bytes((self._before + block[-len(self._comment) :])[-len(self._comment) :])
        return self._comment in seam or self._comment in block

    def _stand(self, cells: npt.NDArray[np.uint8], opening: _Places, closing: _Places) -> bool:
        if len(opening) and opening[0] == 0:
            if not self._edge[self._last]:
                return False
            opening = opening[1:]
        self._closed_at_end = bool(len(closing)) and int(closing[-1]) == len(cells) - 1
        if self._closed_at_end:
            closing = closing[:-1]
        return bool(self._edge[cells[opening - 1]].all() and self._edge[cells[closing + 1]].all())

    def _count(self, block: bytes | bytearray) -> None:
        # With all other bytes taken out, as many delimiters lie between two quotes as bytes.
        bare = np.frombuffer(block.translate(None, self._dull), np.uint8)
        marks = np.flatnonzero(bare == self._quote)
        edges = np.concatenate(([-1], marks, [len(bare)]))
        self.delimiters += int((np.diff(edges) - 1)[self._open :: 2].sum())


def first_line(text: bytes) -> bytes:
    """The first line that is not blank, without its end."""
    return text.lstrip(b"\r\n").partition(b"\n")[0].removesuffix(b"\r")


def _has_line(text: bytes | bytearray, line: bytes) -> bool:
    place = text.find(line)
    while place >= 0:
        if text[place + len(line) : place + len(line) + 1] in {b"\n", b"\r"}:
            return True
        place = text.find(line, place + 1)
    return False


_Places = npt.NDArray[np.intp]


def is_sound(text: bytes, dialect: Dialect, records: int, width: int) -> bool:
    """Whether a text of whole records is sound."""
    soundness = Soundness(dialect)
    return soundness.update(text) and soundness.finish(records, width)


def is_sound_file(path: Path, dialect: Dialect, records: int, width: int) -> bool:
    """Whether a file of delimited text is sound."""
    soundness = Soundness(dialect)
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK_BYTES):
            if not soundness.update(block):
                return False
    return soundness.finish(records, width)
