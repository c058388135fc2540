"""Whether columns hold the values of files, and which wider types do: asked of the values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import DECIMAL, MINUS_ZERO, Fit, matches
from headwater.adapters.duckdb.columns.native import unite
from headwater.adapters.duckdb.columns.plan import Plan, Target
from headwater.adapters.duckdb.columns.project import tolerant
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.model.feed import Feed
from headwater.model.types import DECIMAL_DIGITS, TEXT, Schema, Type, decimal
from headwater.shape.table import RESCUED

_WHOLE = ("smallint", "int", "bigint")
_TO_TEXT = frozenset({"boolean", "date", "timestamp", "timestamp_ntz", "real", "double"})
_FACTS = 4  # of a column besides its whole types: held, decimal, digits, scale


@dataclass(frozen=True, slots=True)
class Growth:
    """What the values of a column are: all within its type, or within which other ones."""

    held: bool = True
    whole: tuple[bool, ...] = ()  # for each wider whole type
    decimal: bool = True
    digits: int = 0  # before the point
    scale: int = 0

    def __or__(self, other: Growth) -> Growth:
        """What both have in common."""
        return Growth(
            self.held and other.held,
            tuple(one and two for one, two in zip(self.whole, other.whole, strict=True)),
            self.decimal and other.decimal,
            max(self.digits, other.digits),
            max(self.scale, other.scale),
        )

    def wider(self, kind: Type) -> Type:
        """The narrowest type that holds the values and those of the type."""
        if self.held:
            return kind
        for other, fits in zip(_wider_whole(kind), self.whole, strict=True):
            if fits:
                return other
        digits = max(self.digits + self.scale, 1)
        numeric = kind.kind in _WHOLE or kind.kind == "decimal"
        if not numeric or not self.decimal or digits > DECIMAL_DIGITS:
            return TEXT
        return unite(kind, decimal(digits, self.scale)) or TEXT


def widenable(feed: Feed, table: Schema) -> dict[str, Type]:
    """The columns of a table that may become wider, by lower names; declared ones stay."""
    folders = {by.column.lower() for by in feed.partition if by.column is not None}
    return {
        column.name.lower(): column.type
        for column in table.columns
        if feed.schema.find(column.name) is None
        and column.name.lower() not in folders
        and column.name != RESCUED
        and column.type.kind in {*_WHOLE, "decimal", *_TO_TEXT}
    }


def combined(found: Iterable[Mapping[str, Growth]]) -> dict[str, Growth]:
    """What the values of many files are."""
    all_of: dict[str, Growth] = {}
    for each in found:
        for name, growth in each.items():
            all_of[name] = all_of[name] | growth if name in all_of else growth
    return all_of


@dataclass(frozen=True, slots=True)
class Trial:
    """A question about the rows of files of one shape, and what its answer says."""

    shape: Shape
    columns: tuple[tuple[str, Type], ...]  # that may become wider, and which the files have
    others: Plan  # whose bad values keep a row out of the table, and so out of this

    @property
    def plan(self) -> Plan:
        """Each column as it is, and as every wider whole type; then the others."""
        tried = (
            Target(name, kind, Fit.LOSSLESS)
            for name, own in self.columns
            for kind in (own, *_wider_whole(own))
        )
        return Plan((*tried, *self.others.targets))

    def question(self, feed: Feed, relation: str, *, single: str = "") -> str:
        """SQL about all rows of a relation: a row for each arrival, or of the single one."""
        facts: list[str] = []
        at = 0
        for _, own in self.columns:
            tried = 1 + len(_wider_whole(own))
            facts += [f"bool_and(ok{n})" for n in range(at, at + tried)]
            facts += _sizes(self.shape.numbers.of("decimal", f"t{at}"))
            at += tried
        by = f"{quote.text(single)} AS _arrival" if single else "_arrival"
        rows = tolerant(self.shape, self.plan, feed, relation, before=(by,))
        fit = " AND ".join(f"ok{at + n}" for n in range(len(self.others.targets))) or "true"
        return f"SELECT _arrival, {', '.join(facts)} FROM ({rows}) WHERE {fit} GROUP BY _arrival"

    def answer(self, row: tuple[Any, ...]) -> dict[str, Growth]:
        """What a row of the answer says of its arrival, which it begins with."""
        found: dict[str, Growth] = {}
        at = 1
        for name, own in self.columns:
            count = len(_wider_whole(own))
            held, *whole, is_decimal, digits, scale = row[at : at + _FACTS + count]
            found[name] = Growth(held, tuple(whole), is_decimal, digits or 0, scale or 0)
            at += _FACTS + count
        return found


def _wider_whole(kind: Type) -> tuple[Type, ...]:
    if kind.kind not in _WHOLE:
        return ()
    return tuple(Type(other) for other in _WHOLE[_WHOLE.index(kind.kind) + 1 :])


def _sizes(text: str) -> list[str]:
    exact = f"({matches(text, DECIMAL)} AND NOT {matches(text, MINUS_ZERO)})"
    return [
        f"coalesce(bool_and({exact}), true)",
        f"max(strlen(ltrim(split_part({text}, '.', 1), '-'))) FILTER ({exact})",
        f"max(strlen(split_part({text}, '.', 2))) FILTER ({exact})",
    ]
