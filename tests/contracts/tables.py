"""What tables and their log promise. Enrol with `tables`, `open_tables` and `put_part`.

`tables` are empty. `open_tables` can be pickled and opens the same tables in another process.
`put_part(table, path, ids)` writes a Parquet file of rows with these ids, of the arrival
`a1`, below the table's location, and answers the Part.
"""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from headwater import points
from headwater.errors import (
    CommitConflict,
    HeadwaterError,
    UnknownTable,
    UsageError,
)
from headwater.model.types import BIGINT, TEXT, Column, Schema, Type, decimal, parse_type
from headwater.ports.tables import Commit, CommitOutcome, CommitResult

SPAWN = multiprocessing.get_context("spawn")
SALES = Schema((Column("id", BIGINT), Column("_arrival", TEXT)))
OK, DUPLICATE, FENCED = CommitOutcome.OK, CommitOutcome.DUPLICATE, CommitOutcome.FENCED


def commit_of(manifest, *parts, attempt=1, **more):
    return Commit("sales", manifest, f"{manifest}-{attempt}", parts, **more)


class TablesContract:
    @pytest.fixture
    def sales(self, tables):
        tables.ensure("sales", SALES, ())
        return tables

    # What is there

    def test_there_is_nothing_before_anything_was_made(self, tables):
        assert tables.names() == []
        assert tables.snapshot("sales") is None
        assert tables.committed("sales", "m1") is None
        assert list(tables.log("sales")) == []

    def test_a_table_that_was_made_is_there_and_empty(self, sales):
        snapshot = sales.snapshot("sales")

        assert sales.names() == ["sales"]
        assert (snapshot.version, snapshot.schema, snapshot.parts) == (0, SALES, ())

    def test_tables_are_named_in_order(self, tables):
        for name in ("zebra", "ant", "m2"):
            tables.ensure(name, SALES, ())

        assert tables.names() == ["ant", "m2", "zebra"]

    @pytest.mark.parametrize("name", ["", "../x", "a/b", "Sales", "_log", "1st", "a b", ".", "a\n"])
    def test_what_is_not_a_name_is_refused_before_anything_happens(self, tables, name):
        for call in (
            lambda: tables.location(name),
            lambda: tables.snapshot(name),
            lambda: tables.ensure(name, SALES, ()),
            lambda: tables.commit(Commit(name, "m1", "m1-1", ())),
            lambda: tables.fence(name, ["m1"]),
            lambda: tables.committed(name, "m1"),
            lambda: list(tables.log(name)),
        ):
            with pytest.raises(UsageError):
                call()
        assert tables.names() == []

    # Columns

    def test_every_type_comes_back_as_it_went_in(self, tables):
        kinds = (
            "text boolean smallint int bigint decimal(12,2) decimal(38,0) real double date "
            "timestamp timestamp_ntz binary array<bigint> map<text,decimal(5,1)> "
            "struct<a:int,b:array<struct<c:timestamp_ntz>>>"
        )
        schema = Schema(
            tuple(Column(f"c{at}", parse_type(kind)) for at, kind in enumerate(kinds.split()))
        ).plus((Column("must", BIGINT, nullable=False), Column("é ü,;", TEXT)))

        tables.ensure("wide", schema, ())

        assert tables.snapshot("wide").schema == schema

    def test_a_type_that_the_tables_cannot_hold_is_refused_by_name(self, tables):
        with pytest.raises(UsageError, match=r"column at is of type time"):
            tables.ensure("sales", Schema((Column("at", Type("time")),)), ())

        assert tables.names() == []

    def test_ensuring_twice_changes_nothing(self, sales):
        sales.ensure("sales", SALES, ())

        assert sales.snapshot("sales").version == 0

    def test_columns_that_are_lacking_are_added_at_the_end_and_may_be_null(self, sales):
        more = Column("amount", decimal(12, 2), nullable=False)

        sales.ensure("sales", Schema((more, Column("id", BIGINT))), ())

        assert sales.snapshot("sales").schema == SALES.plus((Column("amount", decimal(12, 2)),))

    def test_a_column_that_may_be_null_for_once_may_be_null_for_ever(self, tables):
        tables.ensure("sales", Schema((Column("id", BIGINT, nullable=False),)), ())

        tables.ensure("sales", SALES, ())

        assert tables.snapshot("sales").schema == SALES

    def test_a_column_of_another_type_is_a_conflict_that_names_both(self, sales):
        with pytest.raises(CommitConflict, match=r"id text.*id bigint"):
            sales.ensure("sales", Schema((Column("id", TEXT), Column("b", TEXT))), ())

        assert sales.snapshot("sales").schema == SALES

    def test_a_column_spelled_in_another_case_is_a_conflict(self, sales):
        with pytest.raises(CommitConflict, match=r"ID bigint.*id bigint"):
            sales.ensure("sales", Schema((Column("ID", BIGINT),)), ())

    def test_other_partition_columns_are_a_conflict_that_names_both(self, tables):
        tables.ensure("sales", SALES, ("year",))

        with pytest.raises(CommitConflict, match=r"year, month.*by year"):
            tables.ensure("sales", SALES, ("year", "month"))

    def test_partition_columns_made_of_dates_need_no_declaration(self, tables):
        by = ("year", "month", "day", "hour", "arrival_date")

        tables.ensure("sales", SALES, by)

        snapshot = tables.snapshot("sales")
        assert snapshot.partition_by == by
        assert [str(snapshot.schema.find(name).type) for name in by] == ["int"] * 4 + ["date"]

    def test_a_partition_column_that_is_nowhere_is_refused(self, tables):
        with pytest.raises(UsageError, match="'region'"):
            tables.ensure("sales", SALES, ("region",))

    # Commits

    def test_a_commit_shows_its_parts_as_they_were_given(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1, 2])

        result = sales.commit(commit_of("m1", part))

        assert result == CommitResult(OK, 1)
        assert sales.snapshot("sales").parts == (part,)
        assert ids(sales) == [1, 2]

    def test_partition_values_are_true_values_whatever_the_folder_is_called(self, tables, put_part):
        by = ("region", "month")
        tables.ensure("sales", SALES.plus((Column("region", TEXT),)), by)
        odd = put_part("sales", "region=a%20b%2F%C3%A9%3D%250/month=04/p.parquet", [1])
        none = put_part("sales", "region=__HIVE_DEFAULT_PARTITION__/month=11/p.parquet", [2])

        tables.commit(
            commit_of(
                "m1",
                laid(odd, ("region", "a b/é=%0"), ("month", "04")),
                laid(none, ("region", None), ("month", "11")),
            )
        )

        assert set(tables.snapshot("sales").parts) == {
            laid(odd, ("region", "a b/é=%0"), ("month", "4")),
            laid(none, ("region", None), ("month", "11")),
        }
        assert list(tables.log("sales"))[-1].added == (
            laid(odd, ("region", "a b/é=%0"), ("month", "4")),
            laid(none, ("region", None), ("month", "11")),
        )
        assert ids(tables) == [1, 2]

    def test_a_commit_without_parts_is_a_commit(self, sales):
        assert sales.commit(commit_of("m1")).outcome is OK
        assert sales.committed("sales", "m1").added == ()

    def test_there_is_no_commit_and_no_fence_without_a_table(self, tables):
        with pytest.raises(UnknownTable):
            tables.commit(commit_of("m1"))
        with pytest.raises(UnknownTable):
            tables.fence("sales", ["m1"])

    def test_a_part_that_is_gone_or_cut_short_is_never_committed(self, sales, put_part):
        whole = put_part("sales", "part-m1-1-0.parquet", [1])
        for part in (
            laid(whole, path="part-m1-1-9.parquet"),
            laid(whole, size_bytes=whole.size_bytes + 1),
        ):
            with pytest.raises(CommitConflict):
                sales.commit(commit_of("m1", part))

        assert sales.snapshot("sales").version == 0

    def test_a_part_laid_out_otherwise_than_the_table_is_never_committed(self, sales, put_part):
        part = laid(put_part("sales", "month=04/p.parquet", [1]), ("month", "4"))

        with pytest.raises(CommitConflict):
            sales.commit(commit_of("m1", part))

    def test_committing_a_manifest_again_is_a_duplicate_and_keeps_the_first(self, sales, put_part):
        first = put_part("sales", "part-m1-1-0.parquet", [1])
        sales.commit(commit_of("m1", first))
        second = put_part("sales", "part-m1-2-0.parquet", [1])

        for commit in (commit_of("m1", first), commit_of("m1", second, attempt=2)):
            assert sales.commit(commit) == CommitResult(DUPLICATE, 1)

        assert sales.snapshot("sales").parts == (first,)
        assert sales.snapshot("sales").version == 1

    def test_a_commit_keeps_its_receipt(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1])
        receipt = {"files": [{"key": "é/\u2028\n.csv", "rows": 2**53}], "cause": None}
        before = datetime.now(UTC).replace(microsecond=0)

        sales.commit(commit_of("m1", part, receipt=receipt))

        entry = sales.committed("sales", "m1")
        assert entry == list(sales.log("sales"))[1]
        assert (entry.manifest, entry.attempt, entry.version) == ("m1", "m1-1", 1)
        assert (entry.receipt, entry.added, entry.removed) == (receipt, (part,), ())
        assert before <= entry.committed_at <= datetime.now(UTC)

    # Removing

    def test_removing_and_adding_is_one_version(self, sales, put_part):
        old, new = (put_part("sales", f"part-m{at}-1-0.parquet", [at]) for at in (1, 2))
        sales.commit(commit_of("m1", old))

        sales.commit(commit_of("m2", new, remove=(old.path,)))

        assert [sales.snapshot("sales", v).parts for v in range(3)] == [(), (old,), (new,)]
        assert list(sales.log("sales"))[2].removed == (old.path,)

    def test_removing_what_is_not_there_is_a_conflict_and_adds_nothing(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1])

        with pytest.raises(CommitConflict, match=r"part-m0-1-0\.parquet"):
            sales.commit(commit_of("m1", part, remove=("part-m0-1-0.parquet",)))

        assert sales.snapshot("sales").version == 0

    def test_an_old_version_keeps_its_list(self, sales, put_part):
        old = put_part("sales", "part-m1-1-0.parquet", [1])
        sales.commit(commit_of("m1", old))
        seen = sales.snapshot("sales")

        sales.ensure("sales", SALES.plus((Column("b", TEXT),)), ())
        sales.commit(commit_of("m2", remove=(old.path,)))

        assert sales.snapshot("sales", seen.version) == seen
        assert ids(sales, seen.version) == [1]

    def test_a_version_that_was_never_made_is_not_there(self, sales):
        assert sales.snapshot("sales", 1) is None
        assert sales.snapshot("sales", -1) is None

    # Fences

    def test_a_fenced_attempt_is_refused_and_another_is_not(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1])

        assert sales.fence("sales", ["m1-1"]) == set()

        assert sales.commit(commit_of("m1", part)).outcome is FENCED
        assert sales.snapshot("sales").parts == ()
        assert sales.commit(commit_of("m1", part, attempt=2)).outcome is OK

    def test_a_fenced_manifest_is_refused_whatever_the_attempt(self, sales):
        sales.fence("sales", ["m1"])

        assert sales.commit(commit_of("m1")).outcome is FENCED
        assert sales.commit(commit_of("m1", attempt=2)).outcome is FENCED
        assert sales.committed("sales", "m1") is None

    def test_a_fence_after_the_commit_says_so_and_changes_nothing(self, sales):
        sales.commit(commit_of("m1"))

        assert sales.fence("sales", ["m1", "m1-1", "m2-1"]) == {"m1", "m1-1"}

        assert sales.commit(commit_of("m1", attempt=2)) == CommitResult(DUPLICATE, 1)
        assert list(sales.log("sales"))[2].fences == ("m2-1",)

    def test_fencing_twice_adds_one_entry(self, sales):
        sales.fence("sales", ["m1-1", "m2-1", "m1-1"])

        assert sales.fence("sales", ["m1-1", "m2-1"]) == {"m1-1", "m2-1"}

        assert [entry.fences for entry in sales.log("sales")] == [(), ("m1-1", "m2-1")]

    # The log

    def test_the_log_begins_where_it_is_asked_to(self, sales):
        for manifest in ("m1", "m2", "m3"):
            sales.commit(commit_of(manifest))

        assert [e.manifest for e in sales.log("sales", since=2)] == ["m2", "m3"]
        assert list(sales.log("sales", since=4)) == []

    # Races

    @pytest.mark.slow
    def test_of_eight_attempts_at_one_manifest_one_commits(self, sales, open_tables, put_part):
        commits = [
            commit_of("m1", put_part("sales", f"part-m1-{n}-0.parquet", [1, 2]), attempt=n)
            for n in range(8)
        ]

        outcomes = race(open_tables, commits)

        assert sorted(outcomes) == ["duplicate"] * 7 + ["ok"]
        assert ids(sales) == [1, 2]

    @pytest.mark.slow
    def test_eight_manifests_at_once_all_commit(self, sales, open_tables, put_part):
        commits = [
            commit_of(f"m{n}", put_part("sales", f"part-m{n}-1-0.parquet", [n])) for n in range(8)
        ]

        assert race(open_tables, commits) == ["ok"] * 8

        assert ids(sales) == list(range(8))
        assert [entry.version for entry in sales.log("sales")] == list(range(9))

    @pytest.mark.slow
    def test_of_racing_removals_of_a_part_one_commits_and_appends_do(
        self, sales, open_tables, put_part
    ):
        old = put_part("sales", "part-m0-1-0.parquet", [0])
        sales.commit(commit_of("m0", old))
        commits = [
            commit_of(
                f"m{n}",
                put_part("sales", f"part-m{n}-1-0.parquet", [n]),
                remove=(old.path,) if n <= 4 else (),
            )
            for n in range(1, 9)
        ]

        outcomes = race(open_tables, commits)

        assert sorted(outcomes[:4]) == ["commit_conflict"] * 3 + ["ok"]
        assert outcomes[4:] == ["ok"] * 4
        assert ids(sales) == [outcomes.index("ok") + 1, 5, 6, 7, 8]

    @pytest.mark.slow
    def test_eight_who_make_one_table_of_other_columns_make_one_table(self, tables, open_tables):
        schemas = [SALES.plus((Column(f"c{n}", TEXT), Column("all", TEXT))) for n in range(8)]

        assert race(open_tables, schemas) == ["done"] * 8

        names = tables.snapshot("sales").schema.names()
        assert sorted(names) == sorted([*SALES.names(), "all", *(f"c{n}" for n in range(8))])

    @pytest.mark.slow
    def test_an_attempt_that_is_fenced_while_it_sleeps_is_refused(
        self, sales, open_tables, put_part
    ):
        late = commit_of("m1", put_part("sales", "part-m1-1-0.parquet", [1]))

        with asleep_before_its_commit(open_tables, late) as wake:
            assert sales.fence("sales", ["m1-1"]) == set()

            assert wake() == "fenced"
        assert sales.snapshot("sales").parts == ()

    @pytest.mark.slow
    def test_an_attempt_that_is_overtaken_while_it_sleeps_is_a_duplicate(
        self, sales, open_tables, put_part
    ):
        late = commit_of("m1", put_part("sales", "part-m1-1-0.parquet", [1]))
        quick = commit_of("m1", put_part("sales", "part-m1-2-0.parquet", [1]), attempt=2)

        with asleep_before_its_commit(open_tables, late) as wake:
            assert sales.commit(quick).outcome is OK

            assert wake() == "duplicate"
        assert ids(sales) == [1]


