"""What is about to be committed of a model, asked what must be true of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
from sqlglot import exp

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.asking.view import view_of
from headwater.adapters.duckdb.newest import DATED, newest
from headwater.adapters.duckdb.parts.write import Draft
from headwater.errors import CheckFailed, QueryError
from headwater.model.checks import (
    Check,
    CheckResult,
    Exists,
    Fresh,
    Holds,
    RowCount,
    Rule,
    Unique,
    halting,
)
from headwater.model.codec import to_plain
from headwater.model.part import Part, Snapshot
from headwater.model.types import Schema
from headwater.ports.building import Building
from headwater.shape.checks import holds
from headwater.shape.expression import Misread, read_expression
from headwater.shape.fragment import sql
from headwater.shape.rows import Reference, Rows, column, columns, is_among_rows

_BUILT = "headwater built"
_WHOLE = "headwater whole"
_LOOKUP = "headwater lookup"
_EXAMPLES = 3
_COLUMNS = 4
_LETTERS = 40
_UNFIT = (
    duckdb.BinderException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
    duckdb.ParserException,
    duckdb.CatalogException,
)
Partitions = tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks found: nothing that halts."""

    results: tuple[CheckResult, ...] = ()
    notes: tuple[str, ...] = ()


def kept(task: Building, partitions: Partitions | None) -> tuple[Part, ...]:
    """The parts of the model's table that stay beside those that are built."""
    if task.base is None or partitions is None:
        return ()
    touched = set(partitions)
    return tuple(
        part
        for part in task.base.parts
        if tuple(value for _, value in part.partition) not in touched
    )


