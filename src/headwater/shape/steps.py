"""Steps made into one query: each takes the rows of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from sqlglot import exp

from headwater.model.steps import (
    Cast,
    Clean,
    Cleaning,
    Derive,
    Drop,
    Fill,
    Filter,
    Flatten,
    MapValues,
    Missing,
    Parse,
    Protect,
    Protection,
    Rename,
    Select,
    Split,
    Step,
)
from headwater.model.types import Type
from headwater.shape.expression import Misread
from headwater.shape.fragment import sql
from headwater.shape.rows import FILTERED, Rows, column, rule_of

_KEPT = "_kept"
_CLEANED = {
    Cleaning.TRIM: "trim($text)",
    Cleaning.COLLAPSE: r"trim(regexp_replace($text, '\s+', ' ', 'g'))",
    Cleaning.LOWER: "lower($text)",
    Cleaning.UPPER: "upper($text)",
    Cleaning.NFC: "nfc_normalize($text)",
    Cleaning.EMPTY: "nullif($text, '')",
}


_APART = {
    "array": "put explode before it, which makes a row of each element",
    "map": "flatten takes columns that are structs",
}


class MisplacedStep(ValueError):
    """A step does not fit the rows it is given: which one, what is wrong, what would be right."""

    def __init__(self, number: int, step: Step, cause: Misread) -> None:
        """Take the step with its number, from 1, and what is wrong."""
        self.number = number
        self.step = step
        self.what = cause.what
        self.hint = cause.hint
        super().__init__(f"step {number} ({step.TAG}): {cause.what}")


def through(rows: Rows, steps: Sequence[Step]) -> Rows:
    """The rows behind all steps; MisplacedStep if one does not fit."""
    for number, step in enumerate(steps, 1):
        try:
            rows = taken(step, replace(rows, step=number))
        except Misread as cause:
            raise MisplacedStep(number, step, cause) from None
    return rows


@singledispatch
def taken(step: Step, rows: Rows) -> Rows:
    """The rows behind one step; Misread if it does not fit them."""
    raise TypeError(f"{step.TAG} over {rows.columns}")


@taken.register
def _rename(step: Rename, rows: Rows) -> Rows:
    new = {rows.find(old): name for old, name in step.columns}
    names = [name.lower() for name in new.values()]
    for name in new.values():
        if names.count(name.lower()) > 1 or (rows.has(name) and rows.find(name) not in new):
            raise Misread(f"there would be two columns {name!r}", "drop the other one first")
    return rows.select(
        {new.get(name, name): column(name) if name in new else None for name in rows.columns}
    )


@taken.register
def _select(step: Select, rows: Rows) -> Rows:
    return rows.select(dict.fromkeys(rows.find(name) for name in step.columns))


@taken.register
def _drop(step: Drop, rows: Rows) -> Rows:
    dropped = {rows.find(name) for name in step.columns}
    kept = [name for name in rows.columns if name not in dropped]
    if not kept:
        raise Misread("no column would be left", "keep one")
    return rows.select(dict.fromkeys(kept))


@taken.register
def _cast(step: Cast, rows: Rows) -> Rows:
    kinds = {rows.find(name): kind for name, kind in step.columns}
    made = {name: as_type(column(name), kind) for name, kind in kinds.items()}
    return rows.attempt("cast", made).typed(kinds)


@taken.register
def _derive(step: Derive, rows: Rows) -> Rows:
    for name, text in step.columns:
        rows = rows.attempt("derive", {name: rows.tree(text)})
    return rows


@taken.register
def _filter(step: Filter, rows: Rows) -> Rows:
    if not rows.telling:
        return rows.keep(rows.tree(step.keep), FILTERED)
    made = rows.attempt("filter", {_KEPT: rows.tree(step.keep)})
    return made.keep(column(_KEPT), FILTERED).select(dict.fromkeys(rows.columns))


@taken.register
def _fill(step: Fill, rows: Rows) -> Rows:
    given = {rows.find(name): rows.tree(text) for name, text in step.columns}
    return rows.attempt(
        "fill",
        {
            name: sql("coalesce($value, $given)", value=column(name), given=tree)
            for name, tree in given.items()
        },
    )


@taken.register
def _split(step: Split, rows: Rows) -> Rows:
    pieces = sql(
        "string_split($text, $between)", text=column(rows.find(step.column)), between=step.between
    )
    made = {
        name: sql("list_extract($pieces, $n)", pieces=pieces, n=n)
        for n, name in enumerate(step.into, 1)
    }
    rest = "nullif(array_to_string(list_slice($pieces, $n, -1), $between), '')"
    last = len(step.into)
    made[step.into[-1]] = sql(rest, pieces=pieces, n=last, between=step.between)
    return rows.set(made)


@taken.register
def _parse(step: Parse, rows: Rows) -> Rows:
    name = rows.find(step.column)
    formats = exp.Array(expressions=[exp.Literal.string(each) for each in step.formats])
    parsed = sql("strptime($text, $formats)", text=column(name), formats=formats)
    return rows.attempt("parse", {name: as_type(parsed, step.type)}).typed({name: step.type})


@taken.register
def _clean(step: Clean, rows: Rows) -> Rows:
    made: dict[str, exp.Expr] = {}
    for each in step.columns:
        name = rows.find(each)
        tree: exp.Expr = column(name)
        for how in step.how:
            tree = sql(_CLEANED[how], text=tree)
        made[name] = tree
    return rows.set(made)


@taken.register
def _map(step: MapValues, rows: Rows) -> Rows:
    name = rows.find(step.column)
    value = column(name)
    listed = [exp.Literal.string(old) for old, _ in step.values]
    known = sql(
        "$value IS NULL OR $listed", value=value, listed=exp.In(this=value, expressions=listed)
    )
    if step.otherwise is None and step.missing is Missing.FILTER:
        rows = rows.keep(known, FILTERED)
    elif step.otherwise is None and step.missing is Missing.REFUSE:
        rows = rows.judge({rule_of("map", name): known})
    cases = exp.Case(this=value)
    for old, new in step.values:
        cases = cases.when(exp.Literal.string(old), exp.Literal.string(new))
    if step.otherwise is None:
        return rows.set({name: cases.else_(value.copy())})
    other = sql("CASE WHEN $value IS NOT NULL THEN $other END", value=value, other=step.otherwise)
    return rows.set({name: cases.else_(other)})


@taken.register
def _flatten(step: Flatten, rows: Rows) -> Rows:
    taken_apart = {rows.find(name) for name in step.columns}
    every: dict[str, exp.Expr | None] = {}
    kinds: dict[str, Type] = {}
    for name in rows.columns:
        if name not in taken_apart:
            every[name] = None
            continue
        for each, kind in _fields(rows, name):
            made = f"{name}{step.between}{each}"
            if made in every or (rows.has(made) and made != name):
                raise Misread(f"there would be two columns {made!r}", "choose another `between`")
            every[made] = sql("struct_extract($value, $name)", value=column(name), name=each)
            kinds[made] = kind
    return rows.select(every).typed(kinds)


def _fields(rows: Rows, name: str) -> tuple[tuple[str, Type], ...]:
    """The fields of a struct with their types; Misread if the column is known to be none."""
    kind = rows.types.get(name)
    if kind is None or not kind.nested:
        raise Misread(
            f"{name} has no fields",
            f"declare it in schema, such as {name}: struct<a:text,b:bigint>; without that, "
            "what is nested is text",
        )
    if kind.kind != "struct":
        raise Misread(f"{name} is {kind.kind}, and has no fields", _APART[kind.kind])
    return kind.children


@taken.register
def _protect(step: Protect, rows: Rows) -> Rows:
    """The secret is a variable of the session, so that no message can show it."""
    hashed = "sha256(concat(getvariable($secret), CAST($value AS VARCHAR)))"
    text = {
        Protection.MASK: "repeat('*', greatest(length(CAST($value AS VARCHAR)) - $keep, 0)) "
        "|| right(CAST($value AS VARCHAR), $keep)",
        Protection.HASH: f"CASE WHEN $value IS NOT NULL THEN {hashed} END",
        Protection.TOKEN: f"CASE WHEN $value IS NOT NULL THEN left({hashed}, 16) END",
    }[step.by]
    names = [rows.find(name) for name in step.columns]
    return rows.set(
        {
            name: sql(text, value=column(name), keep=step.keep, secret=step.secret or "")
            for name in names
        }
    )


def as_type(tree: exp.Expr, kind: Type) -> exp.Expr:
    """A cast to one of our types; nested ones are read from what JSON says."""
    if kind.nested:
        tree = exp.cast(tree, "json", dialect="duckdb")
    return exp.cast(tree, _data_type(kind))


def _data_type(kind: Type) -> exp.DataType:
    """One of our types as a tree: a timestamp is an instant, one without a zone is not."""
    inner = [_data_type(child) for _, child in kind.children]
    if kind.kind == "struct":
        names = [exp.to_identifier(name, quoted=True) for name, _ in kind.children]
        fields = [
            exp.ColumnDef(this=name, kind=child) for name, child in zip(names, inner, strict=True)
        ]
        return exp.DataType(this=exp.DataType.Type.STRUCT, expressions=fields, nested=True)
    if kind.nested:
        outer = exp.DataType.Type[kind.kind.upper()]
        return exp.DataType(this=outer, expressions=inner, nested=True)
    name = "timestamptz" if kind.kind == "timestamp" else str(kind)
    return exp.DataType.build(name, dialect="duckdb")
