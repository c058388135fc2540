"""Rounds over a batch: try, learn why it failed, and try again with what was learnt."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.batch import Batch
from headwater.adapters.duckdb.careful.cellfile import PLACE, ROW
from headwater.adapters.duckdb.careful.diagnose import counted, diagnose, notice
from headwater.adapters.duckdb.careful.path import Careful, Staged
from headwater.adapters.duckdb.careful.refusals import Refusals
from headwater.adapters.duckdb.columns.plan import Plan
from headwater.adapters.duckdb.columns.project import cells_of, raw_cells, strict
from headwater.adapters.duckdb.columns.sample import sample
from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.outcome import Round
from headwater.adapters.duckdb.parts.scatter import Scattered
from headwater.adapters.duckdb.parts.wide import (
    in_order,
    joined_slices,
    slices_of,
    write_slice,
)
from headwater.adapters.duckdb.parts.write import Destination, Draft
from headwater.adapters.duckdb.session import orderly
from headwater.adapters.duckdb.sources.lines import is_array
from headwater.adapters.duckdb.sources.relation import Reader
from headwater.adapters.duckdb.sources.source import Way
from headwater.adapters.duckdb.sources.virtual import TooManyPieces
from headwater.errors import EngineError, EngineRefused, NoSpace
from headwater.model.arrival import Cause
from headwater.model.types import Schema
from headwater.points import point
from headwater.ports.engine import Fate, Job
from headwater.shape.table import PROVENANCE

_ROUNDS = 8
_MORE = 8


class Goal(Protocol):
    """What typed rows are written for."""

    def unfit(self, schema: Schema, /) -> Cause | None:
        """Why rows of these columns cannot be written at all."""
        ...

    def apart(self, plan: Plan) -> Destination | None:
        """Where rows of very many columns go that are written some columns at a time."""
        ...

    def write(self, rows: Callable[[], str], schema: Schema, folder: Path, /) -> Draft:
        """Write the rows of a SELECT; Scattered if they belong to too many partitions."""
        ...

    def scattered(self, rows: Callable[[], str], schema: Schema, /) -> dict[int, Cause]:
        """The places of sources whose rows belong to too many partitions, and what is said."""
        ...


def rounds_of(
    job: Job, reader: Reader, connection: duckdb.DuckDBPyConnection, *, numbered: bool = False
) -> Rounds:
    """The rounds of a job; rows that are numbered keep their places."""
    scratch = Path(job.scratch)
    careful = Careful(connection, reader, job.feed, scratch, numbered=numbered)
    return Rounds(Batch(job, connection, careful, reader), connection, reader, scratch)


@dataclass(slots=True)
class Rounds:
    """One batch under way to typed rows."""

    batch: Batch
    connection: duckdb.DuckDBPyConnection
    reader: Reader
    scratch: Path

    def run(self, goal: Goal) -> Round:
        """Try until the books hold and all sources are still what they were."""
        for number in range(_ROUNDS):
            if (done := self._round(goal, number)) is not None:
                return done
        raise EngineError(
            f"{len(self.batch.sources)} files could not be read the same way twice",
            hint="see whether something still writes to them",
        )

    def begin(self) -> None:
        """Recognise the sources, and look at samples of them."""
        self.batch.open()
        point("src.open")
        sample(self.batch)
        if self.batch.turn_away():
            self._look_anew()
        else:
            self.batch.look_carefully()

    def typed(self, plan: Plan, staged: Iterable[Staged] = (), *, apart: bool = False) -> str:
        """SQL of the typed rows of the batch, in the order of its groups.

        Apart: the plan is but some of the columns.
        """
        selects = [
            strict(
                group.shape,
                plan,
                self.batch.job.feed,
                self.reader.cells(
                    group,
                    raw_cells(group.shape, plan),
                    only=cells_of(group.shape, plan) if apart else None,
                ),
            )
            for group in self.batch.fast
        ]
        if self.batch.careful.numbered:
            own = f"{PROVENANCE}, NULL::BIGINT AS {PLACE}, * EXCLUDE ({PROVENANCE})"
            selects = [f"SELECT {own} FROM ({each})" for each in selects]
        own = f"{PROVENANCE}, {ROW}.place AS {PLACE}" if self.batch.careful.numbered else PROVENANCE
        columns = ", ".join((own, *map(quote.name, plan.schema().names())))
        if paths := [str(path) for one in staged for path in one.paths]:
            selects.append(f"SELECT {columns} FROM read_parquet({quote.texts(paths)})")
        if judged := [str(one.judged) for one in staged if one.judged is not None]:
            files = quote.texts(judged)
            selects.append(
                f"SELECT {columns} FROM read_parquet({files}) WHERE {ROW}.misfit IS NULL"
            )
        selects += [one.select for one in staged if one.select is not None]
        return " UNION ALL ".join(f"({select})" for select in selects)

    def _round(self, goal: Goal, number: int) -> Round | None:
        """Try to convert what is left; None if something has to be done otherwise."""
        plan = self.batch.plan()
        if (cause := goal.unfit(plan.schema())) is not None:
            for place in list(self.batch.sources):
                self.batch.refuse(place, cause)
            self.batch.regroup()
            plan = self.batch.plan()  # files that are refused bring the table no columns
        folder = self.scratch / f"round-{number}"
        folder.mkdir()
        refusals = Refusals(folder)
        staged: dict[int, Staged] = {}
        tried = None
        try:
            staged = self._stage(plan, refusals)
            made = self._draft(goal, plan, staged.values(), folder / "parts")
            tried = Round(plan, made, staged, refusals)
        except (duckdb.Error, EngineError) as error:
            self._learn(error, number)
        except Scattered:
            rows = goal.scattered(lambda: self.typed(plan, staged.values()), plan.schema())
            for place, cause in rows.items():
                self.batch.refuse(place, cause)
            self.batch.regroup()
        finally:
            self.reader.drop()
        if tried is not None and self._holds(tried):
            return tried
        shutil.rmtree(folder, ignore_errors=True)
        return None

    def _stage(self, plan: Plan, refusals: Refusals) -> dict[int, Staged]:
        staged = {}
        for group in self.batch.slow:
            one = self.batch.careful.stage(group, plan, refusals)
            staged[one.source.place] = one
        return staged

    def _draft(
        self, goal: Goal, plan: Plan, staged: Collection[Staged], folder: Path
    ) -> Draft | None:
        if not self.batch.fast and all(one.is_empty for one in staged):
            return None
        uneven = staged or any(s.way is not Way.DIRECT for s in self.batch.sources.values())
        order = orderly(self.connection, self.reader.limits) if uneven else nullcontext()
        whole = any(one.select is not None for one in staged)
        apart = None if whole else goal.apart(plan)
        with self.reader.leniently(), order:
            if apart is not None:
                return self._write_apart(apart, plan, staged, folder)
            made = goal.write(lambda: self.typed(plan, staged), plan.schema(), folder)
        if faults := self.reader.faults:
            raise EngineError("a file could not be read to its end") from faults[0]
        return made

    def _write_apart(
        self, target: Destination, plan: Plan, staged: Collection[Staged], folder: Path
    ) -> Draft:
        """Write some columns after the others."""
        folder.mkdir(parents=True)
        plans, paths = list(slices_of(plan)), list[Path]()
        with in_order(self.connection, self.reader.limits):
            for number, part in enumerate(plans):
                paths.append(folder / f"slice-{number}.parquet")
                write_slice(
                    self.connection, self.typed(part, staged, apart=True), target, paths[-1]
                )
                faults = self.reader.faults
                self.reader.drop()
                if faults or self._is_unsound():  # the others would be for nothing
                    cause = faults[0] if faults else None
                    raise EngineError("a file could not be read to its end") from cause
            return joined_slices(self.connection, plans, paths, target, folder)

    def _is_unsound(self) -> bool:
        """Whether something that is read at full speed was found not to be sound."""
        fast = {source.place for group in self.batch.fast for source in group.sources}
        return bool(fast & self.reader.findings.unsound)

    def _learn(self, error: duckdb.Error | EngineError, number: int) -> None:
        """Find out why a round failed; raise if nothing is to be learnt from it."""
        faults = self.reader.faults
        self.reader.drop(hurried=True)
        failure = translated(error)
        if isinstance(failure, NoSpace | EngineRefused):
            raise failure from error
        if any(isinstance(fault, TooManyPieces) for fault in faults):
            self.reader.factor *= _MORE
            return
        if notice(self.batch):
            self._look_anew()  # that may have been all
            return
        if self.batch.distrust(self._large_arrays()):
            self._look_anew()
            return
        before = self._state()
        diagnose(self.batch)
        if self._state() == before and number:
            # What every single question answered well fails as a whole: go carefully.
            if not self.batch.distrust(list(self.batch.sources)):
                raise failure from error
            self.batch.regroup()
            self.batch.look_carefully()

    def _large_arrays(self) -> list[int]:
        """Those that are to be read but once more: to make lines of them takes long."""
        every = self.batch.sources.values()
        return [each.place for each in every if each.way is Way.PIECES and is_array(each)]

    def _state(self) -> object:
        ways = {place: source.way for place, source in self.batch.sources.items()}
        return ways, self.batch.plan(), [group.shape for group in self.batch.groups]

    def _holds(self, tried: Round) -> bool:
        """Whether the books of a round are right and its sources are still what they were."""
        point("src.recheck")
        if changed := [s for s in self.batch.sources.values() if not s.unchanged]:
            for source in changed:
                gone = not source.path.exists()
                self.batch.drop(source.place, Fate.GONE if gone else Fate.CHANGED)
            self.batch.regroup()
            return False
        before = {p: s.way for p, s in self.batch.sources.items()}
        notice(self.batch)
        unbalanced = self._unbalanced(tried)  # one that is read otherwise from here on is not
        self.batch.distrust(p for p in unbalanced if self.batch.sources[p].way is before[p])
        after = {p: s.way for p, s in self.batch.sources.items()}
        self.batch.regroup()
        if after == before:
            return self._all_fitted(tried) and not self._heard_in_vain(tried)
        self._look_anew()
        return False

    def _all_fitted(self, tried: Round) -> bool:
        """Whether all rows that should fit did; if not, each is looked at next time."""
        rows = tried.made.rows if tried.made is not None else {}
        odd = [
            one.source.place
            for one in tried.staged.values()
            if one.select is not None
            and rows.get(one.source.input.arrival, 0) != one.counted - one.refused
        ]
        self.batch.careful.doubted.update(odd)
        if self.batch.careful.guessed.intersection(odd):
            self._look_anew()
        return not odd

    def _heard_in_vain(self, tried: Round) -> bool:
        """Whether columns came, or became wider, for files that were then refused.

        If all were, there is nobody else to make columns for.
        """
        batch = self.batch
        refused = {one.source.place for one in tried.staged.values() if one.cause is not None}
        widened = [
            place
            for place in refused
            if not all(each.held for each in batch.growth.get(place, {}).values())
        ]
        for place in widened:
            del batch.growth[place]
        brought = {
            place
            for place in refused - batch.mute
            if {name.lower() for name in batch.shapes[place].columns} - batch.known_columns()
        }
        if brought and refused < batch.sources.keys():
            batch.mute |= brought
            self._look_anew()
            return True
        return bool(widened)

    def _look_anew(self) -> None:
        self.batch.begin_anew()
        sample(self.batch)
        self.batch.look_carefully()

    def _unbalanced(self, tried: Round) -> list[int]:
        rows = tried.made.rows if tried.made is not None else {}
        return [
            source.place
            for source in self.batch.sources.values()
            if source.way is not Way.CAREFUL
            and rows.get(source.input.arrival, 0) != counted(self.batch, source)
        ]
