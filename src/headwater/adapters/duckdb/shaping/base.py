"""Typed rows in a file of their own, each with its place among all rows of the batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful.cellfile import PLACE
from headwater.adapters.duckdb.columns.plan import Plan
from headwater.adapters.duckdb.parts.write import Destination, Draft, draft
from headwater.errors import EngineRefused
from headwater.model.arrival import Cause
from headwater.model.types import Schema
from headwater.ports.engine import Job
from headwater.shape.rows import FATE, NUMBER, WEIGHT
from headwater.shape.table import PROVENANCE

_PLACE_BITS = 43  # of a row in its source; the source's own number is above them
_INDEX_BITS = 26  # of a record in its piece
_CELL_BITS = 32  # the same, in files of cells
_MOST_SOURCES = 1 << (63 - _PLACE_BITS)


@dataclass(frozen=True, slots=True)
class Base:
    """Rows of sources that are told apart by their arrivals."""

    paths: tuple[Path, ...]
    plan: Plan
    order: Mapping[str, int]  # which source each arrival is, in the order of the batch

    def select(self, without: Iterable[str] = ()) -> str:
        """SQL of the rows with the columns that tell of their fate."""
        if len(self.order) > _MOST_SOURCES:
            raise EngineRefused(
                f"a batch of {len(self.order):,} files is more than the steps can tell apart",
                hint="make the batches smaller: batch: {files: 10000}",
            )
        sources = ", ".join(f"({quote.text(a)}, {n}::BIGINT)" for a, n in self.order.items())
        gone = ", ".join(map(quote.text, without))
        where = f" WHERE {PROVENANCE} NOT IN ({gone})" if gone else ""
        return (
            f"SELECT {PROVENANCE}, (source << {_PLACE_BITS}) + "
            f"coalesce({short(PLACE)}, file_row_number) AS {NUMBER}, "
            f"NULL::VARCHAR AS {FATE}, 1::BIGINT AS {WEIGHT}{typed_columns(self.plan)} "
            f"FROM {self._reader()} JOIN (VALUES {sources}) s(arrival, source) "
            f"ON {PROVENANCE} = arrival{where}"
        )

    def _reader(self) -> str:
        files = quote.texts(str(path) for path in self.paths)
        return f"read_parquet({files}, file_row_number = true, hive_partitioning = false)"


@dataclass(frozen=True, slots=True)
class TypedFile:
    """Typed rows written into one file, in the order in which they come."""

    connection: duckdb.DuckDBPyConnection
    job: Job

    def unfit(self, _: Schema) -> Cause | None:
        """Rows of any columns can be kept."""
        return None

    def write(self, rows: Callable[[], str], _: Schema, folder: Path) -> Draft:
        """Write the rows; what comes from one file stays together."""
        feed = replace(self.job.feed, partition=(), file_size_bytes=0, compression="zstd")
        target = Destination(feed, self.job.attempt, folder)
        self.connection.execute("SET preserve_insertion_order = true")
        try:
            return draft(self.connection, rows(), target, folder)
        finally:
            kept = "true" if self.job.limits.in_order else "false"
            self.connection.execute(f"SET preserve_insertion_order = {kept}")

    def apart(self, _: Plan) -> None:
        """All columns are written at once."""

    def scattered(self, *_: object) -> dict[int, Cause]:
        """One file has room for rows of all partitions."""
        return {}


def typed_columns(plan: Plan) -> str:
    """SQL of the columns that steps begin with; one that has no value yet has no type."""
    return "".join(
        f", NULL AS {quote.name(each.name)}" if each.type is None else f", {quote.name(each.name)}"
        for each in plan.targets
    )


def short(place: str) -> str:
    """SQL of a place in a file of cells, in fewer bits."""
    low = f"{place} & {(1 << _CELL_BITS) - 1}"
    return f"((({place} >> {_CELL_BITS}) << {_INDEX_BITS}) | ({low}))"


def whole(place: str) -> str:
    """SQL of the place in a file of cells again."""
    return f"((({place} >> {_INDEX_BITS}) << {_CELL_BITS}) | ({place} & {(1 << _INDEX_BITS) - 1}))"


def source_of(number: str) -> str:
    """SQL of the source that a row is of."""
    return f"({number} >> {_PLACE_BITS})"


def place_of(number: str) -> str:
    """SQL of a row's place in its source; of one read at full speed, among all typed rows."""
    return f"({number} & {(1 << _PLACE_BITS) - 1})"
