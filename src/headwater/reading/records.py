"""The records of a text or workbook, read one by one: clean ones, and refused ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from headwater.model.feed import Format, Selection
from headwater.reading.delimited.careful import PIECE_BYTES, careful_delimited
from headwater.reading.delimited.repair import Repairs
from headwater.reading.dump.tables import DumpTable, careful_dump
from headwater.reading.encoding.decode import retold
from headwater.reading.fixed.declared import FixedLayout
from headwater.reading.fixed.rows import careful_fixed
from headwater.reading.found import Found
from headwater.reading.json.array import careful_array
from headwater.reading.json.lines import careful_ndjson
from headwater.reading.log.patterns import LogPattern
from headwater.reading.log.rows import careful_log
from headwater.reading.packing.wrapping import texts
from headwater.reading.pieces.piece import Piece
from headwater.reading.workbook.table import careful_workbook
from headwater.reading.xml.rows import careful_xml

_STRICT = Repairs()


def records(
    path: Path,
    found: Found,
    *,
    repairs: Repairs = _STRICT,
    piece_bytes: int = PIECE_BYTES,
) -> Iterator[Piece]:
    """The file's records in pieces. Unreadable refuses it whole, whatever was handed out."""
    if found.format is Format.EXCEL and isinstance(found.rows, Selection):
        chosen = found.rows
        return careful_workbook(path, chosen.sheet, chosen.cells, piece_bytes=piece_bytes)
    content = texts(path, found.wrapping)
    if found.format is Format.XML and isinstance(found.rows, Selection):
        chosen = found.rows
        return careful_xml(content, chosen.row, doctype=chosen.doctype, piece_bytes=piece_bytes)
    pieces = _of_text(content, found, repairs, piece_bytes)
    return retold(pieces, found.wrapping.encoding)


def _of_text(
    content: Iterable[bytes], found: Found, repairs: Repairs, size: int
) -> Iterator[Piece]:
    match found.rows:
        case FixedLayout() as layout:
            padded = padded_layout(layout) if repairs.pad else layout
            return careful_fixed(content, padded, piece_bytes=size)
        case LogPattern() as pattern:
            return careful_log(content, pattern, piece_bytes=size)
        case DumpTable() as table:
            return careful_dump(content, table, piece_bytes=size)
    if found.format is Format.JSON:
        return careful_array(content, piece_bytes=size, wrapped=found.wrapped)
    if found.format is Format.NDJSON:
        return careful_ndjson(content, piece_bytes=size)
    return careful_delimited(content, found, repairs=repairs, piece_bytes=size)


def padded_layout(layout: FixedLayout) -> FixedLayout:
    """The layout of lines that may end before their last columns."""
    return replace(layout, shortest=1)
