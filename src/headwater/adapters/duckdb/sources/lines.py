"""JSON as lines of text: those of a file as they lie, and of an array one for each element."""

from __future__ import annotations

from collections.abc import Iterator

from headwater.adapters.duckdb.sources.source import Source
from headwater.model.feed import Format
from headwater.reading.json.array import careful_array
from headwater.reading.packing.wrapping import text_head, texts
from headwater.reading.pieces.piece import PieceBuilder
from headwater.reading.unreadable import Unreadable

_ELEMENTS_BYTES = 1024 * 1024


class Unsound(Exception):
    """The text is not what its dialect says; the record-by-record reader finds out where."""


class _Bare(PieceBuilder):
    """Gathers records as they are, without the numbers by which one is found again."""

    def take(self, record: bytes, line: int, *, verbatim: bytes | None = None) -> None:
        """One clean record."""
        del line, verbatim
        self._parts.append(record + b"\n")
        self.size += len(record) + 1
        self.count += 1

    def _numbered(self, records: list[bytes]) -> bytes:
        return b"\n".join((*records, b""))


def is_array(source: Source) -> bool:
    """Whether it is JSON whose records span and share lines."""
    return source.found.format is Format.JSON


def lines_of(source: Source) -> Iterator[bytes]:
    """The source's text, or a line for each element. Unsound at an element with a flaw."""
    content = texts(source.path, source.found.wrapping)
    return _elements(source, content, _ELEMENTS_BYTES) if is_array(source) else content


def head_lines(source: Source, size_bytes: int) -> tuple[bytes, bool]:
    """The lines that so many first bytes hold, and whether these are all."""
    content, whole = text_head(source.path, source.found.wrapping, size_bytes)
    if not is_array(source):
        return content, whole
    found = list[bytes]()
    try:
        found.extend(_elements(source, iter([content]), 1))
    except (Unreadable, Unsound):
        whole = False  # the last element is cut, or what is wrong is found out by who reads it all
    return b"".join(found), whole


def _elements(source: Source, content: Iterator[bytes], piece_bytes: int) -> Iterator[bytes]:
    bare, wrapped = _Bare(b""), source.found.wrapped
    for piece in careful_array(content, piece_bytes=piece_bytes, builder=bare, wrapped=wrapped):
        if piece.refused:
            raise Unsound
        yield piece.text
