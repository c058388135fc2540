"""Typed rows taken through while they are read: one pass, which ends at the first flaw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.parts.write import Draft
from headwater.adapters.duckdb.shaping.agreed import agreed
from headwater.adapters.duckdb.shaping.compiled import (
    Compiler,
    begin_counting,
    counts_of,
    spelled,
)
from headwater.adapters.duckdb.shaping.shaped import Shaped, Write
from headwater.model.types import Schema
from headwater.shape.rows import FILTERED
from headwater.shape.single import keys
from headwater.shape.table import PROVENANCE


@dataclass(frozen=True, slots=True)
class Straight:
    """One pass over the typed rows of sources that are read at full speed."""

    connection: duckdb.DuckDBPyConnection
    compiler: Compiler
    table: Schema

    def shape(self, typed: Callable[[], str], write: Write, folder: Path) -> Shaped | None:
        """Write the parts; None if some rows have to be looked at together, or by themselves.

        duckdb.Error if a row is refused, or cannot be read.
        """
        rows = self.compiler.rows(telling=False)
        columns = agreed(self.compiler.feed, self.table, self.compiler.schema(self.connection))

        def select() -> str:
            begin_counting(self.connection, rows.counters)
            asked = spelled(rows.query, typed())
            return f"SELECT {PROVENANCE}{columns.columns()} FROM ({asked})"

        made = write(select, columns, folder)
        counts = counts_of(self.connection, rows.counters)
        if any(self._has_twins(made, key) for key in keys(self.compiler.feed)):
            return None
        filtered = sum(rows for counter, rows in counts.items() if counter.counts == FILTERED)
        noted = self.compiler.noted(counts, telling=False)
        return Shaped(columns, made, failed=noted, filtered=filtered)

    def _has_twins(self, made: Draft, key: tuple[str, ...]) -> bool:
        """Whether two rows that were written share a key."""
        if not made.paths:
            return False
        names = ", ".join(map(quote.name, key))
        there = " AND ".join(f"{quote.name(name)} IS NOT NULL" for name in key)
        files = quote.texts(str(path) for path in made.paths)
        found = self.connection.execute(
            f"SELECT 1 FROM read_parquet({files}, hive_partitioning = true, "
            f"hive_types_autocast = false) WHERE {there} "
            f"GROUP BY {names} HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        return found is not None
