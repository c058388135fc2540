"""How a cell's text becomes a typed value, and what shows that nothing was lost on the way.

A cast alone proves little: DuckDB reads '1.5' as the bigint 2, '00123' as 123, 1.239 as the
decimal 1.24, and drops the offset of '10:00:00+02:00'. The cheapest exact proof is to spell
the value again and compare; only where that differs is a pattern asked whether the
spelling is one that says the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns import zones
from headwater.model.types import Type

ZONE = r" ?(Z|UTC|[+-]\d\d(:?\d\d)?)"
CLOCK = r"\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):\d\d(:\d\d(\.\d{1,6})?)?"
DECIMAL = r"-?(0|[1-9]\d*)(\.\d+)?"
MINUS_ZERO = r"-0(\.0*)?"
BOOLEANS = (("true", "false"), ("TRUE", "FALSE"), ("True", "False"))
_ANY_WHOLE = r"\s*[+-]?\d+\s*"
_ANY_DATE = r"\s*\d{1,4}[-/]\d{1,2}[-/]\d{1,2}\s*"
_NOT_FINITE = r"(?i)\s*[+-]?(nan|inf(inity)?)\s*"
REAL = r"-?\d+(\.\d+([eE][+-]?\d+)?|[eE][+-]?\d+)"
_DAY = r"|\d{4}-\d\d-\d\d"
_DOUBLE_DIGITS = 17
_EXACT_DOUBLE_BYTES = 16  # a sign or point and fifteen digits: always exact in a double


class Fit(Enum):
    """How strictly text has to be spelled."""

    DECLARED = "declared"  # the user said what it is: other spellings of the value are fine
    LOSSLESS = "lossless"  # the type was inferred: only what it was inferred from
    NUMBER = "number"  # inferred, of a JSON number: one with a point or exponent is a double


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How times are read."""

    timezone: str = "UTC"  # of times without a zone
    zones: bool = True  # whether some may have one; where none has, reading is much faster


@dataclass(frozen=True, slots=True)
class Exact:
    """Expressions: of the text, the value, twice; of both, whether it is exact; of the value."""

    value: str  # raises where the text is no such value at all
    attempt: str  # null there: TRY around what raises looks again at two thousand values one by one
    check: str  # true or false, never null
    final: str  # the value as it is stored


_ANY_CLOCK = ClockReading()


def exact(kind: Type, fit: Fit, k: str, v: str, clock: ClockReading = _ANY_CLOCK) -> Exact:
    """The expressions for a type; k names the text, v the value that was made of it."""
    if kind.kind in TIMES:
        return _time(kind, fit, k, v, clock)
    cast = f"CAST({k} AS {duck_type(kind)})"
    same = f"CAST({v} AS VARCHAR) IS NOT DISTINCT FROM {k}"
    build = _CHECKS.get(kind.kind)
    check = f"({v} IS NOT NULL OR {k} IS NULL)" if build is None else build(kind, fit, k, v, same)
    return Exact(cast, f"TRY_{cast}", check, v)


def duck_type(kind: Type) -> str:
    """What DuckDB calls the type."""
    if kind.kind == "array":
        return f"{duck_type(kind.children[0][1])}[]"
    if kind.kind == "map":
        return f"MAP({', '.join(duck_type(child) for _, child in kind.children)})"
    if kind.kind == "struct":
        inner = ", ".join(f"{quote.name(n)} {duck_type(child)}" for n, child in kind.children)
        return f"STRUCT({inner})"
    if kind.kind == "decimal":
        return f"DECIMAL({kind.precision},{kind.scale})"
    return _NAMES.get(kind.kind, kind.kind.upper())


_NAMES = {
    "text": "VARCHAR",
    "int": "INTEGER",
    "real": "FLOAT",
    "timestamp": "TIMESTAMPTZ",
    "timestamp_ntz": "TIMESTAMP",
    "binary": "BLOB",
}


def matches(k: str, pattern: str) -> str:
    """Whether all of a text is spelled like the pattern."""
    return f"regexp_full_match({k}, {quote.text(pattern)})"


def _whole(_: Type, fit: Fit, k: str, v: str, same: str) -> str:
    del v
    if fit is not Fit.DECLARED:
        return same
    return f"({same} OR {matches(k, _ANY_WHOLE)})"


def _decimal(kind: Type, fit: Fit, k: str, v: str, same: str) -> str:
    del v
    if fit is Fit.DECLARED:
        pattern = rf"\s*[+-]?\d*(\.\d{{0,{kind.scale}}}0*)?\s*"
        return f"({same} OR {matches(k, pattern)})"
    pattern = rf"-?(0|[1-9]\d*)(\.\d{{1,{max(kind.scale, 1)}}})?"
    return f"({same} OR ({matches(k, pattern)} AND NOT {matches(k, MINUS_ZERO)}))"


