"""A replay that changes nothing: the files are converted aside, and compared with what is there."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from headwater.errors import EngineError, TypesDiffer
from headwater.flow.choice import Choice, Passed, choose
from headwater.flow.convert import job_of
from headwater.flow.followed import followed_by
from headwater.flow.isolate import Turn, convert_singly, turns_of
from headwater.flow.layout import is_all_read_again, is_made_anew
from headwater.flow.reject import rejected
from headwater.flow.replay import Books
from headwater.flow.sweep import ASIDE
from headwater.flow.taken import taken_from
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, AttemptId, Key
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Progress, Watch, nobody
from headwater.model.types import Schema
from headwater.ports.engine import Conversion, Engine, Fate, InputResult, Job
from headwater.shape.table import PROVENANCE, table_schema

Partition = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a replay would make of one file."""

    arrival: ArrivalId
    key: Key
    rows_before: int
    rows_after: int
    refused_before: int
    refused_after: int
    whole_before: bool  # refused whole, given up or gone
    whole_after: bool
    cause: Cause | None = None  # why it would be refused whole

    @property
    def differs(self) -> bool:
        """Whether its figures would be others."""
        before = (self.rows_before, self.refused_before, self.whole_before)
        return before != (self.rows_after, self.refused_after, self.whole_after)


@dataclass(frozen=True, slots=True)
class PartitionChange:
    """Rows of these files in one partition, as it is and as it would be."""

    partition: Partition
    rows_before: int
    rows_after: int


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column that would come, go, or get another type."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a replay would change."""

    table: str
    files: tuple[FileChange, ...]
    partitions: tuple[PartitionChange, ...]
    columns: tuple[ColumnChange, ...]
    partition_by: tuple[str, ...] | None  # None: as it is
    passed: tuple[Passed, ...]
    waiting: tuple[Arrival, ...]


def rehearse(world: World, feed: Feed, choice: Choice, watch: Watch = nobody) -> Rehearsal:
    """Convert what is meant into a folder that is thrown away."""
    chosen = choose(world, choice)
    snapshot = world.tables.snapshot(feed.table)
    again = [replace(each, generation=each.generation + 1) for each in chosen.arrivals]
    anew = is_made_anew(world, feed, again, snapshot)
    turned_away = rejected(world, feed, again)
    with _aside(world) as folder:
        taken_up = [each for each in again if each.id not in turned_away]

        def may_differ() -> bool:
            return snapshot is not None and is_all_read_again(world, again, snapshot)

        tried = _Trial(world, feed, folder, watch, may_differ)
        try:
            tried.convert(taken_up, anew=anew)
        except TypesDiffer:
            anew, tried = True, _Trial(world, feed, folder, watch, lambda: False)
            tried.convert(taken_up, anew=True)
    results = {**tried.results, **turned_away}
    before = {each.id: each for each in followed_by(world, again)}
    books = Books(world)
    taken: Counter[ArrivalId] = Counter()
    if feed.takes and snapshot is not None:
        taken = taken_from(world, list(before.values()), snapshot)
    return Rehearsal(
        table=feed.table,
        files=tuple(
            _file(each, results[each.id], (list(before.values()), taken), books) for each in again
        ),
        partitions=tuple(_partitions(world, snapshot, _read(again, results, before), tried)),
        columns=tuple(_columns(feed, snapshot, tried.schema, anew=anew)),
        partition_by=tuple(by.name for by in feed.partition) if anew else None,
        passed=chosen.passed,
        waiting=chosen.waiting,
    )


@contextmanager
def _aside(world: World) -> Iterator[Path]:
    world.scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=ASIDE, dir=world.scratch) as folder:
        yield Path(folder)


