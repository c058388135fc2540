"""What of a row has no place in its columns: a JSON object that is kept in one column more."""

from __future__ import annotations

import json
from collections.abc import Iterable

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.native import native
from headwater.adapters.duckdb.columns.plan import Plan
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.model.feed import Format

_NUMBERS = frozenset({"smallint", "int", "bigint", "decimal", "boolean"})
_REALS = frozenset({"real", "double"})


def unplaced(shape: Shape, plan: Plan) -> frozenset[int]:
    """The cells that no column takes, if the plan has a column that keeps them."""
    if not any(target.rescues for target in plan.targets):
        return frozenset()
    return frozenset(
        i
        for i, name in enumerate(shape.columns)
        if plan.find(name) is None and name.lower() not in plan.elsewhere
    )


def new_values(shape: Shape, plan: Plan) -> str:
    """SQL, of the cells: the values of columns that are no targets, or null if there are none."""
    return _object(
        _member(shape.columns[i], *_spelled(shape, i)) for i in sorted(unplaced(shape, plan))
    )


def with_misfits(shape: Shape, plan: Plan, place: int) -> str:
    """SQL, of rows from `tolerant`: what is in the column at that place, and the bad values."""
    kept = f"substr(v{place}, 2, length(v{place}) - 2)"
    misfits = (
        _member(target.name, f"NOT ok{n} AND t{n} IS NOT NULL", _text(shape, n))
        for n, target in enumerate(plan.targets)
        if n != place
    )
    return _object([kept, *misfits])


def _object(members: Iterable[str]) -> str:
    joined = ", ".join(members)
    if not joined:
        return "CAST(NULL AS VARCHAR)"
    return f"nullif('{{' || concat_ws(',', {joined}) || '}}', '{{}}')"


def _member(name: str, is_there: str, value: str) -> str:
    key = quote.text(f"{json.dumps(name, ensure_ascii=False)}:")
    return f"CASE WHEN {is_there} THEN {key} || {value} END"


def _spelled(shape: Shape, cell: int) -> tuple[str, str]:
    """Whether a cell has a value, as an empty text is one; and that as JSON, which JSON is."""
    c = f"c{cell}"
    if shape.json:
        return f"{c} != 'null'", c
    if shape.format is Format.PARQUET:
        return _native(c, shape.natives[cell])
    return f"{c} IS NOT NULL", _string(c)


def _native(c: str, name: str) -> tuple[str, str]:
    kind, text = native(name), f"CAST({c} AS VARCHAR)"
    if kind.nested:
        return f"{c} IS NOT NULL", f"CAST(to_json({c}) AS VARCHAR)"
    if kind.kind in _NUMBERS:
        return f"{c} IS NOT NULL", text
    if kind.kind in _REALS:
        number = f"CASE WHEN isfinite({c}) THEN {text} ELSE {_string(text)} END"
        return f"{c} IS NOT NULL", number
    return f"{c} IS NOT NULL", _string(text)


def _text(shape: Shape, n: int) -> str:
    """A bad value's text as it stands; of JSON it may be JSON text, of which strings are quoted."""
    text = f"t{n}"
    if shape.typed:
        quoted = f"starts_with({text}, '\"') AND json_valid({text})"
        text = f"CASE WHEN {quoted} THEN json_extract_string({text}, '$') ELSE {text} END"
    return _string(text)


def _string(text: str) -> str:
    return f"CAST(to_json({text}) AS VARCHAR)"
