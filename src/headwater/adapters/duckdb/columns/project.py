"""Raw cells to typed rows: SQL that stops at the first value that would lose something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns import zones
from headwater.adapters.duckdb.columns.exact import Fit, duck_type, exact
from headwater.adapters.duckdb.columns.native import holds, naive, native
from headwater.adapters.duckdb.columns.plan import Plan, Target
from headwater.adapters.duckdb.columns.rescue import new_values, unplaced, with_misfits
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.model.feed import Feed, Format, OnBadValue
from headwater.model.types import Type
from headwater.shape.table import RESCUED

FLAW = "flaw: a value does not survive"
_NUMERIC = frozenset({"smallint", "int", "bigint", "decimal", "real", "double", "boolean"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One target's expressions for one shape."""

    target: Target
    text: str  # the text that is read, for messages; NULL where the shape has no such column
    value: str  # of the cells
    attempt: str  # the same, and null where that raises
    check: str  # of text t{n} and value v{n}
    final: str  # of v{n}


def raw_cells(shape: Shape, plan: Plan) -> frozenset[int]:
    """Which cells of JSON are wanted as JSON text: there, a number differs from its string."""
    if not shape.json:
        return frozenset()
    found = set(unplaced(shape, plan))
    if not shape.typed:
        return frozenset(found)
    for i, name in enumerate(shape.columns):
        target = plan.find(name)
        if target is not None and target.fit is not Fit.DECLARED and _is_numeric(target.type):
            found.add(i)
    return frozenset(found)


def cells_of(shape: Shape, plan: Plan) -> frozenset[int]:
    """Which cells a plan takes."""
    places = (shape.find(target.name) for target in plan.targets)
    return unplaced(shape, plan).union(place for place in places if place is not None)


def cells(shape: Shape, plan: Plan, feed: Feed) -> list[Cell]:
    """The expressions of every target, in order; t0, v0, t1, v1, … name texts and values."""
    return [
        _plain(target, "NULL", new_values(shape, plan), "true", f"v{n}")
        if target.rescues
        else _cell(shape, target, feed, n)
        for n, target in enumerate(plan.targets)
    ]


def strict(shape: Shape, plan: Plan, feed: Feed, relation: str) -> str:
    """Typed rows of a relation; the query fails at the first flaw.

    Values are made in one projection and checked in the next, so that each is made once.
    """
    made = cells(shape, plan, feed)
    inner = "".join(f", {c.text} AS t{n}, {c.value} AS v{n}" for n, c in enumerate(made))
    checks = " AND ".join(c.check for c in made if c.check != "true") or "true"
    guarded = f"CASE WHEN {checks} THEN _arrival ELSE error({quote.text(FLAW)}) END AS _arrival"
    columns = "".join(f", {c.final} AS {quote.name(c.target.name)}" for c in _written(made))
    return f"SELECT {guarded}{columns} FROM (SELECT _arrival{inner} FROM ({relation}))"


def tolerant(
    shape: Shape, plan: Plan, feed: Feed, relation: str, before: Sequence[str] = ("_arrival",)
) -> str:
    """Each row with its texts and values, and ok0, ok1, …: whether a value is fit to be written."""
    made = cells(shape, plan, feed)
    names = ", ".join(before)
    inner = "".join(f", {c.text} AS t{n}, {c.attempt} AS v{n}" for n, c in enumerate(made))
    oks = "".join(f", {_ok(c, n)} AS ok{n}" for n, c in enumerate(made))
    return f"SELECT *{oks} FROM (SELECT {names}{inner} FROM ({relation}))"


def finals(shape: Shape, plan: Plan, feed: Feed, fit: str = "") -> str:
    """The columns of rows from `tolerant`, as they are written; fit: which of them may be."""
    return "".join(
        f", {c.final if not fit or re.fullmatch('v[0-9]+', c.final) else _only(c.final, fit)} "
        f"AS {quote.name(c.target.name)}"
        for c in _written(cells(shape, plan, feed))
    )


def mended(shape: Shape, plan: Plan, feed: Feed) -> str:
    """Rows from `tolerant` without their bad values, which are kept if the feed says so."""
    keeps = feed.on_bad_value is OnBadValue.RESCUE
    made = [
        with_misfits(shape, plan, n)
        if keeps and target.name == RESCUED
        else f"CASE WHEN ok{n} THEN v{n} END"
        for n, target in enumerate(plan.targets)
    ]
    return ", ".join(f"{value} AS v{n}, ok{n}, t{n}" for n, value in enumerate(made))


