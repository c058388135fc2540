"""Rows laid out in the folders of a table: which columns parts have, and how many folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.batch import Batch
from headwater.adapters.duckdb.columns.plan import Plan, undatable
from headwater.adapters.duckdb.parts.folders import is_shortened, logged, restored, shortened
from headwater.adapters.duckdb.parts.scatter import guarding, look_ahead, scattered
from headwater.adapters.duckdb.parts.wide import SLICE, is_wide
from headwater.adapters.duckdb.parts.write import Destination, Draft, draft, partition_columns
from headwater.adapters.duckdb.sources.relation import Reader
from headwater.errors import EngineRefused
from headwater.model.arrival import Cause
from headwater.model.types import TEXT, Schema
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
        job = self.job
        return Destination(job.feed, job.attempt, Path(job.table_location), job.limits.in_order)

    def unfit(self, schema: Schema) -> Cause | None:
        """Why rows of these columns cannot be partitioned."""
        return undatable(self.job.feed, schema)

    def apart(self, plan: Plan) -> Destination | None:
        """Where rows of very many columns go that are written some columns at a time."""
        return self.destination if is_wide(self.job.feed, plan) else None

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
        texts, select = _texts(schema, by), self._select(rows(), schema)
        try:
            with guarding(self.connection, folder, most):
                made = draft(self.connection, shortened(select, texts), self.destination, folder)
        except duckdb.OutOfMemoryException as error:
            if len(schema.columns) <= SLICE:
                raise
            raise EngineRefused(
                f"rows of {len(schema.columns):,} columns cannot be partitioned in so much memory: "
                "some of each column is held for every partition",
                hint="leave out partition, or declare the columns that are needed with "
                "on_new_column: ignore",
            ) from error
        if not is_shortened(made, texts):
            return made
        self.reader.drop()
        return restored(self.connection, self._select(rows(), schema), texts, made)

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
        """Columns of the parts."""
        by = {p.column.lower() for p in self.job.feed.partition if p.column and p.name == p.column}
        chosen = [PROVENANCE]
        for column in schema.columns:
            name = quote.name(column.name)
            value = logged(name, column.type) if column.name.lower() in by else name
            chosen.append(f"{value} AS {name}")
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


def _texts(schema: Schema, names: Sequence[str]) -> list[str]:
    """Those of the columns that hold text, of any length."""
    found = ((name, schema.find(name)) for name in names)
    return [name for name, column in found if column is not None and column.type == TEXT]
