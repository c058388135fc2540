"""A job whose feed has steps or checks: straight through in one pass, or by way of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful.cellfile import CellFile
from headwater.adapters.duckdb.careful.diagnose import counted
from headwater.adapters.duckdb.careful.path import too_many
from headwater.adapters.duckdb.careful.refusals import Refusals
from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.laid import Layout
from headwater.adapters.duckdb.outcome import Round, conversion_of
from headwater.adapters.duckdb.parts.rivals import Rivals
from headwater.adapters.duckdb.parts.scatter import Scattered
from headwater.adapters.duckdb.parts.write import Draft
from headwater.adapters.duckdb.rounds import Rounds, rounds_of
from headwater.adapters.duckdb.shaping.agreed import Agreed
from headwater.adapters.duckdb.shaping.base import Base, TypedFile, typed_columns
from headwater.adapters.duckdb.shaping.compiled import Compiler
from headwater.adapters.duckdb.shaping.flawed import Flawed
from headwater.adapters.duckdb.shaping.freshness import fresh
from headwater.adapters.duckdb.shaping.references import references_of
from headwater.adapters.duckdb.shaping.shaped import Shaped, require_passed
from headwater.adapters.duckdb.shaping.staged import Staging
from headwater.adapters.duckdb.shaping.straight import Straight
from headwater.adapters.duckdb.sources.relation import Group, Reader
from headwater.adapters.duckdb.sources.source import Source
from headwater.errors import EngineError, EngineRefused, NoSpace
from headwater.model.arrival import Cause
from headwater.model.receipt import Books
from headwater.model.steps import Protect
from headwater.points import point
from headwater.ports.engine import Conversion, Job
from headwater.shape.rows import Reference
from headwater.shape.single import is_single
from headwater.shape.table import PROVENANCE


def shaped(job: Job, reader: Reader, connection: duckdb.DuckDBPyConnection) -> Conversion:
    """Convert a job through its feed's checks and steps."""
    _require_secrets(job)
    for name, value in job.secrets:
        connection.execute(f"SET VARIABLE {quote.name(name)} = {quote.text(value)}")
    references = references_of(job, connection, reader)
    rounds = rounds_of(_reading(job), reader, connection, numbered=True)
    layout = Layout(job, connection, reader, rounds.batch)
    return _Shaping(job, connection, reader, rounds, layout, references).run()


def _require_secrets(job: Job) -> None:
    known = {name for name, _ in job.secrets}
    for step in job.feed.steps:
        if isinstance(step, Protect) and step.secret is not None and step.secret not in known:
            raise EngineRefused(
                f"step protect of feed {job.feed.name} was not given the secret {step.secret}",
                hint=f"set the environment variable {step.secret} where workers run",
            )


def _reading(job: Job) -> Job:
    """The job as far as reading goes: before the steps, columns are those of the source."""
    if not job.feed.steps:
        return job
    return replace(job, table_schema=job.source_schema, feed=replace(job.feed, partition=()))


