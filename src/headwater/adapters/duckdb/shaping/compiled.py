"""A feed's checks and steps made into one query over typed rows, and the columns it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
from sqlglot import exp

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.adapters.duckdb.columns.native import NO_TYPE, native
from headwater.adapters.duckdb.columns.plan import Plan
from headwater.adapters.duckdb.shaping.instants import prepare, quick
from headwater.errors import EngineRefused
from headwater.model.checks import OF_BATCHES, Action, Check, Unique, When
from headwater.model.feed import Feed
from headwater.model.merge import Append, Upsert
from headwater.model.steps import Dedupe, Keep
from headwater.model.types import Column, Schema, Type
from headwater.shape.checks import MisplacedCheck, watched
from headwater.shape.expression import Misread
from headwater.shape.rows import FATE, NUMBER, WEIGHT, Counter, Reference, Rows, columns
from headwater.shape.several import through
from headwater.shape.single import single
from headwater.shape.steps import MisplacedStep, taken
from headwater.shape.table import PROVENANCE

TYPED = "_typed"
"""What the rows are called that the checks and steps begin with."""

_NOTED = {Action.WARN: "warned", Action.HALT: "halted"}
_NO_TABLE = frozenset({"INTERVAL", "TIME", "BIT", "UUID"})


@dataclass(frozen=True, slots=True)
class Compiler:
    """Makes the query of one feed over the columns of one plan."""

    feed: Feed
    plan: Plan
    references: Mapping[str, Reference]

    def rows(self, *, telling: bool) -> Rows:
        """Rows behind everything; EngineRefused if a check or step does not fit the columns.

        Rows that do not tell their fate are not looked at together: whoever lets them go that
        way sees to it afterwards that what must be unique is.
        """
        own = (PROVENANCE, NUMBER, FATE, WEIGHT) if telling else (PROVENANCE,)
        names = tuple(target.name for target in self.plan.targets)
        base = exp.select(*columns((*own, *names))).from_(exp.to_table(TYPED, quoted=True))
        rows = Rows(base, names, telling=telling, references=self.references, types=self._types())
        try:
            before, behind = self.checks(When.READ, telling), self.checks(When.STEPS, telling)
            rows = watched(rows, before)
            rows = through(rows, self.feed.steps if telling else single(self.feed))
            return self._once(watched(rows, behind, first=len(before) + 1))
        except (MisplacedStep, MisplacedCheck) as cause:
            raise EngineRefused(f"feed {self.feed.name}: {cause}", hint=cause.hint) from cause

    def _once(self, rows: Rows) -> Rows:
        """One row of each key that the feed's mode wants once; refused rows are none of them."""
        mode = self.feed.mode
        if not isinstance(mode, Upsert):
            return rows
        keep = Keep.LAST if mode.latest is None else Keep.LATEST
        try:
            for name in (*mode.by, *([mode.latest] if mode.latest else [])):
                rows.find(name)
            return taken(Dedupe(mode.by, keep, mode.latest), rows) if rows.telling else rows
        except Misread as cause:
            raise EngineRefused(
                f"mode of feed {self.feed.name}: {cause}", hint=cause.hint
            ) from cause

    def checks(self, when: When, telling: bool) -> list[Check]:  # noqa: FBT001 - as above
        """The checks of rows that look there; those that look at rows together may be left out."""
        return [
            check
            for check in self.feed.checks
            if check.when is when
            and not isinstance(check.rule, OF_BATCHES)
            and (telling or not isinstance(check.rule, Unique))
        ]

    def noted(self, counts: Mapping[Counter, int], *, telling: bool) -> dict[str, int]:
        """How many rows failed the checks behind which they go on, by the checks' names."""
        said = {(counter.counts, counter.step): rows for counter, rows in counts.items()}
        every = [*self.checks(When.READ, telling), *self.checks(When.STEPS, telling)]
        return {
            check.name: said.get((_NOTED[check.action], number), 0)
            for number, check in enumerate(every, 1)
            if check.action in _NOTED
        }

    def _types(self) -> dict[str, Type]:
        return {each.name: each.type for each in self.plan.targets if each.type is not None}

    def begin(self, connection: duckdb.DuckDBPyConnection, counters: Sequence[Counter]) -> None:
        """Every counter at nought, and what queries name that are made quick."""
        prepare(connection, self.feed.timezone)
        for each in counters:
            connection.execute(f"CREATE OR REPLACE TEMP SEQUENCE {quote.name(each.name)}")

    def schema(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> Schema:
        """The columns behind the steps; those that have no value yet are left out."""
        if not self.feed.steps:
            return self.plan.schema()
        try:
            kinds = self.described(connection, rows)
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise EngineRefused(
                f"{self._unfit(connection, rows)} of feed {self.feed.name} does not fit the types "
                f"of its columns: {said}",
                hint=f"cast what it takes, as in x::int, or put the step cast before it in "
                f"feeds.{self.feed.name}.steps",
            ) from error
        return Schema(
            tuple(
                Column(name, rows.types.get(name) or native(_storable(name, kinds[name])))
                for name in rows.columns
                if kinds[name] != NO_TYPE
            )
        )

    def _unfit(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> str:
        """The first step behind which DuckDB cannot say of what types the columns are."""
        steps = self.feed.steps
        for number, step in enumerate(steps, 1):
            feed = replace(self.feed, steps=steps[:number], checks=(), mode=Append())
            some = replace(self, feed=feed)
            try:
                some.described(connection, some.rows(telling=rows.telling))
            except duckdb.Error:
                return f"step {number} ({step.TAG})"
        return "a check"

    def described(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> dict[str, str]:
        """What DuckDB calls the types of the columns behind the steps."""
        self.begin(connection, rows.counters)
        nulls = "".join(
            f", CAST(NULL AS {duck_type(t.type)}) AS {quote.name(t.name)}"
            if t.type is not None
            else f", NULL AS {quote.name(t.name)}"
            for t in self.plan.targets
        )
        own = (
            f"NULL::VARCHAR AS {PROVENANCE}, 0::BIGINT AS {NUMBER}, NULL::VARCHAR AS {FATE}, "
            f"1::BIGINT AS {WEIGHT}"
        )
        typed = f"SELECT {own}{nulls}"
        for cut in rows.cuts:
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {quote.name(cut.name)} AS {spelled(cut.query, typed)}"
            )
        told = connection.execute(f"DESCRIBE {spelled(rows.query, typed)}").fetchall()
        return {row[0]: row[1] for row in told}


def spelled(query: exp.Query, typed: str) -> str:
    """The SQL of a query over the typed rows that a SELECT gives."""
    below = quote.name(TYPED)
    return f"WITH {below} AS NOT MATERIALIZED ({typed}) FROM ({quick(query).sql('duckdb')})"


def counts_of(
    connection: duckdb.DuckDBPyConnection, counters: Sequence[Counter]
) -> dict[Counter, int]:
    """What the counters say."""
    said = "SELECT sequence_name, last_value FROM duckdb_sequences()"
    last = dict(connection.execute(said).fetchall())
    return {each: last.get(each.name) or 0 for each in counters}


def _storable(name: str, kind: str) -> str:
    if kind.upper() in _NO_TABLE:
        raise EngineRefused(
            f"column {name} would be a {kind.lower()}, which no table holds",
            hint=f"end the steps with cast: {{{name}: text}}",
        )
    return kind
