"""Rows of an answer as a sheet: types below the names, numbers to the right, nulls set back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from headwater.ports.engine import Answer
from headwater.show.figures import clean
from headwater.show.page import Heading, Page, Piece, Sheet, dim, line, sheet

LONGEST_CELL = 60
SHOWN = 20


def rows_sheet(
    columns: Sequence[str],
    types: Sequence[str],
    rows: Iterable[Sequence[Any]],
    longest: int | None = LONGEST_CELL,
) -> Sheet:
    """Rows under their headings; a cell longer than `longest` is cut."""
    kept = [tuple(row) for row in rows]
    headings = []
    for at, (name, kind) in enumerate(zip(columns, types, strict=True)):
        right = _is_number(kind) or _all_numbers(row[at] for row in kept)
        shown = clean(kind.lower(), longest)
        headings.append(Heading(clean(name, longest), right=right, kind=shown))
    return sheet(headings, [[_cell(value, longest) for value in row] for row in kept])


def answer_page(answer: Answer) -> Page:
    """The first rows of an answer."""
    rows = answer.rows(SHOWN + 1)
    shown = rows_sheet(answer.columns, answer.types, rows[:SHOWN])
    return (shown, line(dim("..."))) if len(rows) > SHOWN else (shown,)


def _cell(value: Any, longest: int | None) -> Piece:
    return dim("null") if value is None else clean(cell(value), longest)


def cell(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        spelled = value.isoformat(sep=" ")
        return spelled.removesuffix("+00:00") + ("Z" if spelled.endswith("+00:00") else "")
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {cell(each)}' for name, each in value.items())}}}"
    return f"[{', '.join(map(cell, value))}]" if isinstance(value, list) else str(value)


_NUMBERS = (
    "tinyint", "smallint", "int", "integer", "bigint", "hugeint", "utinyint", "usmallint",
    "uinteger", "ubigint", "uhugeint", "decimal", "real", "float", "double", "numeric",
)  # fmt: skip


def _is_number(kind: str) -> bool:
    return kind.lower().partition("(")[0] in _NUMBERS and not kind.endswith("]")


def _all_numbers(values: Iterable[Any]) -> bool:
    there = [value for value in values if value is not None]
    return bool(there) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in there
    )
