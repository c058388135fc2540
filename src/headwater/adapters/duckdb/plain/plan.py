"""The columns of a batch: declared first, then the table's, then what the files bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headwater.adapters.duckdb.exact import Fit
from headwater.model.arrival import Cause
from headwater.model.feed import Feed, OnNewColumn, Types
from headwater.model.types import TEXT, Column, Schema, Type


@dataclass(frozen=True, slots=True)
class Settled:
    """A column whose type was settled before the batch was read."""

    column: Column
    fit: Fit


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a batch's columns before it is read."""

    feed: Feed
    table: Schema

    def settled(self, name: str) -> Settled | None:
        """The column, where schema or table already say what it is."""
        declared = self.feed.schema.find(name)
        stored = self.table.find(name)
        if declared is not None:
            called = stored.name if stored is not None else declared.name
            return Settled(Column(called, declared.type, declared.nullable), Fit.DECLARED)
        if stored is not None:
            return Settled(stored, Fit.LOSSLESS)
        if self.feed.types is Types.TEXT:
            return Settled(Column(name, TEXT), Fit.DECLARED)
        return None

    def is_new(self, name: str) -> bool:
        """Whether neither the table nor, where there is none yet, the schema knows it."""
        if self.table.columns:
            return self.table.find(name) is None and self.feed.schema.find(name) is None
        return bool(self.feed.schema.columns) and self.feed.schema.find(name) is None

    def kept(self, names: Iterable[str]) -> list[str]:
        """The columns that are read: new ones only where the feed adds them."""
        ignore = self.feed.on_new_column is OnNewColumn.IGNORE
        return [name for name in names if not (ignore and self.is_new(name))]

    def refusal(self, names: Sequence[str]) -> Cause | None:
        """Why a file with these columns is refused whole, if it is."""
        new = [name for name in names if self.is_new(name)]
        if new and self.feed.on_new_column is OnNewColumn.FAIL:
            return Cause(
                "new_column",
                f"it has the column {new[0]!r}, which the table does not have, and the feed "
                "says on_new_column: fail",
            )
        folded = {name.lower() for name in names}
        for by in self.feed.partition:
            if by.column is not None and by.column.lower() not in folded:
                return Cause(
                    "partition",
                    f"it has no column {by.column!r}, which the table is partitioned by",
                )
            if by.function != "column" and by.name.lower() in folded:
                return Cause(
                    "reserved",
                    f"it has a column {by.name!r}, and so has the table, made for its partitions",
                )
        return None

    def required(self, names: Sequence[str]) -> list[str]:
        """Declared `not null` columns that a file does not have at all."""
        folded = {name.lower() for name in names}
        return [
            column.name
            for column in self.feed.schema.columns
            if not column.nullable and column.name.lower() not in folded
        ]


def schema_of(names: Sequence[str], types: dict[str, Type], table: Schema) -> Schema:
    """The schema of the rows: the table's, and columns that are new, in the order of the files."""
    return table.plus(tuple(Column(name, types[name]) for name in names if name in types))
