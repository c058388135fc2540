"""Rows laid out in the folders of a table: which columns parts have, and how many folders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.batch import Batch
from headwater.adapters.duckdb.columns.plan import undatable
from headwater.adapters.duckdb.parts.scatter import guarding, look_ahead, scattered
from headwater.adapters.duckdb.parts.write import Destination, Draft, draft, partition_columns
from headwater.adapters.duckdb.sources.relation import Reader
from headwater.model.arrival import Cause
from headwater.model.types import Schema
from headwater.ports.engine import Job
from headwater.shape.table import PROVENANCE


@dataclass(frozen=True, slots=True)
class Layout:
    """The table that a job's rows are written into."""

    job: Job
    connection: duckdb.DuckDBPyConnection
    reader: Reader
    batch: Batch

    @property
    def destination(self) -> Destination:
        """Where parts go."""
        return Destination(self.job.feed, self.job.attempt, Path(self.job.table_location))

    def unfit(self, schema: Schema) -> Cause | None:
        """Why rows of these columns cannot be partitioned."""
        return undatable(self.job.feed, schema)

    def write(self, rows: Callable[[], str], schema: Schema, folder: Path) -> Draft:
        """Write the rows of a SELECT, which is made each time that it is asked.

        Scattered if they belong to too many partitions.
        """
        if not self.job.feed.partition:
            return draft(self.connection, self._select(rows(), schema), self.destination, folder)
        most = self.job.limits.partitions * len(self.batch.sources)
        by = [each.name for each in self.job.feed.partition if each.function == "column"]
        if by:
            look_ahead(self.connection, self._select(rows(), schema), by, most)
            self.reader.drop()
        select = self._select(rows(), schema)
        with guarding(self.connection, folder, most):
            return draft(self.connection, select, self.destination, folder)

    def scattered(self, rows: Callable[[], str], schema: Schema) -> dict[int, Cause]:
        """The places of sources whose rows belong to too many partitions, and what is said."""
        self.reader.drop()
        by = [each.name for each in self.job.feed.partition]
        select = self._select(rows(), schema)
        causes = scattered(self.connection, select, by, self.job.limits.partitions)
        return {
            place: causes[source.input.arrival]
            for place, source in self.batch.sources.items()
            if source.input.arrival in causes
        }

    def _select(self, rows: str, schema: Schema) -> str:
        """Columns of the parts; an empty text that names a partition is null to Delta's readers."""
        by = {p.column.lower() for p in self.job.feed.partition if p.column and p.name == p.column}
        chosen = [PROVENANCE]
        for column in schema.columns:
            name = quote.name(column.name)
            empty = column.name.lower() in by and column.type.kind == "text"
            chosen.append(f"nullif({name}, '') AS {name}" if empty else name)
        chosen += partition_columns(self.job.feed, schema, self._landed())
        return f"SELECT {', '.join(chosen)} FROM ({rows})"

    def _landed(self) -> str:
        days = {
            source.input.arrival: f"DATE '{source.input.landed_at:%Y-%m-%d}'"
            for source in self.batch.sources.values()
        }
        if len(set(days.values())) == 1:
            return next(iter(days.values()))
        return f"MAP([{', '.join(map(quote.text, days))}], [{', '.join(days.values())}])[_arrival]"
