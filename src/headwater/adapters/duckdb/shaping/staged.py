"""Typed rows taken through from a file of their own: all together, each telling its fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.session import unshared
from headwater.adapters.duckdb.shaping.agreed import Agreed, agreed
from headwater.adapters.duckdb.shaping.base import Base
from headwater.adapters.duckdb.shaping.compiled import (
    Compiler,
    counts_of,
    spelled,
)
from headwater.adapters.duckdb.shaping.kept import keep
from headwater.adapters.duckdb.shaping.shaped import Shaped, Write
from headwater.errors import Unbalanced
from headwater.model.receipt import Books
from headwater.model.types import Schema
from headwater.shape.checks import CHECK
from headwater.shape.rows import AGGREGATED, BETWEEN, FATE, REFUSED, WEIGHT, Rows
from headwater.shape.table import PROVENANCE

_SHAPED = "headwater shaped"


@dataclass(slots=True)
class Told:
    """What the rows of one arrival tell."""

    stood: int = 0  # for so many rows that were read
    books: Books = field(default_factory=Books)


@dataclass(slots=True)
class Staging:
    """The rows of a batch behind everything, in a file, with the fate of each."""

    connection: duckdb.DuckDBPyConnection
    compiler: Compiler
    base: Base
    path: Path
    told: dict[str, Told] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)  # refused rows, by rule
    noted: dict[str, int] = field(default_factory=dict)  # by check
    _query: Rows = field(init=False)  # there once rows were taken through

    def run(self, without: Collection[str]) -> None:
        """Take all rows through but those of arrivals that are refused whole."""
        rows = self._query = self.compiler.rows(telling=True)
        self.compiler.begin(self.connection, rows.counters)
        typed = self.base.select(without)
        with unshared(self.connection):
            for cut in rows.cuts:
                keep(self.connection, spelled(cut.query, typed), self._beside(cut.name), cut.name)
            keep(self.connection, spelled(rows.query, typed), self.path, _SHAPED)
        for cut in rows.cuts:
            self._beside(cut.name).unlink()
        self.noted = self.compiler.noted(counts_of(self.connection, rows.counters), telling=True)
        self.told.clear()
        self.rules.clear()
        for arrival, kind, rule, count, stood, made, grouped in self._answers():
            told = self.told.setdefault(arrival, Told())
            told.stood += stood
            told.books += _books(kind, count, made, grouped)
            if kind == REFUSED:
                self.rules[rule] += count

    def require_whole(self, typed: Counter[str], without: Collection[str]) -> None:
        """Unbalanced if some rows came out that did not go in, or the other way round."""
        for arrival in {*typed, *self.told} - {*without}:
            stood = self.told[arrival].stood if arrival in self.told else 0
            if stood != typed[arrival]:
                raise Unbalanced(
                    f"of {typed[arrival]:,} rows of arrival {arrival}, the steps of feed "
                    f"{self.compiler.feed.name} account for {stood:,}",
                    hint="nothing was committed; run it again, and report it if it persists",
                )

    def columns(self, table: Schema) -> Agreed:
        """The table's columns with those behind the steps."""
        behind = self.compiler.schema(self.connection, self._query)
        return agreed(self.compiler.feed, table, behind)

    def rows(self, columns: Agreed) -> str:
        """SQL of the rows that go on."""
        return f"SELECT {PROVENANCE}{columns.columns()} FROM {self.reader()} WHERE {FATE} IS NULL"

    def shape(self, columns: Agreed, write: Write, folder: Path) -> Shaped:
        """Write the rows that go on as parts."""
        made = write(lambda: self.rows(columns), columns, folder)
        checks = {
            name: count
            for rule, count in self.rules.items()
            for what, _, name in [rule.partition(BETWEEN)]
            if what == CHECK
        }
        lost = {} if made is None else made.lost
        books = {
            arrival: told.books + Books(deduplicated=lost.get(arrival, 0))
            for arrival, told in self.told.items()
        }
        return Shaped(columns, made, books, {**self.noted, **checks})

    def reader(self) -> str:
        """SQL of what follows FROM."""
        return quote.name(_SHAPED)

    def _beside(self, name: str) -> Path:
        return self.path.with_name(f"{name}.parquet")

    def _answers(self) -> Iterable[tuple[str, str, str, int, int, int, int]]:
        self.connection.execute(
            f"SELECT {PROVENANCE}, coalesce(split_part(fate, '{BETWEEN}', 1), ''), "
            f"coalesce(fate[length(split_part(fate, '{BETWEEN}', 1)) + 2:], ''), count(*), "
            f"sum({WEIGHT})::BIGINT, count(*) FILTER ({WEIGHT} = 0), "
            f"sum(greatest({WEIGHT} - 1, 0))::BIGINT "
            f"FROM (SELECT {PROVENANCE}, {WEIGHT}, {FATE} AS fate FROM {self.reader()}) "
            f"GROUP BY {PROVENANCE}, fate"
        )
        return self.connection.fetchall()


def _books(kind: str, count: int, made: int, grouped: int) -> Books:
    """The books of rows of one fate; what is written is counted where it lies."""
    told = Books(exploded=made, aggregated=grouped)
    if kind == REFUSED:
        return told + Books(quarantined=count)
    if kind == AGGREGATED:
        return told + Books(aggregated=count)
    return told + (Books(**{kind: count}) if kind else Books())