def _written(made: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in made if cell.target.type is not None]


def _only(value: str, fit: str) -> str:
    """A value that may not be made of everything."""
    return f"CASE WHEN {fit} THEN {value} END"


def _ok(cell: Cell, n: int) -> str:
    if cell.check == "true":
        return "true"
    lost = f"(v{n} IS NULL AND t{n} IS NOT NULL)"
    return f"coalesce(NOT {lost} AND TRY({cell.check}), false)"


def _cell(shape: Shape, target: Target, feed: Feed, n: int) -> Cell:
    place = shape.find(target.name)
    if target.type is None:
        text = "NULL" if place is None else f"CAST(c{place} AS VARCHAR)"
        return _plain(target, text, "NULL", f"t{n} IS NULL", "NULL")
    if place is None:
        missing = f"CAST(NULL AS {duck_type(target.type)})"
        return _plain(target, "NULL", missing, "true" if target.nullable else "false", f"v{n}")
    made = (
        _native(shape, target, feed, (n, place))
        if shape.format is Format.PARQUET
        else _spelled(shape, target, feed, (n, f"c{place}"))
    )
    if target.nullable:
        return made
    return replace(made, check=f"({made.check} AND v{n} IS NOT NULL)")


def _plain(target: Target, text: str, value: str, check: str, final: str) -> Cell:
    """A cell of a value that is made without a cast of text, and seldom raises."""
    return Cell(target, text, value, f"TRY({value})", check, final)


def _spelled(shape: Shape, target: Target, feed: Feed, where: tuple[int, str]) -> Cell:
    n, cell = where
    kind = target.type
    if kind is None or kind.kind == "text":
        return Cell(target, cell, cell, cell, "true", f"v{n}")
    text = f"nullif({cell}, '')"
    fit = target.fit
    if shape.typed and fit is Fit.LOSSLESS and kind.kind in {"real", "double"}:
        fit = Fit.NUMBER
    number = partial(shape.numbers.of, kind.kind)
    made = exact(kind, fit, number(text), f"v{n}", target.clock(feed))
    checked = exact(kind, fit, number(f"t{n}"), f"v{n}", target.clock(feed))
    return Cell(target, text, made.value, made.attempt, checked.check, made.final)


def _native(shape: Shape, target: Target, feed: Feed, where: tuple[int, int]) -> Cell:
    """A Parquet column: as it is, or by a cast that loses nothing, or by its text."""
    n, place = where
    cell, name = f"c{place}", shape.natives[place]
    kind = target.type
    if kind is None:
        raise ValueError(target.name)
    own = native(name)
    if naive(name) and kind.kind == "timestamp":
        value = zones.instant(feed.timezone, f"CAST({cell} AS TIMESTAMP)")
        check = "true" if feed.timezone == "UTC" else zones.shows(feed.timezone, f"v{n}", f"t{n}")
        return _plain(target, f"CAST({cell} AS VARCHAR)", value, check, f"v{n}")
    if kind.nested and own.nested and feed.timezone != "UTC" and zones.holds_naive(name):
        value = f"CAST({zones.instants(feed.timezone, name, cell)} AS {duck_type(kind)})"
        again = zones.shown(feed.timezone, name, f"CAST(v{n} AS {duck_type(own)})")
        check = f"CAST({again} AS VARCHAR) IS NOT DISTINCT FROM t{n}"
        return _plain(target, f"CAST({cell} AS VARCHAR)", value, check, f"v{n}")
    if own == kind or holds(kind, own) or kind.nested or kind.kind == "text":
        value = f"CAST({cell} AS {duck_type(kind)})"
        lossy = kind.nested and own != kind  # casts drop fields and round without a word
        back = f"CAST(CAST(v{n} AS {name}) AS VARCHAR) IS NOT DISTINCT FROM t{n}"
        check = back if lossy else "true"
        return _plain(target, f"CAST({cell} AS VARCHAR)", value, check, f"v{n}")
    return _spelled(shape, target, feed, (n, f"CAST({cell} AS VARCHAR)"))


def _is_numeric(kind: Type | None) -> bool:
    return kind is not None and kind.kind in _NUMERIC
