"""Tables in Excel workbooks: a sheet, or a range of it, read row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from headwater.reading.delimited.kinds import is_datum
from headwater.reading.names import clean_names
from headwater.reading.pieces.piece import Piece, PieceBuilder
from headwater.reading.unreadable import Unreadable
from headwater.reading.workbook.area import Area, area_of, column_name
from headwater.reading.workbook.parts import Sheet, Workbook, opened
from headwater.reading.workbook.rows import SheetRow, sheet_rows

PIECE_BYTES = 8 * 1024 * 1024
DELIMITER = ","
_SAMPLE_ROWS = 100
_HEADER_SHARE = 0.8
_SPECIAL = re.compile('[",\r\n]')


@dataclass(frozen=True, slots=True)
class WorkbookFound:
    """Where the table is, and what its columns are called."""

    sheet: str
    header_row: int  # 0 if there is none
    first_column: int  # from 1
    columns: tuple[str, ...]  # cleaned names
    originals: tuple[str, ...]
    notes: tuple[str, ...] = ()


def sheets_of(path: Path) -> tuple[str, ...]:
    """The names of the workbook's sheets, hidden ones too, in the order of their tabs."""
    with opened(path) as workbook:
        return tuple(sheet.name for sheet in workbook.sheets())


def recognise_workbook(
    path: Path, sheet: str | int | None = None, cells: str | None = None
) -> WorkbookFound:
    """Find the table: its header is the first row as wide as most, before which titles stand.

    A sheet is named, or numbered from 1; without one, it is the first that is not hidden.
    Cells are a range such as A1:F200, B:D or A5; its first row is then the header's place.
    Unreadable: sheet, range, empty, columns, reserved, too_wide, and whatever is wrong with
    the archive or its XML.
    """
    area = area_of(cells)
    with opened(path) as workbook:
        chosen = _chosen(workbook.sheets(), sheet)
        rows = _rows(workbook, chosen, area)
        return _found(chosen.name, list(islice(rows, _SAMPLE_ROWS)), declared=cells is not None)


def careful_workbook(
    path: Path,
    sheet: str | int | None = None,
    cells: str | None = None,
    *,
    piece_bytes: int = PIECE_BYTES,
) -> Iterator[Piece]:
    """Read every row below the header that has a cell with something in it.

    Records are delimited by commas; a line is a row of the sheet. Numbers are the shortest
    text of the same double, dates ISO 8601, booleans true and false, errors their text
    (#N/A); formulas their stored values; of merged cells the first has the value. Refused
    by themselves: ragged (a value beside the table), formula (without a stored value),
    cell (of a text that is not there). Unreadable as recognise_workbook has it.
    """
    found = recognise_workbook(path, sheet, cells)
    builder = PieceBuilder(DELIMITER.encode())
    with opened(path) as workbook:
        chosen = _chosen(workbook.sheets(), found.sheet)
        for row in _rows(workbook, chosen, area_of(cells)):
            if row.number > found.header_row:
                _take(builder, row, found)
            if builder.size >= piece_bytes:
                yield builder.piece()
    if not builder.empty:
        yield builder.piece()


def _take(builder: PieceBuilder, row: SheetRow, found: WorkbookFound) -> None:
    first, behind = found.first_column, found.first_column + len(found.columns)
    record = DELIMITER.join([_spelled(row.cells.get(each, "")) for each in range(first, behind)])
    text = record.encode("utf-8", "surrogatepass")
    flaw = row.flaw
    if flaw is not None:
        builder.refuse(row.number, text, flaw.code, flaw.message, _name(flaw.column, found))
        return
    beside = [each for each in row.cells if not first <= each < behind]
    if beside:
        message = (
            f"cell {column_name(beside[0])}{row.number} holds {row.cells[beside[0]][:40]!r} "
            "beside the table; move it, or read a range of cells"
        )
        builder.refuse(row.number, text, "ragged", message)
    else:
        builder.take(text, row.number)


def _spelled(cell: str) -> str:
    if _SPECIAL.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _name(column: int, found: WorkbookFound) -> str | None:
    place = column - found.first_column
    return found.columns[place] if 0 <= place < len(found.columns) else None


def _rows(workbook: Workbook, sheet: Sheet, area: Area) -> Iterator[SheetRow]:
    """The rows in the area that have something in them."""
    for row in sheet_rows(workbook, sheet):
        if row.number > area.bottom:
            break
        inside = {at: text for at, text in row.cells.items() if area.left <= at <= area.right}
        flaw = row.flaw
        if flaw is not None and not area.left <= flaw.column <= area.right:
            flaw = None
        if row.number >= area.top and (inside or flaw):
            yield SheetRow(row.number, inside, flaw)


def _found(sheet: str, sample: Sequence[SheetRow], *, declared: bool) -> WorkbookFound:
    if not sample:
        raise Unreadable("empty", f"its sheet {sheet!r} has no cell with a value in that place")
    place = 0 if declared else _header_place(sample)
    header = sample[place]
    if header.flaw is not None or any(map(is_datum, header.cells.values())):
        return _without_header(sheet, sample)
    first, last = min(header.cells), max(header.cells)
    originals = tuple(header.cells.get(each, "") for each in range(first, last + 1))
    columns, notes = clean_names(originals)
    if place:
        notes = (f"rows above the header in row {header.number} left out: {place}", *notes)
    return WorkbookFound(sheet, header.number, first, columns, originals, notes)


def _header_place(sample: Sequence[SheetRow]) -> int:
    """Which row is the first that is about as wide as most are."""
    usual, _ = Counter(len(row.cells) for row in sample).most_common(1)[0]
    wide = (len(row.cells) >= _HEADER_SHARE * usual for row in sample)
    return next(place for place, is_wide in enumerate(wide) if is_wide)


def _without_header(sheet: str, sample: Sequence[SheetRow]) -> WorkbookFound:
    used = [column for row in sample for column in row.cells] or [1]
    first = min(used)
    names = tuple(f"column_{place}" for place in range(1, max(used) - first + 2))
    notes = ("no header: its first row looks like data",)
    return WorkbookFound(sheet, 0, first, names, names, notes)


def _chosen(sheets: Sequence[Sheet], wanted: str | int | None) -> Sheet:
    names = ", ".join(repr(sheet.name) for sheet in sheets)
    if not sheets:
        raise Unreadable("sheet", "the workbook has no sheet of cells")
    if wanted is None:
        return next((sheet for sheet in sheets if not sheet.hidden), sheets[0])
    if isinstance(wanted, int):
        if 1 <= wanted <= len(sheets):
            return sheets[wanted - 1]
        raise Unreadable("sheet", f"it has {len(sheets)} sheets ({names}) and no {wanted}.")
    for sheet in sheets:
        if sheet.name == wanted:
            return sheet
    raise Unreadable("sheet", f"it has no sheet {wanted!r}; its sheets are {names}")