def _double(_: Type, fit: Fit, k: str, v: str, same: str) -> str:
    finite = f"coalesce(isfinite({v}), true)"
    if fit is Fit.DECLARED:
        return f"({finite} OR {matches(k, _NOT_FINITE)})"
    if fit is Fit.NUMBER:
        return f"({finite} AND ({is_exact_number(k)} OR {same}))"
    short = (
        f"(strlen({k}) <= {_EXACT_DOUBLE_BYTES} AND {matches(k, DECIMAL)} "
        f"AND NOT {matches(k, MINUS_ZERO)})"
    )
    return f"(({short} OR {same}) AND {finite})"


def is_exact_number(k: str) -> str:
    """Whether a number of JSON is one that a double holds; its grammar was seen to before.

    Fifteen digits always are; seventeen are what a double is written with, so a fraction of
    as many was a double's already; and what has more was something else.
    """
    digits = rf"regexp_replace(lower({k}), '^-?0?\.?0*|\.|e.*$', '', 'g')"
    real = f"({matches(k, REAL)} AND (strlen({k}) <= 18 OR strlen({digits}) <= {_DOUBLE_DIGITS}))"
    return f"((strlen({k}) <= {_EXACT_DOUBLE_BYTES} AND {k} != '-0') OR {real})"


def _boolean(_: Type, fit: Fit, k: str, v: str, same: str) -> str:
    del v
    if fit is Fit.DECLARED:
        return "true"
    words = ", ".join(quote.text(word) for pair in BOOLEANS[1:] for word in pair)
    return f"({same} OR {k} IN ({words}))"


def _date(_: Type, fit: Fit, k: str, v: str, same: str) -> str:
    del v
    # 'infinity' is spelled again as it came; no other date but one has ten bytes.
    plain = f"({same} AND coalesce(strlen({k}), 10) = 10)"
    if fit is not Fit.DECLARED:
        return plain
    return f"({plain} OR {matches(k, _ANY_DATE)})"


def _text(_: Type, fit: Fit, k: str, v: str, same: str) -> str:
    del fit, k, v, same
    return "true"


_CHECKS: dict[str, Callable[[Type, Fit, str, str, str], str]] = {
    "text": _text,
    "smallint": _whole,
    "int": _whole,
    "bigint": _whole,
    "decimal": _decimal,
    "real": _double,
    "double": _double,
    "boolean": _boolean,
    "date": _date,
}
TIMES = frozenset({"timestamp", "timestamp_ntz"})


def _time(kind: Type, fit: Fit, k: str, v: str, clock: ClockReading) -> Exact:
    """Instants: without a zone they are read in the feed's, and a time that its clocks skip is bad.

    A cast to TIMESTAMP drops a zone that the text has, so it is only taken where the check
    then refuses every text with a zone; a cast to TIMESTAMPTZ heeds it.
    """
    day = _DAY if fit is Fit.DECLARED else ""
    naive, instant = f"CAST({k} AS TIMESTAMP)", f"CAST({k} AS TIMESTAMPTZ)"
    same = f"(CAST({v} AS VARCHAR) IS NOT DISTINCT FROM {k} AND coalesce(strlen({k}), 19) >= 19)"
    plain = f"({same} OR {matches(k, CLOCK + day)})"
    if kind.kind == "timestamp_ntz":
        return Exact(naive, f"TRY_{naive}", plain, v)
    has_zone = zoned(k)
    if clock.timezone == "UTC":
        # The cast asks a calendar for each value; the count of microseconds is the same one.
        final = f"make_timestamptz(epoch_us({v}))"
        if not clock.zones:
            return Exact(naive, f"TRY_{naive}", plain, final)
        value, attempt = (
            f"CASE WHEN {has_zone} THEN make_timestamp(epoch_us({cast}{instant})) "
            f"ELSE {cast}{naive} END"
            for cast in ("", "TRY_")
        )
        return Exact(value, attempt, f"({same} OR {matches(k, f'{CLOCK}({ZONE})?{day}')})", final)
    read = zones.instant(clock.timezone, naive)
    value = f"CASE WHEN {has_zone} THEN {instant} ELSE {read} END"
    kept = f"({has_zone} OR {zones.shows(clock.timezone, v, k)})"
    check = f"({k} IS NULL OR ({matches(k, f'{CLOCK}({ZONE})?{day}')} AND {kept}))"
    return Exact(value, f"TRY({value})", check, v)


def zoned(k: str) -> str:
    """Whether a time has a zone: most often its length and one of its colons tell that not."""
    seconds = f"strlen({k}) = 19 AND substring({k}, 17, 1) = ':'"
    return f"(NOT ({seconds}) AND regexp_matches({k}, {quote.text(':.*' + ZONE + '$')}))"
