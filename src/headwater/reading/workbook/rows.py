"""The rows of a sheet, with each cell as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headwater.reading.unreadable import Unreadable
from headwater.reading.workbook.area import column_name, column_number
from headwater.reading.workbook.cells import CellStyle, number_text, unescaped, whole_number
from headwater.reading.workbook.parts import Sheet, Workbook, text_of
from headwater.reading.workbook.texts import SharedTexts

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
_BOOLEANS = {"0": "false", "1": "true"}


@dataclass(frozen=True, slots=True)
class CellFlaw:
    """Why a cell cannot be read."""

    column: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that has cells."""

    number: int
    cells: dict[int, str]  # by column, from 1; those that are not empty
    flaw: CellFlaw | None = None


def sheet_rows(workbook: Workbook, sheet: Sheet) -> Iterator[SheetRow]:
    """The rows of the sheet in their order, those without any cell left out."""
    reading = _Reading(workbook.texts(), workbook.styles(), since_1904=workbook.since_1904)
    number = 0
    for element in workbook.elements(sheet.part, "sheetData/row", None):
        place = str(element.get("r", number + 1))
        if whole_number(place) <= number:
            raise Unreadable("corrupt", f"row {place[:20]!r} follows row {number} in the sheet")
        number = whole_number(place)
        cells = element.get("c", [])
        row = reading.row(number, cells if isinstance(cells, list) else [cells])
        if row.cells or row.flaw:
            yield row


class _OddCell(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class _Reading:
    """What cells mean in one workbook."""

    def __init__(self, texts: SharedTexts, styles: list[CellStyle], *, since_1904: bool) -> None:
        self._texts = texts
        self._styles = styles
        self._since_1904 = since_1904
        self._columns: dict[str, int] = {}

    def row(self, number: int, elements: list[Any]) -> SheetRow:
        cells: dict[int, str] = {}
        flaw, column = None, 0
        for element in elements:
            if not isinstance(element, dict):
                column += 1  # <c/> without a place
                continue
            column = self._column(element.get("r"), column + 1)
            try:
                text = self._text(element)
            except _OddCell as odd:
                where = f"{column_name(column)}{number}"
                flaw = flaw or CellFlaw(column, odd.code, f"cell {where} {odd.message}")
                continue
            if text:
                cells[column] = text
        return SheetRow(number, cells, flaw)

    def _column(self, place: str | None, following: int) -> int:
        if place is None:
            return following
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _PLACE.fullmatch(place):
                raise Unreadable("corrupt", f"a cell says that its place is {place[:20]!r}")
            column = self._columns[letters] = column_number(letters)
        return column

    def _text(self, cell: dict[str, Any]) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return text_of(cell.get("is") or {})
        value = cell.get("v", "")
        if isinstance(value, dict):  # <v xml:space="preserve">
            value = value.get("#text", "")
        if not value:
            if "f" in cell and kind != "str":
                raise _OddCell(
                    "formula",
                    "has a formula without its value; open and save the workbook in Excel",
                )
            return ""
        if kind == "s":
            return self._shared(value)
        if kind == "n":
            style = self._style(cell.get("s", "0"))
            return number_text(value, style, since_1904=self._since_1904)
        if kind == "b":
            return _BOOLEANS.get(str(value), str(value))
        return unescaped(str(value)) if kind == "str" else str(value)

    def _shared(self, value: str) -> str:
        place = value.strip()
        text = self._texts.find(whole_number(place))
        if text is None:
            raise _OddCell("cell", f"refers to text {place[:20]!r}, which the workbook has not")
        return text

    def _style(self, value: str) -> CellStyle:
        place = whole_number(value)
        return self._styles[place] if 0 <= place < len(self._styles) else CellStyle.NUMBER
