"""Delimited text read record by record: damage stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from headwater.reading.delimited.dialect import Dialect, trimmed
from headwater.reading.delimited.repair import Repairs
from headwater.reading.delimited.scanner import Scanner
from headwater.reading.found import Found
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.piece import Piece

__all__ = ["Repairs", "careful_delimited"]

PIECE_BYTES = 8 * 1024 * 1024
_WINDOW_BYTES = 1024 * 1024
_STRICT = Repairs()


def careful_delimited(
    blocks: Iterable[bytes],
    found: Found,
    *,
    repairs: Repairs = _STRICT,
    piece_bytes: int = PIECE_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[Piece]:
    """Read every record: the clean ones as text, the others refused with line and reason.

    The header is neither, nor is what lies before and behind the table, nor a comment. Each
    clean record in a piece's text is its index, the dialect's piece delimiter, and the record
    with that delimiter, doubled quotes, and LF at its end. Codes: ragged, quote, header_again,
    second_table, encoding, line_too_long, cell_too_long. How blocks are cut changes nothing.
    """
    dialect = found.dialect or Dialect(",")
    scanner = Scanner(found, dialect, repairs, record_bytes)
    window_bytes = min(_WINDOW_BYTES, piece_bytes)
    held, parts, size = b"", list[bytes](), 0
    for block in trimmed(blocks, dialect):
        parts.append(block)
        size += len(block)
        # What could not be decided is tried again with twice as much, not with a bit more.
        if size >= max(window_bytes, len(held)):
            text = b"".join((held, *parts))
            parts, size = [], 0
            held = text[scanner.scan(text, final=False) :]
        if scanner.builder.size >= piece_bytes:
            yield scanner.builder.piece()
    text = b"".join((held, *parts))
    scanner.scan(text, final=True)
    if not scanner.builder.empty:
        yield scanner.builder.piece()
