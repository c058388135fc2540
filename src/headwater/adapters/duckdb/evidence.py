"""What the values of a column have in common, and the narrowest type that loses none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.exact import (
    BOOLEANS,
    CLOCK,
    DECIMAL,
    MINUS_ZERO,
    REAL,
    ZONE,
    is_exact_number,
    matches,
)
from headwater.model.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DECIMAL_DIGITS,
    DOUBLE,
    TEXT,
    TIMESTAMP,
    Type,
    decimal,
)

_SHORT = 18  # digits of a decimal that fits 64 bits
_MONEY_SCALE = 4  # with more digits behind the point, and varying, it is a measurement
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Evidence:
    """True where every value seen is such a one; the sizes are of what looks like a decimal."""

    seen: int = 0
    bigint: bool = True
    decimal: bool = True
    double: bool = True
    lower: bool = True
    upper: bool = True
    title: bool = True
    date: bool = True
    naive: bool = True
    timestamp: bool = True
    digits: int = 0  # before the point
    scale: int = 0
    least_scale: int = DECIMAL_DIGITS
    number: bool = False  # of JSON: the values are numbers

    def __or__(self, other: Evidence) -> Evidence:
        """What both have in common; nothing seen says nothing."""
        if not other.seen:
            return self
        if not self.seen:
            return other
        common = {
            each.name: getattr(self, each.name) and getattr(other, each.name)
            for each in fields(self)
        }
        common["seen"] = self.seen + other.seen
        common["digits"] = max(self.digits, other.digits)
        common["scale"] = max(self.scale, other.scale)
        common["least_scale"] = min(self.least_scale, other.least_scale)
        return Evidence(**common)


def choose(evidence: Evidence) -> Type | None:
    """The type that loses nothing; None while there is no value."""
    if not evidence.seen:
        return None
    if evidence.bigint:
        return BIGINT
    if evidence.lower or evidence.upper or evidence.title:
        return BOOLEAN
    if evidence.date:
        return DATE
    if evidence.timestamp:
        return TIMESTAMP
    return _number(evidence) or TEXT


def _number(evidence: Evidence) -> Type | None:
    needed = evidence.digits + evidence.scale
    exact = evidence.decimal and needed <= DECIMAL_DIGITS
    even = evidence.scale == evidence.least_scale or evidence.scale <= _MONEY_SCALE
    if exact and ((even and not evidence.number) or not evidence.double):
        return decimal(_SHORT if needed <= _SHORT else DECIMAL_DIGITS, evidence.scale)
    return DOUBLE if evidence.double else None


def observe(
    connection: duckdb.DuckDBPyConnection, relation: str, cells: Sequence[int], *, json: bool
) -> dict[int, Evidence]:
    """Look at every value of these cells."""
    found: dict[int, Evidence] = {}
    for start in range(0, len(cells), _AT_ONCE):
        some = cells[start : start + _AT_ONCE]
        row = connection.execute(
            f"SELECT {', '.join(expression(f'c{i}', json=json) for i in some)} FROM ({relation})"
        ).fetchone()
        found |= {i: evidence_of(value) for i, value in zip(some, row or (), strict=True)}
    return found


def evidence_of(value: dict[str, Any]) -> Evidence:
    """What the struct says; aggregates over nothing are null."""
    return Evidence(**{key: each for key, each in value.items() if each is not None})


def expression(cell: str, *, json: bool) -> str:
    """The aggregate over one cell, as a struct.

    A cell of JSON is JSON text: strings can only be times, and numbers only numbers.
    """
    raw = f"nullif({cell}, '')"
    plain = f"json_extract_string({raw}, '$')" if json else raw
    string = f"starts_with({raw}, '\"')"
    k, number = plain, (f"NOT {string}" if json else "true")
    ours = string if json else "true"
    point = matches(k, DECIMAL) + f" AND NOT {matches(k, MINUS_ZERO)}"
    double = f"TRY_CAST({k} AS DOUBLE)"
    real = f" OR ({matches(k, REAL)} AND {is_exact_number(k)})" if json else ""
    facts = {
        "bigint": f"{number} AND CAST(TRY_CAST({k} AS BIGINT) AS VARCHAR) = {k}",
        "decimal": f"{number} AND {point}",
        "double": f"{number} AND isfinite({double}) AND (CAST({double} AS VARCHAR) = {k} "
        f"OR (strlen({k}) <= 16 AND {point}){real})",
        **{
            style: f"{number} AND {k} IN ({', '.join(map(quote.text, words))})"
            for style, words in zip(("lower", "upper", "title"), BOOLEANS, strict=True)
        },
        "date": f"{ours} AND strlen({k}) = 10 AND CAST(TRY_CAST({k} AS DATE) AS VARCHAR) = {k}",
        "naive": f"{ours} AND {matches(k, CLOCK)}",
        "timestamp": f"{ours} AND {matches(k, f'{CLOCK}({ZONE})?')} "
        f"AND TRY_CAST({k} AS TIMESTAMPTZ) IS NOT NULL",
    }
    if json:
        facts["number"] = number
    some = f"FILTER ({raw} IS NOT NULL)"
    parts = [f"seen: count({raw})"]
    parts += [f"{key}: bool_and(coalesce({test}, false)) {some}" for key, test in facts.items()]
    sized = f"FILTER ({matches(k, DECIMAL)})"
    scale = f"strlen(split_part({k}, '.', 2))"
    parts += [
        f"digits: max(strlen(ltrim(split_part({k}, '.', 1), '-'))) {sized}",
        f"scale: max({scale}) {sized}",
        f"least_scale: min({scale}) {sized}",
    ]
    return "{" + ", ".join(parts) + "}"
