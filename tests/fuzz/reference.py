"""What other readers make of typed files and of the XML of a sheet."""

from __future__ import annotations

import io
import math
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc

from tests.inputs.makers import MAIN

Rows = list[tuple]
_MOST_BYTES = 1 << 20  # a damaged count may claim more than any memory holds
_SHOWN = 160


def rows_of(kind: str, content: bytes) -> Rows | None:
    """The rows of a file; None where its reader refuses it, or there is none."""
    reader = READERS.get(kind)
    if reader is None or len(content) > _MOST_BYTES:
        return None
    try:
        return [tuple(map(plain, row)) for row in reader(content)]
    except Exception:  # noqa: BLE001 - how a damaged file is refused differs from reader to reader
        return None


def difference(expected: Rows, found: Rows, refused: int) -> str | None:
    """A value that was read otherwise, or a row that is nowhere."""
    ours, theirs = Counter(map(_key, found)), Counter(map(_key, expected))
    if wrong := ours - theirs:
        missed = theirs - ours
        meant = f", meant {next(iter(missed))[:_SHOWN]}" if missed else ""
        return f"read {next(iter(wrong))[:_SHOWN]}{meant}"
    if len(found) + refused != len(expected):
        return f"{len(expected)} rows are there, {len(found)} read and {refused} refused"
    return None


def plain(value: object) -> object:
    """The value as a table has it: times in UTC, numbers by what they are worth."""
    if hasattr(value, "to_pydatetime"):  # of pandas, which keeps nanoseconds
        if value.nanosecond:
            raise ValueError(value)
        value = value.to_pydatetime()
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


def _key(row: tuple) -> str:
    nan = (isinstance(value, float) and math.isnan(value) for value in row)
    return repr(tuple("nan" if odd else plain(v) for v, odd in zip(row, nan, strict=True)))


def _parquet(content: bytes) -> Rows:
    return _arrow_rows(pq.read_table(io.BytesIO(content), page_checksum_verification=True))


def _orc(content: bytes) -> Rows:
    return _arrow_rows(orc.read_table(io.BytesIO(content)))


def _arrow_rows(table: pa.Table) -> Rows:
    table.validate(full=True)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _avro(content: bytes) -> Rows:
    return [tuple(record.values()) for record in fastavro.reader(io.BytesIO(content))]


def _sheet(content: bytes) -> Rows:
    """The rows below the first, of cells with texts in them; ValueError if there are others."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        root = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - made by a test
    rows = [row.findall(f"{{{MAIN}}}c") for row in root.iter(f"{{{MAIN}}}row")]
    texts = [tuple(_text(cell) for cell in row) for row in rows]
    widths = {len(row) for row in texts}
    if len(widths) != 1:
        raise ValueError(widths)
    return texts[1:]


def _text(cell: ET.Element) -> str | None:
    texts = cell.findall(f"{{{MAIN}}}is/{{{MAIN}}}t")
    if cell.get("t") != "inlineStr" or len(texts) != 1:
        raise ValueError(cell.attrib)
    return texts[0].text or None


READERS: dict[str, Callable[[bytes], Rows]] = {
    "parquet": _parquet,
    "orc": _orc,
    "avro": _avro,
    "excel": _sheet,
    "sheet": _sheet,
}
SHEETS = ("excel", "sheet")
"""Of texts alone, which are read as such."""
