"""A job from beginning to end: at full speed while nothing is wrong, and carefully where it is."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.batch import Batch
from headwater.adapters.duckdb.careful.diagnose import counted, diagnose, notice
from headwater.adapters.duckdb.careful.path import Careful, Staged
from headwater.adapters.duckdb.careful.refusals import Refusals
from headwater.adapters.duckdb.columns.plan import Plan, undatable
from headwater.adapters.duckdb.columns.project import cells_of, raw_cells, strict
from headwater.adapters.duckdb.columns.sample import sample
from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.outcome import Round, conversion_of
from headwater.adapters.duckdb.parts.folders import is_shortened, logged, restored, shortened
from headwater.adapters.duckdb.parts.scatter import Scattered, guarding, look_ahead, scattered
from headwater.adapters.duckdb.parts.wide import (
    in_order,
    is_wide,
    joined_slices,
    slices_of,
    write_slice,
)
from headwater.adapters.duckdb.parts.write import Destination, Draft, draft, partition_columns
from headwater.adapters.duckdb.process.progress import watching
from headwater.adapters.duckdb.session import orderly, session
from headwater.adapters.duckdb.sources.lines import is_array
from headwater.adapters.duckdb.sources.relation import Reader
from headwater.adapters.duckdb.sources.source import Way
from headwater.adapters.duckdb.sources.virtual import TooManyPieces, VirtualFiles
from headwater.errors import EngineError, EngineRefused, NoSpace
from headwater.model.progress import Watch
from headwater.model.types import TEXT
from headwater.points import point
from headwater.ports.engine import Conversion, Fate, Job

_ROUNDS = 8
_MORE = 8


def convert(job: Job, watch: Watch) -> Conversion:
    """Convert a job's files; leave nothing in the scratch folder."""
    scratch = Path(job.scratch)
    shutil.rmtree(scratch, ignore_errors=True)  # of a child that died over the same job
    scratch.mkdir(parents=True)
    virtual = VirtualFiles()
    try:
        with session(job.limits, scratch, partitioned=bool(job.feed.partition)) as connection:
            connection.register_filesystem(virtual)
            reader = Reader(virtual, job.limits, connection.interrupt)
            with watching(connection, reader, job, watch):
                return _Conversion(job, connection, reader, scratch).run()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Conversion:
    """One job under way."""

    def __init__(
        self, job: Job, connection: duckdb.DuckDBPyConnection, reader: Reader, scratch: Path
    ) -> None:
        self.job = job
        self.connection = connection
        self.reader = reader
        self.scratch = scratch
        careful = Careful(connection, reader, job.feed, scratch)
        self.batch = Batch(job, connection, careful, reader)

    def run(self) -> Conversion:
        self.batch.open()
        point("src.open")
        sample(self.batch)
        if self.batch.turn_away():
            self._look_anew()
        else:
            self.batch.look_carefully()
        for number in range(_ROUNDS):
            if (done := self._round(number)) is not None:
                return conversion_of(self.batch, done, self._destination())
        raise EngineError(
            f"{len(self.batch.sources)} files could not be read the same way twice",
            hint="see whether something still writes to them",
        )

    def _round(self, number: int) -> Round | None:
        """Try to convert what is left; None if something has to be done otherwise."""
        plan = self.batch.plan()
        if (cause := undatable(self.job.feed, plan)) is not None:
            for place in list(self.batch.sources):
                self.batch.refuse(place, cause)
            self.batch.regroup()
        folder = self.scratch / f"round-{number}"
        folder.mkdir()
        refusals = Refusals(folder)
        try:
            staged = self._stage(plan, refusals)
            made = self._draft(plan, staged.values(), folder / "parts")
            tried = Round(plan, made, staged, refusals)
        except (duckdb.Error, EngineError) as error:
            self._learn(error, number)
            tried = None
        except Scattered:
            self._refuse_scattered(plan, staged.values())
            tried = None
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

    def _draft(self, plan: Plan, staged: Collection[Staged], folder: Path) -> Draft | None:
        uneven = staged or any(s.way is not Way.DIRECT for s in self.batch.sources.values())
        order = orderly(self.connection, self.job.limits) if uneven else nullcontext()
        with self.reader.leniently(), order:
            made = self._write(plan, staged, folder)
        if faults := self.reader.faults:
            raise EngineError("a file could not be read to its end") from faults[0]
        return made

    def _write(self, plan: Plan, staged: Collection[Staged], folder: Path) -> Draft | None:
        if not staged and self.batch.fast and is_wide(self.job.feed, plan):
            return self._write_apart(plan, folder)
        select = self._select(plan, staged)
        if select is None:
            return None
        if not self.job.feed.partition:
            return draft(self.connection, select, self._destination(), folder)
        most = self.job.limits.partitions * len(self.batch.sources)
        by = [each.name for each in self.job.feed.partition if each.function == "column"]
        if by:
            look_ahead(self.connection, select, by, most)
            self.reader.drop()
            select = self._select(plan, staged) or ""
        texts = _texts(plan, by)
        with guarding(self.connection, folder, most):
            made = draft(self.connection, shortened(select, texts), self._destination(), folder)
        if is_shortened(made, texts):
            self.reader.drop()
            made = restored(self.connection, self._select(plan, staged) or "", texts, made)
        return made

    def _write_apart(self, plan: Plan, folder: Path) -> Draft:
        """Write some columns after the others."""
        folder.mkdir(parents=True)
        plans, paths = list(slices_of(plan)), list[Path]()
        with in_order(self.connection, self.job.limits):
            for number, part in enumerate(plans):
                paths.append(folder / f"slice-{number}.parquet")
                select = self._select(part, (), apart=True) or ""
                write_slice(self.connection, select, self._destination(), paths[-1])
                if faults := self.reader.faults:
                    raise EngineError("a file could not be read to its end") from faults[0]
                self.reader.drop()
            return joined_slices(self.connection, plans, paths, self._destination(), folder)

    def _refuse_scattered(self, plan: Plan, staged: Iterable[Staged]) -> None:
        """Refuse the files whose rows belong to too many partitions."""
        self.reader.drop()
        select = self._select(plan, staged) or ""
        by = [each.name for each in self.job.feed.partition]
        causes = scattered(self.connection, select, by, self.job.limits.partitions)
        for place, source in list(self.batch.sources.items()):
            if source.input.arrival in causes:
                self.batch.refuse(place, causes[source.input.arrival])
        self.batch.regroup()

    def _select(self, plan: Plan, staged: Iterable[Staged], *, apart: bool = False) -> str | None:
        """The rows of the batch as they are written; apart: the plan is but some of the columns."""
        selects = [
            strict(
                group.shape,
                plan,
                self.job.feed,
                self.reader.cells(
                    group,
                    raw_cells(group.shape, plan),
                    only=cells_of(group.shape, plan) if apart else None,
                ),
            )
            for group in self.batch.fast
        ]
        paths = [str(path) for one in staged for path in one.paths]
        if paths:
            selects.append(f"FROM read_parquet({quote.texts(paths)})")
        selects += [one.select for one in staged if one.select is not None]
        if not selects:
            return None
        rows = " UNION ALL ".join(f"({select})" for select in selects)
        columns = ", ".join(self._columns(plan))
        return f"SELECT {columns} FROM ({rows})"

    def _columns(self, plan: Plan) -> list[str]:
        """Columns of the parts."""
        by = {p.column.lower() for p in self.job.feed.partition if p.column and p.name == p.column}
        chosen = ["_arrival"]
        for target in plan.targets:
            if target.type is None:
                continue
            name = quote.name(target.name)
            value = logged(name, target.type) if target.name.lower() in by else name
            chosen.append(f"{value} AS {name}")
        return chosen + partition_columns(self.job.feed, plan.schema(), self._landed())

    def _landed(self) -> str:
        days = {
            source.input.arrival: f"DATE '{source.input.landed_at:%Y-%m-%d}'"
            for source in self.batch.sources.values()
        }
        if len(set(days.values())) == 1:
            return next(iter(days.values()))
        return f"MAP([{', '.join(map(quote.text, days))}], [{', '.join(days.values())}])[_arrival]"

    def _destination(self) -> Destination:
        return Destination(
            self.job.feed,
            self.job.attempt,
            Path(self.job.table_location),
            self.job.limits.in_order,
        )

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
            return self._all_fitted(tried) and not self._widened_in_vain(tried)
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
        return not odd

    def _widened_in_vain(self, tried: Round) -> bool:
        """Whether a column became wider for a file that was then refused."""
        refused = (one.source.place for one in tried.staged.values() if one.cause is not None)
        found = [
            place
            for place in refused
            if not all(each.held for each in self.batch.growth.get(place, {}).values())
        ]
        for place in found:
            del self.batch.growth[place]
        return bool(found)

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


def _texts(plan: Plan, names: Collection[str]) -> list[str]:
    """Those of the columns that hold text, of any length."""
    found = ((name, plan.find(name)) for name in names)
    return [name for name, at in found if at is not None and at.type == TEXT]
