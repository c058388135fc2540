"""What the values of a column have in common, and the narrowest type that loses none of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import (
    BOOLEANS,
    CLOCK,
    DECIMAL,
    MINUS_ZERO,
    REAL,
    ZONE,
    is_exact_number,
    matches,
)
from headwater.adapters.duckdb.columns.numbers import Numbers
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
_EXACT_DOUBLE_DIGITS = 15


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
    empty: bool = False  # some are empty texts: nothing but text, or null beside other values

    def __or__(self, other: Evidence) -> Evidence:
        """What both have in common; nothing seen says nothing."""
        empty = self.empty or other.empty
        if not other.seen or not self.seen:
            return replace(other if other.seen else self, empty=empty)
        common = {
            each.name: getattr(self, each.name) and getattr(other, each.name)
            for each in fields(self)
        }
        common["seen"] = self.seen + other.seen
        common["digits"] = max(self.digits, other.digits)
        common["scale"] = max(self.scale, other.scale)
        common["least_scale"] = min(self.least_scale, other.least_scale)
        common["empty"] = empty
        return Evidence(**common)


_NUMBERS = ("bigint", "decimal", "double", "number")
_FACTS = frozenset((*_NUMBERS, "lower", "upper", "title", "date", "naive", "timestamp"))
_NOTHING = Evidence(**{fact: False for fact in _FACTS if fact != "number"})
_PROBES = {
    "": _FACTS,
    "text": frozenset[str](),
    "bigint": frozenset({"bigint"}),
    "boolean": frozenset({"lower", "upper", "title"}),
    "date": frozenset({"date"}),
    "timestamp": frozenset({"naive"}),
    "zoned": frozenset({"naive", "timestamp"}),
    "decimal": frozenset({"decimal"}),
    "double": frozenset({"decimal", "double"}),
}


def choose(evidence: Evidence) -> Type | None:
    """The type that loses nothing; None while there is no value."""
    if not evidence.seen:
        return TEXT if evidence.empty else None
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


def probed(known: Evidence) -> frozenset[str]:
    """What is asked of a column to see whether its type is what it seems; of text, nothing."""
    return _PROBES[_kind(known)]


def _kind(known: Evidence) -> str:
    kind = choose(known)
    if kind == TIMESTAMP and not known.naive:
        return "zoned"
    return "" if kind is None else kind.kind


def possible(known: Evidence) -> frozenset[str]:
    """Facts that what is known does not deny."""
    return frozenset(fact for fact in _FACTS if getattr(known, fact) or not known.seen)


def settled(known: Evidence, value: dict[str, Any] | None) -> Evidence | None:
    """The whole evidence, if the answer to a probe shows the type that was seen; else None."""
    kind = _kind(known)
    if value is None:  # text stays text
        return known
    if not value["seen"]:
        return Evidence(empty=value["empty"])
    told = {key: each for key, each in value.items() if each is not None}
    made = replace(_NOTHING, number=known.number, **told)
    if kind == "bigint" and made.bigint:
        made = replace(made, decimal=True, scale=0, least_scale=0)
    if made.decimal and not made.double:
        made = replace(made, double=made.digits + made.scale <= _EXACT_DOUBLE_DIGITS)
    if made.naive:
        made = replace(made, timestamp=True)
    return made if _kind(made) == kind else None


def evidence_of(value: dict[str, Any]) -> Evidence:
    """What the struct says; aggregates over nothing are null, and what was not asked is denied."""
    told = {key: each for key, each in value.items() if each is not None}
    return replace(_NOTHING, **told) if value["seen"] else Evidence(empty=value["empty"])


def expression(cell: str, facts: frozenset[str], numbers: Numbers, *, json: bool) -> str:
    """The aggregate over one cell, as a struct: how many values, and whether the facts hold.

    A cell of JSON is JSON text: strings can only be times, and numbers only numbers.
    """
    raw = f"nullif({cell}, '')"
    number = numbers.spelled(raw)
    tests = _tests(raw, number, json=json)
    some = f"FILTER ({raw} IS NOT NULL)"
    parts = [f"seen: count({raw})", f"empty: coalesce(bool_or({cell} = ''), false)"]
    parts += [
        f"{key}: bool_and(coalesce({test}, false)) {some}"
        for key, test in tests.items()
        if key in facts
    ]
    if "decimal" in facts:
        sized = f"FILTER ({matches(number, DECIMAL)})"
        scale = f"strlen(split_part({number}, '.', 2))"
        parts += [
            f"digits: max(strlen(ltrim(split_part({number}, '.', 1), '-'))) {sized}",
            f"scale: max({scale}) {sized}",
            f"least_scale: min({scale}) {sized}",
        ]
    elif "bigint" in facts:
        parts.append(f"digits: max(strlen(ltrim({number}, '-')))")
    return "{" + ", ".join(parts) + "}"


def _tests(raw: str, n: str, *, json: bool) -> dict[str, str]:
    """The tests of a text, or of JSON's for a value, whose number is spelled n.

    What JSON spells of a number or boolean is its text, and what a string holds that may be
    a time stands between its quotes as it is: no parser is asked again.
    """
    string = f"starts_with({raw}, '\"')"
    number, ours = (f"NOT {string}", string) if json else ("true", "true")
    k = f"substring({raw}, 2, strlen({raw}) - 2)" if json else raw
    point = matches(n, DECIMAL) + f" AND NOT {matches(n, MINUS_ZERO)}"
    double = f"TRY_CAST({n} AS DOUBLE)"
    real = f" OR ({matches(n, REAL)} AND {is_exact_number(n)})" if json else ""
    tests = {
        "bigint": f"CAST(TRY_CAST({n} AS BIGINT) AS VARCHAR) = {n}",
        "decimal": f"{number} AND {point}",
        "double": f"{number} AND isfinite({double}) AND (CAST({double} AS VARCHAR) = {n} "
        f"OR (strlen({n}) <= 16 AND {point}){real})",
        **{
            style: f"{raw} IN ({', '.join(map(quote.text, words))})"
            for style, words in zip(("lower", "upper", "title"), BOOLEANS, strict=True)
        },
        "date": f"{ours} AND strlen({k}) = 10 AND CAST(TRY_CAST({k} AS DATE) AS VARCHAR) = {k}",
        "naive": f"{ours} AND {matches(k, CLOCK)} AND TRY_CAST({k} AS TIMESTAMP) IS NOT NULL",
        "timestamp": f"{ours} AND {matches(k, f'{CLOCK}({ZONE})?')} "
        f"AND TRY_CAST({k} AS TIMESTAMPTZ) IS NOT NULL",
    }
    return tests | ({"number": number} if json else {})