def check(
    connection: duckdb.DuckDBPyConnection,
    task: Building,
    made: Draft,
    schema: Schema,
    partitions: Partitions | None,
) -> Checked:
    """Ask the rows in these files, and those that stay; CheckFailed if a check fails that halts."""
    if not task.checks:
        return Checked()
    asking = _Asking.of(connection, task, made, schema, kept(task, partitions))
    results, notes = [], []
    for each in task.checks:
        with asking.speaking_of(each):
            result = asking.ask(each)
            results.append(result)
            if result.failed:
                notes.append(asking.told(each, result))
    halt = halting(results)
    if halt is not None:
        told = notes[[each for each in results if each.failed].index(halt)]
        raise CheckFailed(
            f"{told}; it halts the build",
            hint=f"correct what model {task.layout.name} is made of, its SQL or the check, "
            f"then headwater refresh {task.layout.name}",
            found=to_plain(results),
        )
    return Checked(tuple(results), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Asking:
    """The rows that are built, and those of the whole table that results."""

    connection: duckdb.DuckDBPyConnection
    task: Building
    schema: Schema
    rows: Rows
    built: int
    whole: int

    @classmethod
    def of(
        cls,
        connection: duckdb.DuckDBPyConnection,
        task: Building,
        made: Draft,
        schema: Schema,
        beside: tuple[Part, ...],
    ) -> _Asking:
        by = tuple(each.name for each in task.layout.partition)
        drafts = Snapshot(task.layout.table, 0, schema, by, tuple(_parts(made, by)))
        stays = Snapshot(task.layout.table, 0, schema, by, beside)
        built = view_of(drafts, str(made.folder))
        whole = f"{built} UNION ALL BY NAME {view_of(stays, task.table_location)}"
        _view(connection, _BUILT, built)
        _view(connection, _WHOLE, whole if beside else built)
        references: dict[str, Reference] = {}
        for number, each in enumerate(task.lookups):
            name = f"{_LOOKUP} {number}"
            _view(connection, name, view_of(each.snapshot, each.location))
            query = exp.select("*").from_(exp.to_table(name, quoted=True))
            references[each.snapshot.table] = Reference(query, each.snapshot.schema.names())
        names = schema.names()
        query = exp.select(*columns(names)).from_(exp.to_table(_BUILT, quoted=True))
        rows = Rows(query, names, telling=True, references=references)
        count = made.rows.total()
        return cls(connection, task, schema, rows, count, count + sum(part.rows for part in beside))

    @contextmanager
    def speaking_of(self, check: Check) -> Iterator[None]:
        """QueryError that names the check where it does not fit what is built."""
        place = f"check {check.name!r} of model {self.task.layout.name}"
        try:
            yield
        except Misread as cause:
            raise QueryError(f"{place}: {cause.what}", hint=cause.hint) from cause
        except _UNFIT as cause:
            said = str(cause).splitlines()[0]
            raise QueryError(
                f"{place} does not fit the types of its columns: {said}",
                hint="cast the column in the SELECT, or write another check",
            ) from cause

    def ask(self, check: Check) -> CheckResult:
        """How many rows there are to look at, and how many of them fail."""
        rule = check.rule
        if isinstance(rule, RowCount):
            fits = rule.least <= self.whole and (rule.most is None or self.whole <= rule.most)
            return self._together(check, fits=fits)
        if isinstance(rule, Fresh):
            return self._together(check, fits=self._is_fresh(rule))
        failed = self._one(f"SELECT count(*) FROM {self._failing(rule)}") if self.built else 0
        return CheckResult(check.name, check.action, self.built, int(failed))

    def told(self, check: Check, result: CheckResult) -> str:
        """What failed, in a sentence, with some of the rows."""
        name = f"check {check.name!r} of model {self.task.layout.name}"
        if isinstance(check.rule, RowCount):
            most = "any number" if check.rule.most is None else f"{check.rule.most:,}"
            return (
                f"{name} failed: there are {self.whole:,} rows, and {check.rule.least:,} to {most} "
                "are expected"
            )
        if isinstance(check.rule, Fresh):
            last = self._newest(check.rule)
            return f"{name} failed: the newest {check.rule.column} is {last or 'not there'}"
        examples = "; ".join(self._examples(check.rule))
        return f"{name} failed for {result.failed:,} of {result.examined:,} rows, as of {examples}"

    def _together(self, check: Check, *, fits: bool) -> CheckResult:
        failed = 0 if fits else max(self.whole, 1)
        return CheckResult(check.name, check.action, self.whole, failed)

    def _is_fresh(self, rule: Fresh) -> bool:
        last = self._newest(rule)
        at = self.task.at or datetime.now(UTC)
        return not self.whole or (last is not None and (at - last).total_seconds() <= rule.seconds)

    def _newest(self, rule: Fresh) -> datetime | None:
        name = self.rows.find(rule.column)
        known = self.schema.find(name)
        if known is None or known.type.kind not in DATED:
            raise Misread(
                f"it asks how new {name} is, which is {known.type if known else 'not there'}",
                "name a column that is a date or a timestamp",
            )
        return newest(self.connection, quote.name(_WHOLE), name)

    def _failing(self, rule: Rule) -> str:
        """The rows that fail, as something to select from."""
        true = self._unique(rule) if isinstance(rule, Unique) else holds(rule, self.rows)
        return f"{quote.name(_BUILT)} WHERE NOT ({true.sql('duckdb')})"

    def _unique(self, rule: Unique) -> exp.Expr:
        keys = [self.rows.find(each) for each in rule.columns]
        nulls = exp.or_(*(sql("$key IS NULL", key=column(key)) for key in keys))
        twins = exp.select(*columns(keys)).from_(exp.to_table(_WHOLE, quoted=True))
        twins = twins.where(exp.not_(nulls)).group_by(*columns(keys)).having(sql("count(*) > 1"))
        alone = exp.not_(is_among_rows(keys, twins))
        return sql("$nulls OR $alone", nulls=nulls, alone=alone)

    def _examples(self, rule: Rule) -> Iterator[str]:
        """Some rows that fail: what the rule is about first, and by what one knows them."""
        about = [self.rows.find(each) for each in _about(rule)]
        shown = list(dict.fromkeys([*about, *self.rows.columns]))[: max(_COLUMNS, len(about))]
        values = ", ".join(f"CAST({quote.name(name)} AS VARCHAR)" for name in shown)
        found = self.connection.execute(
            f"SELECT DISTINCT {values} FROM {self._failing(rule)} ORDER BY ALL LIMIT {_EXAMPLES}"
        ).fetchall()
        for row in found:
            yield ", ".join(f"{n} {_short(v)}" for n, v in zip(shown, row, strict=True))

    def _one(self, query: str) -> int:
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0


def _about(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule, Holds):
        return read_expression(rule.expression).columns
    if isinstance(rule, Exists):
        return (rule.column,)
    found = getattr(rule, "columns", None) or (getattr(rule, "column", None),)
    return tuple(each for each in found if each)


def _short(value: str | None) -> str:
    if value is None:
        return "null"
    return value if len(value) <= _LETTERS else f"{value[:_LETTERS]}..."


def _parts(made: Draft, by: tuple[str, ...]) -> Iterator[Part]:
    for path, keys in zip(made.paths, made.partitions, strict=True):
        rows = sum(made.counts.get(str(path), {}).values())
        values = tuple((name, keys.get(name)) for name in by)
        yield Part(str(path.relative_to(made.folder)), rows, path.stat().st_size, values)


def _view(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE VIEW {quote.name(name)} AS {query}")