@dataclass(slots=True)
class _Trial:
    """A conversion that leads to nothing."""

    world: World
    feed: Feed
    folder: Path
    watch: Watch
    may_differ: Callable[[], bool]  # in types from the table, which would be made anew
    results: dict[ArrivalId, InputResult] = field(default_factory=dict)
    rows: Counter[Partition] = field(default_factory=Counter)
    schema: Schema | None = None
    done_bytes: int = 0

    def convert(self, arrivals: Sequence[Arrival], *, anew: bool) -> None:
        """Convert in turns, each of which is thrown away before the next one begins."""
        job = job_of(self.world, self.feed, AttemptId("aside-0"), arrivals, anew=anew)
        engine = self.world.engine()
        try:
            for turn in turns_of(job.inputs, self.feed.batch):
                self._add(self._turn(engine, job, turn))
                self.done_bytes += sum(each.size_bytes for each in turn)
                shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            engine.close()

    def _turn(self, engine: Engine, job: Job, turn: Turn) -> Conversion:
        one = replace(
            job,
            inputs=turn,
            table_schema=job.table_schema if self.schema is None else self.schema,
            table_location=str(self.folder / "table"),
            refusals_location=str(self.folder / "refused"),
            scratch=str(self.folder / "work"),
        )
        total = sum(each.size_bytes for each in job.inputs)

        def tell(progress: Progress) -> None:
            done = self.done_bytes + progress.done_bytes
            self.watch(replace(progress, stage="rehearsing", done_bytes=done, total_bytes=total))

        try:
            return engine.convert(one, tell)
        except EngineError as error:  # as a worker does
            if isinstance(error, TypesDiffer) and self.may_differ():
                raise
            return convert_singly(engine, one, tell)

    def _add(self, made: Conversion) -> None:
        self.results.update({each.arrival: each for each in made.results})
        for part in made.parts:
            self.rows[part.partition] += part.rows
        self.schema = made.schema


def _file(
    arrival: Arrival,
    result: InputResult,
    of: tuple[Sequence[Arrival], Mapping[ArrivalId, int]],
    books: Books,
) -> FileChange:
    visible, taken = of
    before = [said for each in visible if each.key == arrival.key and (said := books.of(each))]
    own = books.of(arrival)
    return FileChange(
        arrival=arrival.id,
        key=arrival.key,
        rows_before=sum(said.books.written - taken.get(said.arrival, 0) for said in before),
        rows_after=result.books.written if result.fate is Fate.READ else 0,
        refused_before=own.books.quarantined if own else 0,
        refused_after=result.books.quarantined if result.fate is Fate.READ else 0,
        whole_before=arrival.state is not ArrivalState.COMPLETED,
        whole_after=result.fate is not Fate.READ,
        cause=result.cause,
    )


def _read(
    again: Sequence[Arrival],
    results: dict[ArrivalId, InputResult],
    before: dict[ArrivalId, Arrival],
) -> list[ArrivalId]:
    """The arrivals whose rows would go: those of files that would be refused whole stay."""
    keys = {each.key for each in again if results[each.id].fate is Fate.READ}
    return sorted(each.id for each in before.values() if each.key in keys)


def _partitions(
    world: World, snapshot: Snapshot | None, gone: Sequence[ArrivalId], tried: _Trial
) -> Iterator[PartitionChange]:
    there = Counter[Partition]() if snapshot is None else _rows_of(world, snapshot, gone)
    for partition in sorted({*there, *tried.rows}, key=str):
        yield PartitionChange(partition, there[partition], tried.rows[partition])


def _rows_of(world: World, snapshot: Snapshot, arrivals: Sequence[ArrivalId]) -> Counter[Partition]:
    """Rows of these arrivals in each partition."""
    rows: Counter[Partition] = Counter()
    by_partition: dict[Partition, list[Part]] = {}
    known = set(arrivals)
    for part in snapshot.parts:
        if part.first_arrival is not None and part.first_arrival == part.last_arrival:
            rows[part.partition] += part.rows if part.first_arrival in known else 0
        else:
            by_partition.setdefault(part.partition, []).append(part)
    listed = ", ".join(f"'{each}'" for each in arrivals) or "null"  # our own, letters and digits
    location = world.tables.location(snapshot.table)
    for partition, parts in by_partition.items():
        some = replace(snapshot, parts=tuple(parts))
        sql = f'select count(*) from "{snapshot.table}" where {PROVENANCE} in ({listed})'  # noqa: S608 - names are checked
        rows[partition] += world.asker.ask(sql, [(some, location)]).rows()[0][0]
    return +rows


def _columns(
    feed: Feed, snapshot: Snapshot | None, rows: Schema | None, *, anew: bool
) -> Iterator[ColumnChange]:
    if rows is None or not rows.columns:
        return
    before = {c.name: str(c.type) for c in snapshot.schema.columns} if snapshot else {}
    after = {c.name: str(c.type) for c in table_schema(feed, rows).columns}
    for name in dict.fromkeys([*before, *after]):
        goes = name not in after and anew
        if goes or (name in after and before.get(name) != after[name]):
            yield ColumnChange(name, before.get(name), after.get(name))
