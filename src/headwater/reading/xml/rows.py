"""XML read row element by row element, each made one line of JSON, in flat memory.

Rows that look like those before them are taken by their shape, many at a time; expat
gets everything else, and never notices that elements which are sound and complete were
left out. What is not well-formed refuses the file whole, since behind it nobody can tell
where an element starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from headwater.model.feed import Doctype
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.piece import Piece
from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.doctype import past_doctype
from headwater.reading.xml.found import xml_found
from headwater.reading.xml.reader import XmlReader
from headwater.reading.xml.text import utf8_blocks

PIECE_BYTES = 8 * 1024 * 1024
SAMPLE_BYTES = 256 * 1024
_WINDOW_BYTES = 1024 * 1024


def careful_xml(
    blocks: Iterable[bytes],
    row: str | None = None,
    *,
    doctype: Doctype | None = None,
    required: bool = True,
    piece_bytes: int = PIECE_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[Piece]:
    """Read every row element: clean ones as JSON, the others refused with line and reason.

    `row` is the row element's local name, or the end of its path with slashes; without
    one, the element that repeats is taken. A document type declaration is refused, and without
    a hint where there is no choice. If it is required, a text that has elements but
    no such one is refused. Each clean record in a piece's text is its
    index, a tab, and an object as xmltree.py describes it. Refused by themselves: depth,
    line_too_long. Unreadable: xml (not well-formed, another encoding than declared, no row
    element), xml_entity, depth, too_wide, line_too_long (a tag or comment); pieces handed
    out before it are then to be dropped. How blocks are cut changes nothing.
    """
    text = utf8_blocks(blocks)
    if doctype is not None:
        text = past_doctype(text, doctype, record_bytes)
    if row is None:
        sample, text = _sampled(text)
        found = xml_found(sample, "utf-8")
        if found is None:
            raise Unreadable("xml", "it does not begin as XML does; correct its `format`")
        row = found.row
    reader = XmlReader(row, record_bytes, min(_WINDOW_BYTES, piece_bytes))
    for fresh in _windows(text, reader):
        reader.take(fresh)
        if reader.builder.size >= piece_bytes:
            yield reader.builder.piece()
    reader.finish(required=required)
    if not reader.builder.empty:
        yield reader.builder.piece()


def _sampled(text: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    parts, size = list[bytes](), 0
    for block in text:
        parts.append(block)
        size += len(block)
        if size >= SAMPLE_BYTES:
            break
    sample = b"".join(parts)
    return sample[:SAMPLE_BYTES], chain((sample,), text)


def _windows(text: Iterator[bytes], reader: XmlReader) -> Iterator[bytes]:
    """The text in stretches at least as long as what is held, so that retries pay."""
    parts, size, window = list[bytes](), 0, reader.window_bytes
    for block in text:
        for start in range(0, len(block), window):
            some = block[start : start + window]
            parts.append(some)
            size += len(some)
            if size >= max(window, reader.held):
                yield b"".join(parts)
                parts, size = [], 0
    if parts:
        yield b"".join(parts)
