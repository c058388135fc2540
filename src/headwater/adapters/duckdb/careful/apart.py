"""Rows of very many columns on the careful path: looked at and written some columns at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful.cellfile import PLACE, CellFile
from headwater.adapters.duckdb.careful.misfits import Misfits
from headwater.adapters.duckdb.careful.refusals import Refused
from headwater.adapters.duckdb.columns.plan import Plan, Target
from headwater.adapters.duckdb.columns.project import cells_of, finals, mended, tolerant
from headwater.adapters.duckdb.parts.wide import (
    SLICE,
    in_order,
    joined_slices,
    slices_of,
    write_slice,
)
from headwater.adapters.duckdb.parts.write import Destination
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.model.feed import Feed
from headwater.ports.engine import Limits
from headwater.shape.table import PROVENANCE

_KNOWN = "misfits_apart"


@dataclass(frozen=True, slots=True)
class Apart:
    """One source's rows under a plan of very many columns."""

    connection: duckdb.DuckDBPyConnection
    limits: Limits
    feed: Feed
    file: CellFile
    shape: Shape
    plan: Plan
    forgives: bool  # a bad value becomes null where a column may be null

    def look(self) -> int:
        """Find the rows that have a value which does not fit; how many there are."""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_KNOWN} "
            "(place BIGINT, first BIGINT, text VARCHAR, empty BOOLEAN, bad BIGINT)"
        )
        for start in range(0, len(self.plan.targets), SLICE):
            part = Plan(self.plan.targets[start : start + SLICE], self.plan.names)
            unfit = [f"NOT ok{n}" for n, each in enumerate(part.targets) if self._counts(each)]
            if not unfit:
                continue
            rows = f"({self._rows(part)}) WHERE {' OR '.join(unfit)}"
            asked = Misfits(self.connection, part, rows).question(
                PLACE, "NULL", forgiven=self.forgives
            )
            self.connection.execute(
                f"INSERT INTO {_KNOWN} SELECT place, first + {start}, text, empty, bad "
                f"FROM ({asked})"
            )
        row = self.connection.execute(f"SELECT count(DISTINCT place) FROM {_KNOWN}").fetchone()
        return int(row[0]) if row else 0

    def told(self) -> Iterator[Refused]:
        """What is said of these rows."""
        first = "arg_min({'text': text, 'empty': empty}, first)"
        return Misfits(self.connection, self.plan).kept(
            self.file,
            "SELECT place, first, f.text AS text, f.empty AS empty, bad, NULL AS raw FROM ("
            f"SELECT place, min(first) AS first, {first} AS f, sum(bad)::BIGINT AS bad "
            f"FROM {_KNOWN} GROUP BY place)",
        )

    def write(self, folder: Path, name: str) -> tuple[Path, ...]:
        """Write the other rows."""
        target = Destination(self.feed, name, folder, in_order=True)
        plans, paths = list(slices_of(self.plan)), list[Path]()
        with in_order(self.connection, self.limits):
            for number, part in enumerate(plans):
                paths.append(folder / f"{name}-{number}.parquet")
                fit = f"({self._rows(part)}) WHERE {PLACE} NOT IN (SELECT place FROM {_KNOWN})"
                own = f"{quote.text(self.file.source.input.arrival)} AS {PROVENANCE}"
                if self.forgives:
                    fit = f"(SELECT {mended(self.shape, part, self.feed)} FROM {fit})"
                select = f"SELECT {own}{finals(self.shape, part, self.feed)} FROM {fit}"
                write_slice(self.connection, select, target, paths[-1])
            return joined_slices(self.connection, plans, paths, target, folder).paths

    def nulled(self) -> int:
        """How many bad values of the rows that are written become null."""
        if not self.forgives:
            return 0
        found = 0
        for start in range(0, len(self.plan.targets), SLICE):
            part = Plan(self.plan.targets[start : start + SLICE], self.plan.names)
            bad = " + ".join(f"(NOT ok{n})::INTEGER" for n in range(len(part.targets)))
            row = self.connection.execute(
                f"SELECT coalesce(sum({bad}), 0) FROM ({self._rows(part)}) "
                f"WHERE {PLACE} NOT IN (SELECT place FROM {_KNOWN})"
            ).fetchone()
            found += int(row[0]) if row else 0
        return found

    def _counts(self, target: Target) -> bool:
        """Whether a bad value of the column keeps its row out of the table."""
        return not (self.forgives and target.nullable)

    def _rows(self, part: Plan) -> str:
        cells = self.file.cells(self.shape, frozenset(), cells_of(self.shape, part))
        return tolerant(self.shape, part, self.feed, cells, before=(PLACE,))