@dataclass(slots=True)
class _Shaping:
    """One job under way."""

    job: Job
    connection: duckdb.DuckDBPyConnection
    reader: Reader
    rounds: Rounds
    layout: Layout
    references: Mapping[str, Reference]

    def run(self) -> Conversion:
        self.rounds.begin()
        done, behind, read = self._straight() or self._staged()
        checks = (*behind.results(self.job.feed, read), *fresh(self.connection, self.job, behind))
        require_passed(self.job.feed, checks)
        conversion = conversion_of(self.rounds.batch, done, self.layout.destination)
        if not self.job.feed.steps:
            return replace(conversion, checks=checks)
        return replace(
            conversion,
            schema=behind.agreed.schema,
            widened=behind.agreed.widened,
            source=conversion.schema,
            checks=checks,
        )

    def _straight(self) -> tuple[Round, Shaped, int] | None:
        """Take sources that are read at full speed through in one pass; None if it takes more."""
        batch = self.rounds.batch
        if batch.slow or not batch.fast or not is_single(self.job.feed):
            return None
        plan = batch.plan()
        folder = Path(self.job.scratch) / "straight"
        folder.mkdir()
        way = Straight(
            self.connection, Compiler(self.job.feed, plan, self.references), self.job.table_schema
        )

        def typed() -> str:
            self.reader.drop()
            return f"SELECT {PROVENANCE}{typed_columns(plan)} FROM ({self.rounds.typed(plan)})"

        try:
            with self.reader.leniently():
                made = way.shape(typed, self._write, folder / "parts")
                faults = self.reader.faults
        except (duckdb.Error, EngineError) as error:
            failure = translated(error)
            if isinstance(failure, NoSpace | EngineRefused):
                raise failure from error
            return None
        except Scattered:
            return None
        finally:
            self.reader.drop()
        if made is None or faults or (steps := self._filtered(made)) is None:
            return None
        counts = self._counts()
        done = Round(plan, made.made, {}, Refusals(folder), steps)
        return done, made, sum(counts.values())

    def _filtered(self, made: Shaped) -> dict[str, Books] | None:
        """What was left out of each file; None if it is not what was counted as it was left out."""
        batch, findings = self.rounds.batch, self.reader.findings
        point("src.recheck")
        noticed = findings.unsound or findings.large or findings.refused
        if noticed or not all(source.unchanged for source in batch.sources.values()):
            return None
        rows = made.made.rows if made.made is not None else {}
        lost = made.made.lost if made.made is not None else {}
        left = {
            arrival: count - rows.get(arrival, 0) - lost.get(arrival, 0)
            for arrival, count in self._counts().items()
        }
        if min(left.values()) < 0 or sum(left.values()) != made.filtered:
            return None
        return {
            arrival: Books(filtered=count, deduplicated=lost.get(arrival, 0))
            for arrival, count in left.items()
            if count or arrival in lost
        }

    def _counts(self) -> dict[str, int]:
        """The independent count of each source's rows."""
        batch = self.rounds.batch
        sources = batch.sources.values()
        return {source.input.arrival: counted(batch, source) or 0 for source in sources}

    def _write(self, rows: Callable[[], str], columns: Agreed, folder: Path) -> Draft:
        made = self.layout.write(rows, columns.schema, folder)
        if not self.job.feed.takes:
            return made
        self.reader.drop()
        present = {source.input.arrival for source in self.rounds.batch.sources.values()}
        rivals = Rivals(self.connection, self.job)
        return rivals.settle(made, columns.schema, columns.widened, present)

    def _staged(self) -> tuple[Round, Shaped, int]:
        """Take typed rows that lie in a file through; files that are refused for it go first."""
        typed = self.rounds.run(TypedFile(self.connection, self.job))
        every = self._in_order()
        base = Base(
            typed.made.paths if typed.made is not None else (),
            typed.plan,
            {source.input.arrival: n for n, source in enumerate(every.values())},
        )
        compiler = Compiler(self.job.feed, typed.plan, self.references)
        number = 0
        while True:
            folder = Path(self.job.scratch) / f"shaped-{number}"
            folder.mkdir()
            staging = Staging(self.connection, compiler, base, folder / "shaped.parquet")
            behind = self._tried(typed, staging, list(every.values()), folder)
            if behind is not None:
                break
            number += 1
        self._hand_over(typed, staging, list(every.values()))
        rows = typed.made.rows if typed.made is not None else {}
        done = Round(typed.plan, behind.made, typed.staged, typed.refusals, behind.books)
        return done, behind, sum(rows.values())

    def _in_order(self) -> dict[int, Source]:
        """The sources by their places; as they landed, where that decides which row stays."""
        ranks = {arrival: n for n, arrival in enumerate(self.job.order)}
        batch = self.rounds.batch.sources.items()
        return dict(sorted(batch, key=lambda each: (ranks.get(each[1].input.arrival, 0), each[0])))

    def _tried(
        self, typed: Round, staging: Staging, sources: list[Source], folder: Path
    ) -> Shaped | None:
        """One try; None if files had to be refused."""
        batch = self.rounds.batch
        without = {s.input.arrival for s in sources if s.place not in batch.sources}
        if typed.made is None or not typed.made.paths:
            return Shaped(Agreed(self.job.table_schema, self.job.table_schema), None)
        staging.run(without)
        staging.require_whole(typed.made.rows, without)
        columns = staging.columns(self.job.table_schema)
        causes = self._too_bad(typed, staging)
        if not causes and (cause := self.layout.unfit(columns.schema)) is not None:
            causes = dict.fromkeys(batch.sources, cause)
        if not causes:
            try:
                return staging.shape(columns, self._write, folder / "parts")
            except Scattered:
                causes = self.layout.scattered(lambda: staging.rows(columns), columns.schema)
        for place, cause in causes.items():
            batch.refuse(place, cause)
        batch.regroup()
        return None

    def _too_bad(self, typed: Round, staging: Staging) -> dict[int, Cause]:
        """Files of which checks and steps refuse more rows than the feed allows."""
        found = {}
        for place, source in self.rounds.batch.sources.items():
            staged, told = typed.staged.get(place), staging.told.get(source.input.arrival)
            if told is None:
                continue
            rows = counted(self.rounds.batch, source) or 0 if staged is None else staged.counted
            refused = told.books.quarantined + (0 if staged is None else staged.refused)
            if self.job.feed.max_bad.exceeded(refused=refused, counted=rows):
                found[place] = too_many(refused, rows)
        return found

    def _hand_over(self, typed: Round, staging: Staging, sources: list[Source]) -> None:
        """Give refused rows their lines; a file that changed meanwhile is for the next attempt."""
        if not any(told.books.quarantined for told in staging.told.values()):
            return
        flawed = Flawed(self.connection, staging, sources, frozenset(typed.staged), self._cells)
        flawed.hand_over(typed.refusals)
        if changed := [source for source in sources if not source.unchanged]:
            raise EngineError(
                f"{changed[0].input.key} changed while its refused rows were looked up",
                hint="see whether something still writes to it",
            )

    def _cells(self, source: Source) -> CellFile:
        shape = self.rounds.batch.shapes[source.place]
        return self.rounds.batch.careful.file_of(Group(shape, [source]))
