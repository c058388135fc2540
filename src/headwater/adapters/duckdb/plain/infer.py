"""Types without loss: what every value of a column survives, found in one scan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.exact import (
    DECIMAL,
    MINUS_ZERO,
    ClockReading,
    Exact,
    Fit,
    exact,
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

_CAST = re.compile(r"(?<!TRY_)CAST\(")
_COMPACT_DIGITS = 18


def tried(expression: str) -> str:
    """The expression with casts that answer null where they fail."""
    return _CAST.sub("TRY_CAST(", expression)


def fits(kind: Type, fit: Fit, k: str, clock: ClockReading) -> tuple[Exact, str]:
    """The expressions for a type, and a condition: whether a text is such a value, or null."""
    first = exact(kind, fit, k, "", clock)
    value = tried(first.value)
    spelled = exact(kind, fit, k, f"({value})", clock)
    whole = f"({k} IS NULL OR (({value}) IS NOT NULL AND {spelled.check}))"
    return Exact(value, spelled.check, tried(spelled.final)), whole


def infer(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    columns: Sequence[str],
    *,
    json_kinds: Mapping[str, set[str]],
    clock: ClockReading,
) -> dict[str, Type | None]:
    """The narrowest type that all values of each text column survive; None where all are null."""
    found: dict[str, Type | None] = {}
    for start in range(0, len(columns), 40):
        found |= _scan(connection, source, columns[start : start + 40], json_kinds, clock)
    return found


def _scan(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    columns: Sequence[str],
    json_kinds: Mapping[str, set[str]],
    clock: ClockReading,
) -> dict[str, Type | None]:
    asked = [question for column in columns for question in _questions(quote.name(column), clock)]
    connection.execute(f"SELECT {', '.join(asked)} FROM {source}")
    answers = connection.fetchone() or ()
    each = len(asked) // max(len(columns), 1)
    return {
        column: _choose(answers[place * each : (place + 1) * each], json_kinds.get(column))
        for place, column in enumerate(columns)
    }


def _questions(k: str, clock: ClockReading) -> Iterable[str]:
    yield f"count({k})"
    for kind in (BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP):
        yield f"bool_and({fits(kind, Fit.LOSSLESS, k, clock)[1]})"
    zero = matches(k, MINUS_ZERO)
    plain = f"{matches(k, DECIMAL)} AND NOT {zero}"
    yield f"bool_and({k} IS NULL OR ({plain}))"
    yield f"max(strlen(ltrim(split_part({k}, '.', 1), '-')))"
    yield f"max(strlen(split_part({k}, '.', 2)))"


def _choose(answers: Sequence[object], kinds: set[str] | None) -> Type | None:
    count, _, _, truth, day, instant, *_ = answers
    if not count:
        return None
    if kinds is not None and kinds - {"VARCHAR"}:
        return _choose_json(answers, kinds)
    if kinds is None:  # JSON says by itself what is a number or a boolean
        number = _number(answers)
        if number is not None or truth:
            return number or BOOLEAN
    if day:
        return DATE
    return TIMESTAMP if instant else TEXT


def _number(answers: Sequence[object]) -> Type | None:
    _, whole, real, _, _, _, plain, before, behind = answers
    if whole:
        return BIGINT
    if plain:
        return _decimal(int(str(before)), int(str(behind)))
    return DOUBLE if real else None


def _choose_json(answers: Sequence[object], kinds: set[str]) -> Type:
    _, whole, real, _, _, _, plain, before, behind = answers
    if kinds == {"BOOLEAN"}:
        return BOOLEAN
    if kinds <= {"BIGINT", "UBIGINT", "HUGEINT", "DOUBLE", "DECIMAL"}:
        if whole:
            return BIGINT
        if "DOUBLE" in kinds and real:
            return DOUBLE
        if plain:
            return _decimal(int(str(before)), int(str(behind)))
    return TEXT


def _decimal(before: int, behind: int) -> Type:
    digits = before + behind
    if digits <= _COMPACT_DIGITS:
        return decimal(_COMPACT_DIGITS, behind)
    return decimal(DECIMAL_DIGITS, behind) if digits <= DECIMAL_DIGITS else TEXT
