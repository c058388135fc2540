"""Column types: one small vocabulary that Delta, DuckDB, Spark and Athena all know.

Scalars: text, boolean, smallint, int, bigint, decimal(p,s), real, double, date,
timestamp (an instant, stored as UTC), timestamp_ntz, time, binary.
Nested, as Parquet files bring them: array<T>, map<K,V>, struct<name:T,...>.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SCALARS = frozenset(
    {
        "text",
        "boolean",
        "smallint",
        "int",
        "bigint",
        "decimal",
        "real",
        "double",
        "date",
        "timestamp",
        "timestamp_ntz",
        "time",
        "binary",
    }
)
ALIASES = {
    "string": "text",
    "varchar": "text",
    "bool": "boolean",
    "integer": "int",
    "long": "bigint",
    "short": "smallint",
    "float": "real",
    "numeric": "decimal",
    "timestamptz": "timestamp",
    "datetime": "timestamp",
    "blob": "binary",
    "bytes": "binary",
}
DECIMAL_DIGITS = 38


@dataclass(frozen=True, slots=True)
class Type:
    """A column's type, as a small tree."""

    kind: str
    precision: int = 0
    scale: int = 0
    children: tuple[tuple[str, Type], ...] = ()  # struct fields; "element"; "key" and "value"

    def __str__(self) -> str:
        if self.kind == "decimal":
            return f"decimal({self.precision},{self.scale})"
        inner = [str(child) for _, child in self.children]
        if self.kind == "struct":
            fields = ",".join(f"{name}:{child}" for name, child in self.children)
            return f"struct<{fields}>"
        return f"{self.kind}<{','.join(inner)}>" if inner else self.kind

    @property
    def nested(self) -> bool:
        """Whether it holds other types."""
        return bool(self.children)


TEXT = Type("text")
BIGINT = Type("bigint")
BOOLEAN = Type("boolean")
DOUBLE = Type("double")
DATE = Type("date")
TIMESTAMP = Type("timestamp")


def decimal(precision: int, scale: int) -> Type:
    """A decimal of that many digits, scale of them behind the point."""
    if not 0 < precision <= DECIMAL_DIGITS or not 0 <= scale <= precision:
        raise ValueError(
            f"decimal({precision},{scale}) is not a type: "
            f"1 to {DECIMAL_DIGITS} digits, and no more of them behind the point"
        )
    return Type("decimal", precision, scale)


def parse_type(text: str) -> Type:
    """Read a type as a user or a catalogue writes it; ValueError says what is wrong."""
    found, rest = _parse(text.strip())
    if rest:
        raise ValueError(f"{text!r} is not a type: {rest!r} is left over")
    return found


def _parse(text: str) -> tuple[Type, str]:
    match = re.match(r"\s*([A-Za-z_]+)\s*", text)
    if match is None:
        raise ValueError(f"{text!r} is not a type: a name such as bigint or text is expected")
    word = match[1].lower()
    kind, rest = ALIASES.get(word, word), text[match.end() :]
    if kind == "decimal":
        return _parse_decimal(rest)
    if kind in SCALARS:
        return Type(kind), rest
    if kind in {"array", "map", "struct"} and rest.startswith("<"):
        return _parse_nested(kind, rest[1:])
    raise ValueError(f"{word!r} is not a type; the types are {', '.join(sorted(SCALARS))}")


def _parse_decimal(rest: str) -> tuple[Type, str]:
    match = re.match(r"\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", rest)
    if match is None:
        if rest.startswith("("):
            cut = "" if ")" in rest else ", in quotes where braces or brackets are around it"
            raise ValueError(f"decimal{rest} is not a type; write 'decimal(12,2)'{cut}")
        return decimal(18, 2), rest
    return decimal(int(match[1]), int(match[2] or 0)), rest[match.end() :]


def _parse_nested(kind: str, rest: str) -> tuple[Type, str]:
    names = {"array": ["element"], "map": ["key", "value"]}.get(kind)
    children: list[tuple[str, Type]] = []
    while True:
        if names is None:
            name, colon, rest = rest.partition(":")
            if not colon:
                raise ValueError("a struct is written struct<name:type,...>")
        else:
            name = names[len(children)] if len(children) < len(names) else ""
        child, rest = _parse(rest)
        children.append((name.strip(), child))
        rest = rest.lstrip()
        if rest.startswith(","):
            rest = rest[1:]
        elif rest.startswith(">"):
            break
        else:
            raise ValueError(f"{kind}<...> is not closed")
    if names is not None and len(children) != len(names):
        raise ValueError(f"{kind}<...> takes {len(names)} types, not {len(children)}")
    return Type(kind, children=tuple(children)), rest[1:]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table or a feed's schema."""

    name: str
    type: Type
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Widened:
    """A column of a table whose type becomes one that holds more."""

    column: str
    before: Type
    after: Type


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns in order; names are told apart without regard to case, as Athena does."""

    columns: tuple[Column, ...] = ()

    def find(self, name: str) -> Column | None:
        """The column of that name, whatever its case."""
        folded = name.lower()
        return next((c for c in self.columns if c.name.lower() == folded), None)

    def names(self) -> tuple[str, ...]:
        """The names in order."""
        return tuple(column.name for column in self.columns)

    def without(self, names: Iterable[str]) -> Schema:
        """This schema without the columns of these names."""
        left_out = frozenset(names)
        return Schema(tuple(column for column in self.columns if column.name not in left_out))

    def widened(self, wider: tuple[Widened, ...]) -> Schema:
        """This schema with these columns as they are afterwards."""
        after = {each.column: each.after for each in wider}
        return Schema(
            tuple(Column(c.name, after.get(c.name, c.type), c.nullable) for c in self.columns)
        )

    def plus(self, added: tuple[Column, ...]) -> Schema:
        """This schema with columns added at its end, those already there left out."""
        return Schema(self.columns + tuple(c for c in added if self.find(c.name) is None))
