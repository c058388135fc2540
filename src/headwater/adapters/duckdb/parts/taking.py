"""Rows of a table that new rows take the place of: which parts have some, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.parts.keyed import Keyed, in_table, keyed, plainly
from headwater.adapters.duckdb.parts.placed import (
    FILE,
    is_of_keys,
    path_of,
    rows_of,
    told_apart,
    value_in,
)
from headwater.model.ids import ArrivalId
from headwater.model.merge import ReplacePartitions, Upsert
from headwater.model.part import Part
from headwater.model.types import Column, Schema, Widened
from headwater.ports.engine import Rewriting
from headwater.shape.table import PROVENANCE

_TAKERS = '"headwater takers"'


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows that go, by part and arrival; foreign ones have no arrival."""

    counts: Mapping[str, Mapping[ArrivalId | None, int]] = field(default_factory=dict)
    key: Keyed | None = None  # which rows these are; None: all of the part
    widened: tuple[Widened, ...] = ()

    def of(self, part: Part) -> int:
        """How many rows of a part go for others."""
        return sum(self.counts.get(part.path, {}).values())

    def stays(self, part: Part) -> str:
        """SQL of what must hold for a row of the part to stay."""
        if not self.of(part) or self.key is None:
            return "TRUE"

        inside = in_table(Schema(self.key.keys), self.widened)

        def spell(column: Column) -> str:
            folder = value_in(part, column)
            return inside(column) if folder == plainly(column) else folder

        return f"NOT EXISTS (SELECT 1 FROM {_TAKERS} k WHERE {self.key.same(spell, 'k')})"

    @property
    def by_arrival(self) -> tuple[tuple[ArrivalId, int], ...]:
        """Rows of each arrival, for the books."""
        told: Counter[ArrivalId] = Counter()
        for counts in self.counts.values():
            told.update({arrival: rows for arrival, rows in counts.items() if arrival is not None})
        return tuple(sorted(told.items()))


def taken_by(connection: duckdb.DuckDBPyConnection, task: Rewriting) -> Taken:
    """What the rows of the new parts take the place of."""
    if not task.against or not task.parts:
        return Taken()
    match task.feed.mode:
        case Upsert() as mode:
            key = keyed(mode, task.schema.widened(task.widened))
            return Taken() if key is None else _by_key(connection, task, key)
        case ReplacePartitions():
            return _by_partition(connection, task)
    return Taken()


def _by_key(connection: duckdb.DuckDBPyConnection, task: Rewriting, key: Keyed) -> Taken:
    by = [each.name for each in task.feed.partition]
    wide = task.schema.widened(task.widened)
    new = rows_of(task.against, task.table_location, wide, by)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_TAKERS} AS SELECT {', '.join(key.named(plainly))} "
        f"FROM ({new})"
    )
    parts: Sequence[Part] = task.parts
    if is_of_keys(task.feed.partition, [each.name for each in key.keys]):
        parts = _beside(connection, task)
    spell = in_table(task.schema, task.widened)
    old = rows_of(parts, task.table_location, task.schema, by)
    counts = _counted(
        connection,
        task,
        f"SELECT {quote.name(FILE)}, {PROVENANCE}, {', '.join(key.named(spell))} FROM ({old})",
        f"SEMI JOIN {_TAKERS} USING ({key.names})",
    )
    return Taken(counts, key, task.widened)


def _by_partition(connection: duckdb.DuckDBPyConnection, task: Rewriting) -> Taken:
    by = [each.name for each in task.feed.partition]
    known: dict[str, dict[ArrivalId | None, int]] = {}
    mixed: list[Part] = []
    gone = set(task.without)
    for part in _beside(connection, task):
        if part.first_arrival is None or part.first_arrival != part.last_arrival:
            mixed.append(part)
        elif part.first_arrival not in gone:
            known[part.path] = {ArrivalId(part.first_arrival): part.rows}
    old = rows_of(mixed, task.table_location, task.schema, by)
    asked = f"SELECT {quote.name(FILE)}, {PROVENANCE} FROM ({old})"
    return Taken({**known, **_counted(connection, task, asked, "")})


def _beside(connection: duckdb.DuckDBPyConnection, task: Rewriting) -> list[Part]:
    """Parts in the partitions of the new ones."""
    both = [part.partition for part in (*task.parts, *task.against)]
    told = told_apart(connection, both, task.schema)
    new = {told[part.partition] for part in task.against}
    return [part for part in task.parts if told[part.partition] in new]


def _counted(
    connection: duckdb.DuckDBPyConnection, task: Rewriting, rows: str, joined: str
) -> dict[str, dict[ArrivalId | None, int]]:
    """Rows by part and arrival, but for those that are replaced anyway."""
    paths = {path_of(part, task.table_location): part.path for part in task.parts}
    gone = quote.texts(sorted(task.without))
    connection.execute(
        f"SELECT {quote.name(FILE)}, {PROVENANCE}, count(*) FROM ({rows}) {joined} "
        f"WHERE NOT list_contains({gone}::VARCHAR[], coalesce({PROVENANCE}, '')) GROUP BY ALL"
    )
    found: dict[str, dict[ArrivalId | None, int]] = {}
    for path, arrival, count in connection.fetchall():
        found.setdefault(paths[path], {})[arrival] = count
    return found
