"""Keys of an upsert as SQL: of rows in files, and compared with each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.adapters.duckdb.parts.recast import recast
from headwater.model.merge import Upsert
from headwater.model.types import Column, Schema, Widened

Spell = Callable[[Column], str]
"""SQL of a column's value in the rows at hand."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """The columns of a key, and those that say which of two rows stays, with their types."""

    keys: tuple[Column, ...]
    latest: Column | None

    def named(self, spell: Spell) -> list[str]:
        """SQL of the key, each column under a number."""
        return [f"{spell(column)} AS {_key(n)}" for n, column in enumerate(self.keys)]

    @property
    def names(self) -> str:
        """SQL of the numbers."""
        return ", ".join(_key(n) for n in range(len(self.keys)))

    def order(self, spell: Spell, rank: str) -> str:
        """SQL of what is greater for the row that stays."""
        if self.latest is None:
            return rank
        value = spell(self.latest)
        return f"{{'there': {value} IS NOT NULL, 'latest': {value}, 'rank': {rank}}}"

    def same(self, spell: Spell, other: str) -> str:
        """SQL of whether a row has the key of another, whose columns are numbered."""
        each = (f"{spell(column)} = {other}.{_key(n)}" for n, column in enumerate(self.keys))
        return " AND ".join(each)


def keyed(mode: Upsert, schema: Schema) -> Keyed | None:
    """The key in a table of this schema; None where no row can have one."""
    keys = [schema.find(name) for name in mode.by]
    found = tuple(column for column in keys if column is not None)
    if len(found) < len(keys):
        return None
    return Keyed(found, schema.find(mode.latest) if mode.latest else None)


def in_table(there: Schema, widened: Sequence[Widened]) -> Spell:
    """How a table's rows say what they say in the columns as they will be."""
    wider = {each.column.lower(): each for each in widened}

    def spell(column: Column) -> str:
        known = there.find(column.name)
        if known is None:
            return f"CAST(NULL AS {duck_type(column.type)})"
        change = wider.get(known.name.lower())
        return quote.name(known.name) if change is None else recast(change)

    return spell


def plainly(column: Column) -> str:
    """A column by its name."""
    return quote.name(column.name)


def _key(number: int) -> str:
    return quote.name(f"headwater key {number}")
