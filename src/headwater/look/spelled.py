"""SELECTs over a file's rows: as they are, and as files that hold only text can take them."""

from __future__ import annotations

from collections.abc import Iterable

from headwater.model.types import Column, Schema

ROWS = "rows"
_STARTS = frozenset("=+-@")
_FORMULA = "'^[=+@\\t\\r-]'"
_APOSTROPHE = "''''"


def selected(schema: Schema, *, nested_as_json: bool = False) -> str:
    """All rows; where only text can be written, nested values as JSON."""
    return _select(
        (_value(column, as_json=nested_as_json), column.name) for column in schema.columns
    )


def safely(schema: Schema) -> str:
    """All rows for a spreadsheet: an apostrophe before what one would take for a formula."""
    return _select(map(_safe, schema.columns))


def _select(columns: Iterable[tuple[str, str]]) -> str:
    named = (f"{value} as {_name(name)}" for value, name in columns)
    return f"select {', '.join(named)} from {_name(ROWS)}"  # noqa: S608 - every name is quoted


def _safe(column: Column) -> tuple[str, str]:
    value = _value(column, as_json=True)
    if column.type.kind == "text":
        formula = f"regexp_matches({value}, {_FORMULA})"
        value = f"case when {formula} then {_APOSTROPHE} || {value} else {value} end"
    return value, f"'{column.name}" if column.name[:1] in _STARTS else column.name


def _value(column: Column, *, as_json: bool) -> str:
    name = _name(column.name)
    return f"to_json({name})" if as_json and column.type.nested else name


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
