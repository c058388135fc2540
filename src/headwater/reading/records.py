"""The records of a file of any format, read one by one: clean ones, and refused ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from headwater.model.feed import Format, Selection
from headwater.reading.delimited.careful import careful_delimited
from headwater.reading.delimited.repair import Repairs
from headwater.reading.dump.tables import DumpTable, careful_dump
from headwater.reading.encoding.decode import retold
from headwater.reading.fixed.rows import FixedLayout, careful_fixed
from headwater.reading.found import Found
from headwater.reading.json.array import careful_array
from headwater.reading.json.lines import careful_ndjson
from headwater.reading.log.patterns import LogPattern
from headwater.reading.log.rows import careful_log
from headwater.reading.packing.wrapping import texts
from headwater.reading.pieces.piece import Piece
from headwater.reading.typed.avro import careful_avro
from headwater.reading.typed.orc import careful_orc
from headwater.reading.workbook.table import careful_workbook
from headwater.reading.xml.rows import careful_xml

_STRICT = Repairs()
_TYPED: Mapping[Format, Callable[[Path], Iterator[Piece]]] = {
    Format.AVRO: careful_avro,
    Format.ORC: careful_orc,
}


def records(path: Path, found: Found, *, repairs: Repairs = _STRICT) -> Iterator[Piece]:
    """The file's records in pieces. Unreadable refuses it whole, whatever was handed out."""
    if found.format in _TYPED:
        return _TYPED[found.format](path)
    if found.format is Format.EXCEL and isinstance(found.rows, Selection):
        return careful_workbook(path, found.rows.sheet, found.rows.cells)
    content = texts(path, found.wrapping)
    if found.format is Format.XML and isinstance(found.rows, Selection):
        return careful_xml(content, found.rows.row)
    return retold(_of_text(content, found, repairs), found.wrapping.encoding)


def _of_text(content: Iterable[bytes], found: Found, repairs: Repairs) -> Iterator[Piece]:
    match found.rows:
        case FixedLayout() as layout:
            return careful_fixed(content, _padded(layout) if repairs.pad else layout)
        case LogPattern() as pattern:
            return careful_log(content, pattern)
        case DumpTable() as table:
            return careful_dump(content, table)
    if found.format is Format.JSON:
        return careful_array(content)
    if found.format is Format.NDJSON:
        return careful_ndjson(content)
    return careful_delimited(content, found, repairs=repairs)


def _padded(layout: FixedLayout) -> FixedLayout:
    """The layout of lines that may end before their last columns."""
    return replace(layout, shortest=1)
