"""Rows just written that lose against rows that came or landed after them: left out again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.parts.keyed import Keyed, in_table, keyed, plainly
from headwater.adapters.duckdb.parts.placed import (
    FILE,
    Partition,
    as_parts,
    is_of_keys,
    path_of,
    rows_of,
    told_apart,
    value_in,
)
from headwater.adapters.duckdb.parts.write import Draft, counts_in, format_options
from headwater.model.ids import ArrivalId
from headwater.model.merge import ReplacePartitions, Upsert
from headwater.model.part import Part, Snapshot
from headwater.model.types import Column, Schema, Widened
from headwater.ports.engine import Job, Lookup
from headwater.shape.rows import OWN
from headwater.shape.table import PROVENANCE, table_schema

_ORDER = '"headwater order"'
_LANDED = '"headwater arrival"'
_RANK = '"headwater rank"'
_RIVALS = '"headwater rivals"'
_BEST = '"headwater best"'
_EARLIER = -1


@dataclass(frozen=True, slots=True)
class Rivals:
    """What the table holds beside the rows of a job, by the order in which files landed."""

    connection: duckdb.DuckDBPyConnection
    job: Job

    def settle(
        self, made: Draft, schema: Schema, widened: Sequence[Widened], present: Collection[str]
    ) -> Draft:
        """The draft without the rows that others stay in place of.

        `present` are the arrivals that are read: what they follow is no rival of anybody.
        """
        if not made.paths:
            return made
        whole = table_schema(self.job.feed, schema)
        others = self._others(present)
        match self.job.feed.mode:
            case Upsert() as mode if others is not None and (key := keyed(mode, whole)):
                return self._by_key(made, key, whole, (others, widened))
            case ReplacePartitions():
                return self._by_partition(made, whole, others)
        return made

    def _others(self, present: Collection[str]) -> _Others | None:
        own: Lookup | None = next((each for each in self.job.lookups if each.name == OWN), None)
        if own is None or own.snapshot is None or not own.snapshot.parts:
            return None
        gone = {each for i in self.job.inputs if i.arrival in present for each in i.follows}
        inputs = {each.arrival for each in self.job.inputs}
        later = {each for each in self.job.order if each not in gone and each not in inputs}
        return _Others(own.snapshot, own.location, frozenset(gone), frozenset(later))

    @property
    def _order(self) -> tuple[ArrivalId, ...]:
        """As files landed; where nobody says so, as they are given."""
        return self.job.order or tuple(each.arrival for each in self.job.inputs)

    def _by_key(
        self, made: Draft, key: Keyed, schema: Schema, than: tuple[_Others, Sequence[Widened]]
    ) -> Draft:
        others, widened = than
        files = as_parts(made, self.job.feed)
        parts = self._worth_reading(others, files, key, schema)
        if not parts:
            return made
        self._tell_order()
        by = [each.name for each in self.job.feed.partition]
        self._gather(key, rows_of(files, "", schema, by), (others, parts, widened))
        beaten = self._counts(key, rows_of(files, "", schema, by))
        if not beaten:
            return made
        return self._rewritten(
            made,
            {
                part.path: self._left(part, key)
                for part in files
                if part.path in {path for path, _ in beaten}
            },
            _by_arrival(beaten),
        )

    def _worth_reading(
        self, others: _Others, files: Sequence[Part], key: Keyed, schema: Schema
    ) -> list[Part]:
        """Parts of the table in which a row may lie that stays."""
        parts = list(others.snapshot.parts)
        if key.latest is None:  # who landed before loses, whatever it says
            parts = list(others.parts_of_later)
        if parts and is_of_keys(self.job.feed.partition, [each.name for each in key.keys]):
            both = [part.partition for part in (*parts, *files)]
            told = told_apart(self.connection, both, schema)
            written = {told[part.partition] for part in files}
            parts = [part for part in parts if told[part.partition] in written]
        return parts

    def _tell_order(self) -> None:
        listed = quote.texts(self._order)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_ORDER} AS SELECT "
            f"unnest({listed}::VARCHAR[]) AS {_LANDED}, "
            f"unnest(range({len(self._order)})) AS {_RANK}"
        )

    def _gather(
        self, key: Keyed, rows: str, of: tuple[_Others, Sequence[Part], Sequence[Widened]]
    ) -> None:
        """The best row of the table for each key that was written."""
        others, parts, widened = of
        spell = in_table(others.snapshot.schema, widened)
        there = rows_of(
            parts, others.location, others.snapshot.schema, others.snapshot.partition_by
        )
        rank = f"coalesce({_RANK}, {_EARLIER})"
        gone = quote.texts(sorted(others.gone))
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_RIVALS} AS "
            f"SELECT {key.names}, max({_BEST}) AS {_BEST} FROM ("
            f"SELECT {', '.join(key.named(spell))}, {key.order(spell, rank)} AS {_BEST} "
            f"FROM ({there}) t LEFT JOIN {_ORDER} o ON t.{PROVENANCE} = o.{_LANDED} "
            f"WHERE NOT list_contains({gone}::VARCHAR[], coalesce(t.{PROVENANCE}, ''))"
            f") SEMI JOIN (SELECT {', '.join(key.named(plainly))} FROM ({rows})) "
            f"USING ({key.names}) GROUP BY {key.names}"
        )

    def _counts(self, key: Keyed, rows: str) -> dict[tuple[str, str], int]:
        """How many rows lose, by their files and arrivals."""
        self.connection.execute(
            f"SELECT {quote.name(FILE)}, {PROVENANCE}, count(*) FROM ({rows}) f "
            f"JOIN {_ORDER} o ON f.{PROVENANCE} = o.{_LANDED} "
            f"JOIN {_RIVALS} r ON {key.same(plainly, 'r')} "
            f"AND r.{_BEST} > {key.order(plainly, _RANK)} GROUP BY ALL"
        )
        return {(path, arrival): count for path, arrival, count in self.connection.fetchall()}

    def _left(self, part: Part, key: Keyed) -> str:
        """SQL of the rows of a file that stay."""

        def spell(column: Column) -> str:
            return value_in(part, column)

        ranked = (
            f"SELECT f.*, o.{_RANK} FROM {_reader(part.path)} f "
            f"JOIN {_ORDER} o ON f.{PROVENANCE} = o.{_LANDED}"
        )
        return (
            f"SELECT * EXCLUDE ({_RANK}) FROM ({ranked}) ANTI JOIN {_RIVALS} r "
            f"ON {key.same(spell, 'r')} AND r.{_BEST} > {key.order(spell, _RANK)}"
        )

    def _by_partition(self, made: Draft, schema: Schema, others: _Others | None) -> Draft:
        """Of each partition the rows of one file, unless the table has those of a later one."""
        files = as_parts(made, self.job.feed)
        rivals = list(others.parts_of_later) if others is not None else []
        told = told_apart(self.connection, [p.partition for p in (*files, *rivals)], schema)
        ranks: dict[str, int] = {arrival: n for n, arrival in enumerate(self._order)}
        best: dict[tuple[object, ...], int] = defaultdict(lambda: _EARLIER)
        for part in files:
            place = told[part.partition]
            best[place] = max(best[place], *(ranks[a] for a in made.counts[part.path]))
        for partition, arrival in others.arrivals(self.connection, rivals) if others else ():
            place = told[partition]
            best[place] = max(best[place], ranks[arrival])
        lost: Counter[str] = Counter()
        left: dict[str, str] = {}
        for part in files:
            counts = made.counts[part.path]
            losers = [a for a in counts if ranks[a] < best[told[part.partition]]]
            if losers:
                lost.update({a: counts[a] for a in losers})
                left[part.path] = (
                    f"SELECT * FROM {_reader(part.path)} "
                    f"WHERE {PROVENANCE} NOT IN ({', '.join(map(quote.text, losers))})"
                )
        return self._rewritten(made, left, lost) if left else made

    def _rewritten(self, made: Draft, left: dict[str, str], lost: Counter[str]) -> Draft:
        """The draft with some of its files written again; those without a row are gone."""
        options = ", ".join(format_options(self.job.feed))
        paths: list[Path] = []
        for path in made.paths:
            if str(path) not in left:
                paths.append(path)
                continue
            name = path.name.replace(f"{self.job.attempt}-", f"{self.job.attempt}-t", 1)
            again = path.with_name(name)
            self.connection.execute(
                f"COPY ({left[str(path)]}) TO {quote.text(str(again))} (FORMAT parquet, {options})"
            )
            path.unlink()
            paths.append(again)
        counts = counts_in(self.connection, paths)
        kept = [n for n, path in enumerate(paths) if counts.get(str(path))]
        for path in set(paths) - {paths[n] for n in kept}:
            path.unlink()
        return replace(
            made,
            paths=tuple(paths[n] for n in kept),
            partitions=tuple(made.partitions[n] for n in kept),
            counts={str(paths[n]): counts[str(paths[n])] for n in kept},
            statistics=tuple(made.statistics[n] for n in kept),
            lost=lost,
        )


@dataclass(frozen=True, slots=True)
class _Others:
    """The table as far as its rows stay for others."""

    snapshot: Snapshot
    location: str
    gone: frozenset[str]  # arrivals whose rows are replaced
    later: frozenset[str]  # arrivals that landed behind the first input

    @property
    def parts_of_later(self) -> Iterator[Part]:
        """Parts that may hold rows of these."""
        ids = sorted(self.later)
        for part in self.snapshot.parts if ids else ():
            first, last = part.first_arrival, part.last_arrival
            if first is None or last is None or bisect_left(ids, first) < bisect_right(ids, last):
                yield part

    def arrivals(
        self, connection: duckdb.DuckDBPyConnection, parts: Sequence[Part]
    ) -> Iterator[tuple[Partition, str]]:
        """Which of the later ones have rows in which partition."""
        mixed = {}
        for part in parts:
            if part.first_arrival is None or part.first_arrival != part.last_arrival:
                mixed[path_of(part, self.location)] = part
            else:
                yield part.partition, part.first_arrival
        there = self.snapshot
        rows = rows_of(list(mixed.values()), self.location, there.schema, there.partition_by)
        asked = f"SELECT DISTINCT {quote.name(FILE)}, {PROVENANCE} FROM ({rows})"
        for path, arrival in connection.execute(asked).fetchall():
            if arrival in self.later:
                yield mixed[path].partition, arrival


def _by_arrival(counts: dict[tuple[str, str], int]) -> Counter[str]:
    told: Counter[str] = Counter()
    for (_, arrival), count in counts.items():
        told[arrival] += count
    return told


def _reader(path: str) -> str:
    return f"read_parquet({quote.text(path)}, hive_partitioning = false)"