def laid(part, *partition, **changes):
    from dataclasses import replace

    return replace(part, **({"partition": partition} if partition else {}), **changes)


def ids(tables, version=None):
    """The ids in a snapshot's parts, in order."""
    location = Path(tables.location("sales"))
    found = []
    for part in tables.snapshot("sales", version).parts:
        rows = duckdb.execute(
            "select id from read_parquet($1, hive_partitioning = false)",
            [str(location / part.path).replace("[", "[[]")],
        ).fetchall()
        assert len(rows) == part.rows
        found += [row[0] for row in rows]
    return sorted(found)


def race(open_tables, jobs):
    """Do each job in a process of its own, all at once; answer how each ended."""
    barrier = SPAWN.Barrier(len(jobs))
    with SPAWN.Pool(len(jobs), initializer=_meet, initargs=(barrier,)) as pool:
        return pool.map(_do, [(open_tables, job) for job in jobs], chunksize=1)


def _meet(barrier):
    _do.barrier = barrier


def _do(job):
    open_tables, work = job
    tables = open_tables()
    tables.snapshot("nothing")
    _do.barrier.wait()
    try:
        if isinstance(work, Commit):
            return tables.commit(work).outcome.value
        tables.ensure("sales", work, ())
    except HeadwaterError as error:
        return error.code
    return "done"


@contextmanager
def asleep_before_its_commit(open_tables, commit):
    """A process that has looked and decided, and goes on when it is woken."""
    asleep, awake, answer = SPAWN.Event(), SPAWN.Event(), SPAWN.Queue()
    process = SPAWN.Process(target=_sleep, args=(open_tables, commit, asleep, awake, answer))

    def wake():
        awake.set()
        return answer.get(timeout=30)

    process.start()
    try:
        assert asleep.wait(timeout=30)
        yield wake
    finally:
        awake.set()
        process.join()


def _sleep(open_tables, commit, asleep, awake, answer):
    def reach(name):
        if name == "log.before_commit":
            asleep.set()
            awake.wait(timeout=30)

    points._trace, points._reach = "on", reach
    try:
        answer.put(open_tables().commit(commit).outcome.value)
    except HeadwaterError as error:
        answer.put(error.code)
