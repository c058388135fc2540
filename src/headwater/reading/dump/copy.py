"""Rows of a COPY block of a PostgreSQL dump: tabs between cells, backslashes before letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from headwater.reading.dump.text import DumpText
from headwater.reading.encoding.told import is_utf8
from headwater.reading.pieces.piece import Piece
from headwater.reading.pieces.search import holds
from headwater.reading.pieces.sourced import SourcedBuilder, SourceLines
from headwater.reading.pieces.spelling import spelled
from headwater.reading.pieces.stretches import clean_runs
from headwater.reading.unreadable import Unreadable

TAB = b"\t"
NULL = rb"\N"
EMPTY = b'""'  # an empty text: null is a cell with nothing at all
END = rb"\."
_END_LINE = re.compile(rb"\n\\\.\r?\n?")
_NEWLINE = re.compile(rb"\n")
_KEPT_BYTES = 64 * 1024 + 1
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
# Bytes that stand for others while all rows are one text; rows that have them go one by one.
_BACKSLASH, _NEWLINE_MARK, _EMPTY, _NULL, _TAB_MARK, _CR_MARK = _MARKS = (
    b"\x01",
    b"\x02",
    b"\x03",
    b"\x04",
    b"\x05",
    b"\x06",
)
_NO_ENDS = bytes(range(256)).translate(None, b"\t\n")
_UNMARKED = bytes.maketrans(_BACKSLASH + _TAB_MARK + _CR_MARK, b"\\\t\r")
_EMPTIES = (
    (b"\t\t", b"\t\x03\t"),
    (b"\t\t", b"\t\x03\t"),
    (b"\n\t", b"\n\x03\t"),
    (b"\t\n", b"\t\x03\n"),
)
_LONE_EMPTIES = ((b"\n\n", b"\n\x03\n"), (b"\n\n", b"\n\x03\n"))
_NULL_MARKS = ((rb"\\", _BACKSLASH), (NULL, _NULL))
_LETTER_MARKS = ((rb"\n", _NEWLINE_MARK), (rb"\t", _TAB_MARK), (rb"\r", _CR_MARK))
_STRAY_NULL = re.compile(rb"\x04(?:[^\t\n]|(?<=[^\t\n]\x04))")  # beside other letters: no null
_FORCING = (b'"', b"\r", _NEWLINE_MARK, _TAB_MARK, _CR_MARK)
_FORCED_CELL = re.compile(rb'(?<![^\t\n])[^\t\n"\r\x02\x05\x06]*+["\r\x02\x05\x06][^\t\n]*+')
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def skip_copy(text: DumpText) -> None:
    """Move behind the rows of a block."""
    while text.ahead < len(END) and text.grow():
        pass
    ends_here = text.text.startswith(END, text.at)
    text.behind(_NEWLINE if ends_here else _END_LINE, longest=len(END) + 3)


def copy_rows(
    text: DumpText, builder: SourcedBuilder, order: Sequence[int], *, piece_bytes: int
) -> Iterator[Piece]:
    """Take the rows of the block that begins here, and move behind it.

    The order says which cell of a line is which of a record; -1: none, so null.
    Refused: ragged, encoding, line_too_long. Unreadable: truncated.
    """
    rows = _Rows(builder, order, text.record_bytes)
    while True:
        end = text.text.rfind(b"\n", text.at) + 1
        chunk = text.text[text.at : end]
        last = _end_of_block(chunk)
        if last >= 0:
            rows.take(chunk[:last], text.line)
            text.move(text.at + last)
            skip_copy(text)
            return
        if chunk:
            rows.take(chunk, text.line)
            text.move(end)
        if builder.size >= piece_bytes:
            yield builder.piece()
        if text.full:
            _refuse_endless(text, builder)
        elif not text.grow():
            if text.text[text.at :].rstrip() == END:
                text.move(len(text.text))
                return
            raise Unreadable(
                "truncated", f"the dump ends inside a table, at line {text.line:,}; send it whole"
            )


def _end_of_block(chunk: bytes) -> int:
    """Where the line that ends the block starts; -1 if it is not there."""
    if chunk.startswith(END):
        return 0
    return chunk.find(b"\n" + END) + 1 or -1


def _refuse_endless(text: DumpText, builder: SourcedBuilder) -> None:
    message = f"the row is longer than {text.record_bytes >> 20} MiB"
    raw = text.text[text.at : text.at + _KEPT_BYTES]
    builder.refuse(text.line, raw, "line_too_long", message)
    text.behind(_NEWLINE, longest=1)


class _Rows:
    def __init__(self, builder: SourcedBuilder, order: Sequence[int], record_bytes: int) -> None:
        self._record_bytes = record_bytes
        self._builder = builder
        self._order = list(order)
        self._width = sum(place >= 0 for place in order)
        self._straight = self._order == list(range(self._width))

    def take(self, chunk: bytes, line: int) -> None:
        """Take whole lines."""
        if not chunk:
            return
        text = chunk.replace(b"\r\n", b"\n") if b"\r" in chunk else chunk
        text = text.removesuffix(b"\n")
        lines = text.split(b"\n")
        records = self._spelled(lines)
        odd = self._ragged(text, lines)
        if not is_utf8(b"\n".join(records)):
            odd += [i for i, each in enumerate(records) if not is_utf8(each)]
        if len(chunk) > self._record_bytes:
            odd += [i for i, each in enumerate(lines) if len(each) > self._record_bytes]
        for start, end in clean_runs(len(lines), sorted(set(odd))):
            if start < end:
                source = SourceLines(line + start, lines[start:end])
                self._builder.take_run(records[start:end], source)
            if end < len(lines):
                self._refuse(lines[end], line + end)

    def _ragged(self, text: bytes, lines: Sequence[bytes]) -> list[int]:
        """The lines with other than the expected number of cells."""
        more = self._width - 1
        ends = text.translate(None, _NO_ENDS)  # of cells and lines, and nothing else
        if ends == (b"\t" * more + b"\n") * (len(lines) - 1) + b"\t" * more:
            return []
        return [i for i, each in enumerate(lines) if each.count(TAB) != more]

    def _spelled(self, lines: Sequence[bytes]) -> list[bytes]:
        """The records of the lines, for as long as it goes for all of them at once."""
        text = b"\n%b\n" % b"\n".join(lines)
        marked = _marked(text, _EMPTIES if self._width > 1 else _LONE_EMPTIES)
        if not self._straight or marked is None:
            return [self._record(each) for each in lines]
        rare = []  # lines with other escapes
        if b"\\" in marked:
            rare = [i for i, each in enumerate(marked[1:-1].split(b"\n")) if b"\\" in each]
        records = _unmarked(marked)
        for index in rare:
            records[index] = self._record(lines[index])
        return records

    def _record(self, line: bytes) -> bytes:
        cells = [_cell(cell) for cell in line.split(TAB)]
        if not self._straight and len(cells) == self._width:
            cells = [cells[place] if place >= 0 else b"" for place in self._order]
        return TAB.join(cells)

    def _refuse(self, line: bytes, number: int) -> None:
        found = line.count(TAB) + 1
        if len(line) > self._record_bytes:
            message = f"the row is longer than {self._record_bytes >> 20} MiB"
            self._builder.refuse(number, line[:_KEPT_BYTES], "line_too_long", message)
        elif found != self._width:
            message = f"{self._width} cells are expected and {found} were found"
            self._builder.refuse(number, line, "ragged", message)
        else:
            message = "its bytes are not UTF-8; dump with --encoding=UTF8"
            self._builder.refuse(number, line, "encoding", message)


def _marked(text: bytes, empties: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The rows with marks for what is empty, null or escaped; None if they hold marks already."""
    if any(mark in text for mark in _MARKS):
        return None
    text = _replaced(text, empties)
    if b"\\" in text:
        text = _replaced(text, _NULL_MARKS)
        if _STRAY_NULL.search(text):
            return None
    return _replaced(text, _LETTER_MARKS) if b"\\" in text else text


def _replaced(text: bytes, pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    for old, new in pairs:
        if holds(text, old):  # to replace what is not there takes as long
            text = text.replace(old, new)
    return text


def _unmarked(text: bytes) -> list[bytes]:
    """The records of marked rows, with quotes around the cells that need them."""
    if any(mark in text for mark in _FORCING):
        text = _FORCED_CELL.sub(_quoted, text)
    text = text.replace(_EMPTY, EMPTY).translate(_UNMARKED, _NULL)
    records = text[1:-1].split(b"\n")
    if _NEWLINE_MARK not in text:
        return records
    return [each.replace(_NEWLINE_MARK, b"\n") for each in records]


def _quoted(cell: re.Match[bytes]) -> bytes:
    return b'"%b"' % cell[0].replace(b'"', b'""')


def _cell(cell: bytes) -> bytes:
    if cell == NULL:
        return b""
    return spelled(_ESCAPE.sub(_letter, cell) if b"\\" in cell else cell, TAB) or EMPTY


def _letter(escape: re.Match[bytes]) -> bytes:
    if escape[3] is not None:
        return _LETTERS.get(escape[3], escape[3])
    return bytes([int(escape[1], 16) if escape[1] else int(escape[2], 8) & 0xFF])
