"""What a feed's table looks like: the columns of its rows, derived partitions, provenance."""

from __future__ import annotations

from collections.abc import Iterable

from headwater.model.feed import Feed, PartitionBy
from headwater.model.types import DATE, TEXT, Column, Schema, Type

PROVENANCE = "_arrival"
"""The column that says which arrival a row came from."""

RESCUED = "_rescued"
"""The column that keeps, as JSON, what of a row has no place in the other columns."""

_DERIVED = {
    "year": Type("int"),
    "month": Type("int"),
    "day": Type("int"),
    "hour": Type("int"),
    "arrival_date": DATE,
}


def table_schema(feed: Feed, rows: Schema) -> Schema:
    """The table's columns for rows of this schema."""
    derived = tuple(Column(by.name, _DERIVED[by.function]) for by in _derived(feed))
    return Schema((*rows.columns, *derived, Column(PROVENANCE, TEXT)))


def row_schema(feed: Feed, table: Schema, laid_out_by: Iterable[str] = ()) -> Schema:
    """The table's columns that come from files.

    A table that the feed now lays out in another way has had partition columns of its own.
    """
    ours = {PROVENANCE, *(by.name for by in _derived(feed)), *_DERIVED.keys() & set(laid_out_by)}
    return Schema(tuple(column for column in table.columns if column.name not in ours))


def _derived(feed: Feed) -> list[PartitionBy]:
    return [by for by in feed.partition if by.function != "column"]
