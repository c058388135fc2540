"""Typed rows taken through while they are read: one pass, which ends at the first flaw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from headwater.adapters.duckdb.shaping.agreed import agreed
from headwater.adapters.duckdb.shaping.compiled import (
    Compiler,
    counts_of,
    spelled,
)
from headwater.adapters.duckdb.shaping.shaped import Shaped, Write
from headwater.adapters.duckdb.shaping.twins import Twins
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
        behind = self.compiler.schema(self.connection, rows)
        columns = agreed(self.compiler.feed, self.table, behind)

        def select() -> str:
            self.compiler.begin(self.connection, rows.counters)
            asked = spelled(rows.query, typed())
            return f"SELECT {PROVENANCE}{columns.columns()} FROM ({asked})"

        made = write(select, columns, folder)
        counts = counts_of(self.connection, rows.counters)
        twins = Twins(self.connection, made, columns.schema)
        if any(twins.share(key) for key in keys(self.compiler.feed)):
            return None
        filtered = sum(rows for counter, rows in counts.items() if counter.counts == FILTERED)
        noted = self.compiler.noted(counts, telling=False)
        return Shaped(columns, made, failed=noted, filtered=filtered)
