"""A staged engine keeps the engine's contract for a lake that is not on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.adapters.memory import MemoryStore
from headwater.adapters.staging import Leaving, Places, Shelf, StagedAsker, StagedEngine
from headwater.errors import ObjectExists, StoreError
from headwater.model.part import Part, Snapshot
from headwater.model.progress import nobody
from headwater.model.types import Schema
from headwater.ports.engine import Compacting, Fate
from headwater.reading.source import source_stamp
from tests.contracts.bench import Bench, feed_of, schema_of
from tests.contracts.engine import EngineContract


class FarEngine:
    """Plays a local task in a far lake: what it needs goes there before, what it makes comes back.

    So the contract's tests, which look at files, can ask of a far lake what they ask of a near one.
    """

    def __init__(self, engine):
        self.store = MemoryStore(name="far")
        places = Places([self.store])
        self.staged = StagedEngine(engine, places, Shelf(places))

    def convert(self, job, watch):
        far = replace(
            job,
            inputs=tuple(self._far_input(each) for each in job.inputs),
            table_location="far:table",
            refusals_location="far:refused",
        )
        made = self.staged.convert(far, watch)
        self._back("table", Path(job.table_location), [part.path for part in made.parts])
        self._back("refused", Path(job.refusals_location), made.refusals)
        return made

    def rewrite(self, rewriting):
        self._there(Path(rewriting.table_location))
        made = self.staged.rewrite(replace(rewriting, table_location="far:table"))
        self._back("table", Path(rewriting.table_location), [part.path for part in made.parts])
        return made

    def compact(self, compacting, watch):
        self._there(Path(compacting.table_location))
        made = self.staged.compact(replace(compacting, table_location="far:table"), watch)
        names = [each.part.path for each in made.joined]
        self._back("table", Path(compacting.table_location), names)
        return made

    def close(self):
        self.staged.close()

    def _far_input(self, each):
        path = Path(each.location)
        name = f"raw/{each.arrival}/{path.name}"
        self.store.delete(name)
        if not path.exists():
            return replace(each, location=f"far:{name}")
        stat = self.store.create(name, path.read_bytes())
        same = source_stamp(path.stat()) == each.stamp
        return replace(each, location=f"far:{name}", stamp=stat.stamp if same else "another")

    def _there(self, table):
        for stat in list(self.store.list("table/")):
            self.store.delete(stat.name)
        for path in table.rglob("*.parquet"):
            self.store.create(f"table/{path.relative_to(table)}", path.read_bytes())

    def _back(self, prefix, folder, names):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(self.store.read(f"{prefix}/{name}"))


@pytest.fixture(scope="module")
def shared():
    engine = DuckEngine()
    engine.warm()
    yield engine
    engine.close()


@pytest.fixture
def engine(shared):
    return FarEngine(shared)


class TestStagedEngine(EngineContract):
    pass


@pytest.fixture
def bench(engine, tmp_path):
    return Bench(engine, tmp_path)


def test_nothing_of_a_far_task_stays_on_this_machine(bench, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "here"))
    (tmp_path / "here").mkdir()

    bench.convert("id\n1\nx,y\n")

    assert not list((tmp_path / "here").rglob("*.parquet"))


def test_a_part_that_is_there_already_is_never_written_over(bench):
    job = bench.job("id\n1\n")
    (part,) = bench.engine.convert(job, nobody).parts
    before = bench.engine.store.read(f"table/{part.path}")

    with pytest.raises(ObjectExists):
        bench.engine.convert(job, nobody)

    assert bench.engine.store.read(f"table/{part.path}") == before


def test_a_job_of_which_nothing_is_there_tells_so_of_each_file(bench):
    job = bench.job("id\n1\n", "id\n2\n")
    for each in job.inputs:
        Path(each.location).unlink()

    made = bench.engine.convert(job, nobody)

    assert [each.fate for each in made.results] == [Fate.GONE, Fate.GONE]
    assert made.parts == ()


class Held(MemoryStore):
    """A store that takes nothing until it is let; or refuses to."""

    def __init__(self):
        super().__init__(name="far")
        self.let, self.error = Event(), None

    def take(self, takings):
        assert self.let.wait(20)
        if self.error:
            raise self.error
        return super().take(takings)


@pytest.fixture
def held(shared, tmp_path):
    far = FarEngine(shared)
    far.store = Held()
    places, leaving = Places([far.store]), Leaving()
    far.staged = StagedEngine(shared, places, Shelf(places), leaving=leaving)
    job = Bench(far, tmp_path).job("id\n1\n")
    inputs = tuple(far._far_input(each) for each in job.inputs)
    where = {"table_location": "far:table", "refusals_location": "far:refused"}
    yield far.store, far.staged, replace(job, inputs=inputs, lingers=True, **where), leaving
    far.store.let.set()


def test_parts_of_a_job_that_lingers_go_while_others_are_converted(held):
    store, staged, job, leaving = held

    made = staged.convert(job, nobody)
    assert [each.name for each in store.list("table/")] == []
    store.let.set()
    leaving.wait(job.attempt)

    assert [each.name for each in store.list("table/")] == [f"table/{made.parts[0].path}"]


def test_whoever_awaits_parts_is_told_that_they_could_not_go(held):
    store, staged, job, leaving = held
    store.error = StoreError("out of reach")
    store.let.set()

    staged.convert(job, nobody)

    with pytest.raises(StoreError, match="out of reach"):
        leaving.wait(job.attempt)


def test_inputs_go_as_soon_as_they_are_converted(held, tmp_path, monkeypatch):
    store, staged, job, leaving = held
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "here"))
    (tmp_path / "here").mkdir()

    made = staged.convert(job, nobody)
    staying = [each.name for each in (tmp_path / "here").rglob("*.*") if each.is_file()]
    store.let.set()
    leaving.wait(job.attempt)

    assert [each for each in staying if each != ".held"] == [Path(made.parts[0].path).name]
    assert not list((tmp_path / "here").rglob("*.parquet"))


class Overheard:
    """An engine that keeps the jobs that another was given."""

    def __init__(self, engine):
        self.engine, self.jobs = engine, []

    def convert(self, job, watch):
        self.jobs.append(job)
        return self.engine.convert(job, watch)


def test_records_that_nobody_has_counted_are_counted_where_a_file_was_brought(shared, tmp_path):
    overheard = Overheard(shared)
    bench = Bench(FarEngine(overheard), tmp_path)

    bench.convert("id\n1\n2\n", feed=feed_of(format="csv"))

    assert [each.records for each in overheard.jobs[0].inputs] == [3]  # the header is one


class TestShelf:
    """Parts are kept for who asks next, and go where there is no more room."""

    @pytest.fixture
    def store(self):
        return MemoryStore(name="far")

    def part(self, store, name, size=10):
        store.create(f"table/{name}", b"x" * size)
        return Part(path=name, rows=1, size_bytes=size)

    def test_a_part_is_brought_once(self, store):
        part, shelf = self.part(store, "a"), Shelf(Places([store]))
        with shelf.tables([("far:table", [part])]):
            store.delete("table/a")

        with shelf.tables([("far:table", [part])]) as (folder,):
            assert (Path(folder) / "a").read_bytes() == b"x" * 10

    def test_the_part_that_was_not_asked_for_the_longest_time_goes_first(self, store):
        old, kept, new = (self.part(store, name) for name in ("old", "kept", "new"))
        shelf = Shelf(Places([store]), most_bytes=20)
        for parts in ([old], [kept], [old], [new]):
            with shelf.tables([("far:table", parts)]) as (folder,):
                pass

        assert sorted(each.name for each in Path(folder).iterdir()) == ["new", "old"]

    def test_what_is_in_use_stays_though_there_is_no_room(self, store):
        first, second = self.part(store, "a"), self.part(store, "b")
        shelf = Shelf(Places([store]), most_bytes=10)

        with (
            shelf.tables([("far:table", [first])]) as (folder,),
            shelf.tables([("far:table", [second])]),
        ):
            assert (Path(folder) / "a").exists()

    def test_what_lies_on_this_machine_is_used_where_it_lies(self, store, tmp_path):
        with Shelf(Places([store])).tables([(str(tmp_path), [])]) as folders:
            assert folders == [str(tmp_path)]


def test_a_far_table_is_asked_and_answers_while_somebody_reads(shared, tmp_path):
    bench = Bench(FarEngine(shared), tmp_path)
    made = bench.convert("id,name\n1,a\n2,b\n")
    places = Places([bench.engine.store])
    asker = StagedAsker(DuckAsker(), Shelf(places, most_bytes=0))
    snapshot = Snapshot("sales", 0, Schema(made.schema.columns), (), made.parts)

    first = asker.ask("select id from sales order by id", [(snapshot, "far:table")])
    second = asker.ask("select max(name) from sales", [(snapshot, "far:table")])

    assert second.rows() == [("b",)]
    assert first.rows() == [(1,), (2,)]


class Letting:
    """An engine that lets a store take, once it has joined groups a second time."""

    def __init__(self, engine, store):
        self.engine, self.store, self.times = engine, store, 0

    def compact(self, compacting, watch):
        self.times += 1
        made = self.engine.compact(compacting, watch)
        if self.times > 1:
            self.store.let.set()
        return made


def test_what_was_joined_goes_while_the_next_groups_are_joined(shared, tmp_path, monkeypatch):
    monkeypatch.setattr("headwater.adapters.staging.engine._AT_ONCE_BYTES", 1)
    far = FarEngine(shared)
    far.store = Held()
    far.store.let.set()
    places = Places([far.store])
    far.staged = StagedEngine(shared, places, Shelf(places))
    bench = Bench(far, tmp_path)
    parts = [bench.convert(f"id\n{n}\n").parts[0] for n in range(1, 5)]
    groups = (tuple(parts[:2]), tuple(parts[2:]))
    schema = schema_of(id="bigint", _arrival="text")
    task = Compacting("c1-1", feed_of(), str(bench.folder / "table"), schema, groups)
    far.staged = StagedEngine(Letting(shared, far.store), places, Shelf(places))
    far.store.let.clear()

    done = far.compact(task, nobody)

    assert len(done.joined) == 2


def test_groups_that_are_joined_one_after_the_other_tell_what_they_took_together(
    bench, monkeypatch
):
    monkeypatch.setattr("headwater.adapters.staging.engine._AT_ONCE_BYTES", 1)
    schema = schema_of(id="bigint", _arrival="text")
    groups = [
        tuple(bench.convert(f"id\n{n}\n").parts[0] for n in (first, first + 1)) for first in (1, 3)
    ]
    task = Compacting("c1-1", feed_of(), str(bench.folder / "table"), schema, tuple(groups))

    done = bench.engine.compact(task, nobody)

    assert len(done.joined) == 2
    assert done.cpu_seconds > 0
