"""Rows that a step or a check refuses, handed to the refusals with their lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import tee
from typing import Any

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful.cellfile import PLACE, CellFile
from headwater.adapters.duckdb.careful.paged import paged
from headwater.adapters.duckdb.careful.refusals import Refusals, Refused
from headwater.adapters.duckdb.shaping.base import place_of, source_of, whole
from headwater.adapters.duckdb.shaping.staged import Staging
from headwater.adapters.duckdb.sources.source import Source
from headwater.model.feed import Format
from headwater.reading.typed.batches import TYPED
from headwater.shape.checks import CHECK
from headwater.shape.rows import BETWEEN, FATE, NUMBER, REFUSED, WEIGHT
from headwater.shape.table import PROVENANCE

_ROW = quote.name("headwater row")  # a column of that name would be meant in its place
_SHOWN = 80
_RAW_LETTERS = 64 * 1024
_SAID = {"join": "is not there", "map": "is not listed"}
_OURS = frozenset({PROVENANCE, NUMBER, FATE, WEIGHT})
_PACKED = frozenset({Format.PARQUET, *TYPED})


@dataclass(frozen=True, slots=True)
class Flawed:
    """Finds the rows again in their sources."""

    connection: duckdb.DuckDBPyConnection
    staging: Staging
    sources: Sequence[Source]  # in the order in which rows number them
    careful: frozenset[int]  # places of those that were read carefully
    cells: Callable[[Source], CellFile]  # reads a source record by record

    def hand_over(self, refusals: Refusals) -> None:
        """Give each row its line, its text and what is wrong with it."""
        refused = f"starts_with(f.{FATE}, {quote.text(REFUSED)})"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE flawed AS SELECT f.{NUMBER} AS n, f.{FATE} AS fate, "
            f"to_json({_ROW})::VARCHAR AS row FROM {self.staging.reader()} f "
            f"JOIN ({self.staging.base.select()}) {_ROW} USING ({NUMBER}) WHERE {refused}"
        )
        every = f"SELECT DISTINCT {source_of('n')} AS source FROM flawed ORDER BY source"
        for (number,) in self.connection.execute(every).fetchall():
            source = self.sources[number]
            found, again = tee(self._rows(number, source))
            places = (row[0] for row in again)
            wheres = (
                ((place + 1, None) for place in places)
                if source.found.format in _PACKED
                else self.cells(source).find(places)
            )
            for row, (line, raw) in zip(found, wheres, strict=True):
                refusals.add(source.input, _refused(row[1], json.loads(row[2]), line, raw))

    def _rows(self, number: int, source: Source) -> Iterator[tuple[int, str, str]]:
        """The place in its source, the fate and the typed values of each row of one, in order."""
        own = (
            f"SELECT {place_of('n')} AS p, fate, row FROM flawed WHERE {source_of('n')} = {number}"
        )
        if source.found.format in _PACKED or source.place in self.careful:
            whole_ = "p" if source.found.format in _PACKED else whole("p")
            first = 0 if source.place in self.careful else self._first(source)
            asked = f"SELECT {whole_} - {first} AS place, fate, row FROM ({own})"
        else:  # all its records are rows: the first row is the first record
            records = (
                f"SELECT {PLACE} AS place, row_number() OVER (ORDER BY {PLACE}) - 1 AS k "
                f"FROM ({self.cells(source).rows()})"
            )
            first = self._first(source)
            asked = f"SELECT place, fate, row FROM ({own}) JOIN ({records}) ON k = p - {first}"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE flawed_here AS {asked}")
        yield from paged(self.connection, "flawed_here")

    def _first(self, source: Source) -> int:
        """The place of the source's first row among all typed rows."""
        arrival = quote.text(source.input.arrival)
        asked = f"SELECT min({place_of(NUMBER)}) FROM ({self.staging.base.select()})"
        row = self.connection.execute(f"{asked} WHERE {PROVENANCE} = {arrival}").fetchone()
        return int(row[0]) if row else 0


def _refused(fate: str, values: Mapping[str, Any], line: int, raw: str | None) -> Refused:
    _, rule, name = fate.split(BETWEEN)
    if raw is None:  # of a packed file its values stand for the text
        shown = (value for key, value in values.items() if key not in _OURS)
        raw = ", ".join("" if value is None else str(value) for value in shown)[:_RAW_LETTERS]
    if rule == CHECK:
        return Refused(line, None, raw, CHECK, f"check {name!r} failed")
    column = name if name in values else None
    return Refused(line, column, raw, rule, f"step {rule}: {_what(rule, name, values)}")


def _what(rule: str, name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    if value is None:
        return f"{name or 'its condition'} cannot be made"
    text = str(value)
    shown = f"{text if len(text) <= _SHOWN else text[:_SHOWN] + '...'!r} in column {name!r}"
    return f"{shown} {_SAID.get(rule, 'cannot be made')}"
