"""Types of Parquet columns: what DuckDB calls them, and what they are in a table."""

from __future__ import annotations

from headwater.model.types import (
    BIGINT,
    DECIMAL_DIGITS,
    DOUBLE,
    TEXT,
    Type,
    decimal,
    parse_type,
)

_PLAIN = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "UTINYINT": "smallint",
    "SMALLINT": "smallint",
    "USMALLINT": "int",
    "INTEGER": "int",
    "UINTEGER": "bigint",
    "BIGINT": "bigint",
    "UBIGINT": "decimal(20,0)",
    "HUGEINT": "decimal(38,0)",
    "FLOAT": "real",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "BLOB": "binary",
}
_WHOLE = ("smallint", "int", "bigint")
NO_TYPE = '"NULL"'
"""DuckDB's type of a column that has no value and never will."""


def native(name: str) -> Type:
    """The type of a column in a table; text where none of ours holds it."""
    plain = name.upper()
    if plain in _PLAIN:
        return parse_type(_PLAIN[plain])
    if plain.startswith("DECIMAL(") and plain.endswith(")"):
        return parse_type(plain)
    if name.endswith("[]"):
        return Type("array", children=(("element", native(name[:-2])),))
    return _nested(name) if inside(name) else TEXT


def inside(name: str) -> tuple[tuple[str, str], ...]:
    """What a nested type is made of: names, and what DuckDB calls their types."""
    if name.endswith("[]"):
        return (("element", name[:-2]),)
    head, _, inner = name[:-1].partition("(")
    if head.upper() not in {"STRUCT", "MAP"} or not name.endswith(")"):
        return ()
    pieces = _split(inner)
    if head.upper() == "MAP":
        return tuple(zip(("key", "value"), pieces, strict=True))
    return tuple(map(_field, pieces))


def naive(name: str) -> bool:
    """Whether it is a time without a zone."""
    return name.upper().startswith("TIMESTAMP") and "ZONE" not in name.upper()


def unite(one: Type | None, other: Type | None) -> Type | None:
    """The type that holds the values of both."""
    if one is None or other is None or one == other:
        return one or other
    kinds = {one.kind, other.kind}
    if kinds <= set(_WHOLE):
        return Type(max(kinds, key=_WHOLE.index))
    if kinds <= {"real", "double"}:
        return DOUBLE
    if kinds <= {*_WHOLE, "decimal"}:
        first, second = _as_decimal(one), _as_decimal(other)
        scale = max(first.scale, second.scale)
        digits = max(first.precision - first.scale, second.precision - second.scale) + scale
        return decimal(digits, scale) if digits <= DECIMAL_DIGITS else TEXT
    return TEXT


def holds(wide: Type, narrow: Type) -> bool:
    """Whether every value of the one is a value of the other, so that a cast loses nothing."""
    return wide == narrow or (wide != TEXT and unite(wide, narrow) == wide)


def _as_decimal(kind: Type) -> Type:
    if kind.kind == "decimal":
        return kind
    return decimal(19 if kind == BIGINT else 10, 0)


def _nested(name: str) -> Type:
    children = tuple((field, native(kind)) for field, kind in inside(name))
    return Type(name.partition("(")[0].lower(), children=children)


def _field(text: str) -> tuple[str, str]:
    if not text.startswith('"'):
        name, _, kind = text.partition(" ")
        return name, kind
    end = 1
    while text[end] != '"' or text[end : end + 2] == '""':
        end += 2 if text[end] == '"' else 1
    return text[1:end].replace('""', '"'), text[end + 1 :].strip()


def _split(text: str) -> list[str]:
    """At commas that lie in no brackets and no quotes."""
    pieces, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and not depth:
                pieces.append(text[start:place].strip())
                start = place + 1
    return [*pieces, text[start:].strip()]
