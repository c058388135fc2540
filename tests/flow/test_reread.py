"""Files are read again from raw: those that are meant, under the present configuration, once."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from headwater.errors import UnknownFeed, UsageError
from headwater.flow.choice import CHANGED, GONE
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, log_of, states_of, story, versions_of

DAY_ONE = datetime(2026, 3, 1, 12, tzinfo=UTC)
INFERRED = "  sales:\n    format: csv\n    partition: [month(day)]\n"
SMALL_BATCHES = lakes.SALES + "    batch: {files: 2, age: 1s}\n"


@pytest.fixture
def three(folder, incoming, clock):
    """A lake with three files that landed on three days."""
    clock.now = DAY_ONE
    with lakes.make(folder, clock=clock) as lake:
        for name in "abc":
            lake.ingest("sales", incoming(f"{name}.csv", csv_of(name)))
            clock.advance(days=1)
        yield lake


def keys(replayed):
    return [arrival.key.removeprefix("sales/") for arrival in replayed]


def commits(folder):
    """How many entries of the table's log bring parts."""
    return sum(any("add" in action for action in entry) for entry in log_of(folder))


def relayout(folder, feeds):
    lakes.configure(folder, feeds)
    return lakes.open_lake(folder)


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        ({}, "a b c"),
        ({"since": DAY_ONE + timedelta(days=1)}, "b c"),
        ({"until": DAY_ONE + timedelta(days=1)}, "a"),
        ({"since": datetime(2026, 3, 2), "until": datetime(2026, 3, 3)}, "b"),  # noqa: DTZ001 - such a time is UTC
        ({"file": "sales/b.csv"}, "b"),
        ({"file": ["a.csv", "sales/c.csv"]}, "a c"),
        ({"file": "[bc].csv*"}, ""),
        ({"file": "?.csv"}, "a b c"),
        ({"file": "sales/*"}, "a b c"),
        ({"quarantined": True}, ""),
    ],
)  # fmt: skip
def test_only_the_files_that_are_meant_are_read_again(three, choice, meant):
    if choice.get("file") == "[bc].csv*":
        with pytest.raises(UsageError, match="no file is called like"):
            three.replay("sales", **choice)
        return

    again = three.replay("sales", **choice)

    assert [key.removesuffix(".csv") for key in keys(again)] == meant.split()


def test_the_files_of_a_manifest_are_meant_also_where_they_were_read_again_since(three):
    (receipt,) = [each for each in three.receipts() if each.files[0].key == "sales/b.csv"]
    for _ in range(2):
        again = three.replay("sales", manifest=receipt.manifest)
        three.work()

        assert keys(again) == ["b.csv"]


def test_a_manifest_or_a_feed_that_is_none_is_refused(three):
    with pytest.raises(UsageError, match="there is no manifest"):
        three.replay("sales", manifest="m00")
    with pytest.raises(UnknownFeed):
        three.replay("sails")


def test_rows_of_the_generation_before_are_swapped_in_each_commit(three, folder):
    three.replay("sales")
    three.work()

    assert ids_of(three) == ["a", "b", "c"]
    assert all(set(shown.values()) <= {1} for shown in versions_of(folder))
    assert versions_of(folder)[3:] == [Counter("abc")] * 2
    assert states_of(three, "sales/a.csv") == ["superseded", "completed"]
    assert three.verify().findings == ()


def test_the_rows_are_those_of_the_present_configuration(folder, incoming):
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1") + "2,2026-01-05,many\n"))
    with relayout(folder, lakes.SALES + "    on_bad_value: 'null'\n") as lake:
        lake.replay("sales")
        lake.work()

        assert lake.query("select id, qty from sales order by 1").rows() == [("1", 1), ("2", None)]


def test_a_file_stays_in_the_partition_of_the_day_it_landed(folder, incoming, clock):
    clock.now = DAY_ONE
    with lakes.make(folder, lakes.SALES.replace("month(day)", "arrival_date"), clock=clock) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1")))
        clock.advance(days=40)

        lake.replay("sales")
        lake.work()

        assert lake.query("select arrival_date from sales").rows() == [(DAY_ONE.date(),)]
        assert {each.landed_at for each in lakes.arrivals_of(lake)} == {DAY_ONE}


def test_by_default_batches_are_of_the_usual_size_and_one_commit_each(folder, incoming):
    with lakes.make(folder, SMALL_BATCHES) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(str(n))) for n in range(5)))
        before = commits(folder)

        lake.replay("sales")
        lake.work()

        assert commits(folder) - before == 3


def test_as_one_is_one_commit_whatever_the_size_of_batches(folder, incoming):
    with lakes.make(folder, SMALL_BATCHES) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(str(n))) for n in range(5)))
        before = versions_of(folder)

        again = lake.replay("sales", as_one=True)
        lake.work()

        assert len({each.manifest for each in again}) == 1
        assert versions_of(folder) == [*before, before[-1]]
        assert "in 3 turns" in lake.receipts()[0].engine
        assert lake.verify().findings == ()


def test_types_that_a_later_turn_brings_reach_the_rows_of_earlier_ones(folder, incoming):
    feeds = "  sales: {format: csv, on_bad_value: widen, batch: {files: 1}}\n"
    with lakes.make(folder, feeds) as lake:
        for n, amount in enumerate(["1", "2.5", "x"]):
            lake.ingest("sales", incoming(f"{n}.csv", f"id,amount\n{n},{amount}\n"))
        shutil.rmtree(folder / "processed" / "sales")

        lake.replay("sales", as_one=True)
        lake.work()

        rows = lake.query("select id, amount from sales order by 1").rows()
        assert [amount for _, amount in rows] in (["1", "2.5", "x"], ["1.0", "2.5", "x"])
        assert lake.verify().findings == ()


def test_a_file_of_which_rows_lie_beside_those_of_others_is_taken_out_exactly(folder, incoming):
    with lakes.make(folder) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in "abc"))

        lake.replay("sales", file="sales/b.csv")
        lake.work()

        assert ids_of(lake) == ["a", "b", "c"]
        assert lake.verify().findings == ()


def test_a_replay_that_waits_is_not_doubled_by_another(three, folder):
    first = three.replay("sales", as_one=True)
    second = three.replay("sales", as_one=True)
    three.work(awaited=second.waiting)

    assert (len(first), len(second), len(second.waiting)) == (3, 0, 3)
    assert ids_of(three) == ["a", "b", "c"]
    assert commits(folder) == 4


def test_a_file_whose_raw_object_is_gone_or_other_is_named_and_its_rows_stay(three, folder):
    (folder / "raw" / "sales" / "a.csv").unlink()
    lakes.write(folder / "raw" / "sales" / "b.csv", csv_of("other"))

    again = three.replay("sales")
    three.work(awaited=again)

    assert keys(again) == ["c.csv"]
    assert [(each.arrival.key, each.why) for each in again.passed] == [
        ("sales/a.csv", GONE),
        ("sales/b.csv", CHANGED),
    ]
    assert ids_of(three) == ["a", "b", "c"]


def test_a_file_that_was_only_touched_is_read_again(three, folder):
    lakes.age(folder / "raw" / "sales" / "a.csv", 5)

    assert keys(three.replay("sales", file="sales/a.csv")) == ["a.csv"]


def test_a_file_that_the_feed_refuses_by_now_keeps_its_rows(folder, incoming):
    with lakes.make(folder, INFERRED) as lake:
        lake.ingest(
            "sales", incoming("a.csv", csv_of("a")), incoming("b.csv", "id,day\nb,2026-01-07\n")
        )
    with relayout(folder, INFERRED + "    refuse: [qty]\n") as lake:
        lake.replay("sales", as_one=True)
        lake.work()

        assert ids_of(lake) == ["a", "b"]
        assert states_of(lake, "sales/a.csv") == ["completed", "quarantined"]
        assert lake.verify().findings == ()


@pytest.mark.parametrize("as_one", [False, True])
def test_a_table_whose_folder_is_gone_comes_back_from_raw(folder, incoming, as_one):
    with lakes.make(folder, SMALL_BATCHES) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(str(n))) for n in range(5)))
        lake.ingest("sales", incoming("4.csv", csv_of("four")))
        shutil.rmtree(folder / "processed" / "sales")

        lake.replay("sales", as_one=as_one)
        lake.work()

        assert ids_of(lake) == ["0", "1", "2", "3", "four"]
        assert lake.verify().findings == ()


def test_a_lake_of_which_table_and_ledger_are_gone_comes_back_from_raw(folder, incoming):
    with lakes.make(folder) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(str(n))) for n in range(3)))
        lake.replay("sales", as_one=True)
        lake.work()
    shutil.rmtree(folder / "processed" / "sales")
    for file in folder.glob("**/ledger.sqlite*"):
        file.unlink()

    with lakes.open_lake(folder) as lake:
        lake.rebuild()
        lake.replay("sales", as_one=True)
        lake.work()

        assert ids_of(lake) == ["0", "1", "2"]
        assert lake.verify().findings == ()


def test_a_rebuilt_ledger_says_the_same_of_replays(three):
    three.replay("sales", as_one=True)
    three.work()
    three.replay("sales", file="sales/a.csv")
    three.work()
    before = [states_of(three, f"sales/{name}.csv") for name in "abc"]

    three.rebuild()

    assert [states_of(three, f"sales/{name}.csv") for name in "abc"] == before
    assert three.verify().findings == ()


def test_a_table_gets_another_layout_in_one_commit(folder, incoming):
    with lakes.make(folder, SMALL_BATCHES) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(n, month=2)) for n in "abc"))
    with relayout(folder, SMALL_BATCHES.replace("[month(day)]", "[year(day), qty]")) as lake:
        before = versions_of(folder)
        lake.replay("sales", as_one=True)
        lake.work()

        assert versions_of(folder) == [*before, before[-1]]
        (table,) = lake.tables()
        assert table.partition_by == ("year", "qty")
        assert dict(table.columns).keys() == {"id", "day", "qty", "year", "_arrival"}
        assert lake.query("select id, year, qty from sales order by 1").rows() == [
            ("a", 2026, 1), ("b", 2026, 1), ("c", 2026, 1),
        ]  # fmt: skip
        old = lake.query("select id, month from sales order by 1", at=table.version - 1)
        assert old.rows() == [("a", 2), ("b", 2), ("c", 2)]
        assert lake.verify().findings == ()
        lake.ingest("sales", incoming("d.csv", csv_of("d")))
        assert ids_of(lake) == ["a", "b", "c", "d"]


def test_a_column_gets_another_declared_type_in_one_commit(folder, incoming):
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1", qty="007")))
    with relayout(folder, lakes.SALES.replace("qty: bigint", "qty: text")) as lake:
        lake.replay("sales", as_one=True)
        lake.work()

        assert lake.query("select qty from sales").rows() == [("007",)]
        assert dict(lake.tables()[0].columns)["qty"] == "text"
        assert lake.verify().findings == ()


STEPPED = "    steps:\n      - cast: {qty: double}\n      - derive: {half: qty / 2}\n"


@pytest.mark.parametrize("files", ["a", "abc"])
def test_a_column_gets_the_type_that_other_steps_make_in_one_commit(folder, incoming, files):
    with lakes.make(folder, SMALL_BATCHES) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in files))
    with relayout(folder, SMALL_BATCHES + STEPPED) as lake:
        before = versions_of(folder)
        rehearsal = lake.rehearse("sales")
        lake.replay("sales", as_one=True)
        done = lake.work()

        changed = {each.column: (each.before, each.after) for each in rehearsal.columns}
        assert changed == {"qty": ("bigint", "double"), "half": (None, "double")}
        assert [each.rows_after for each in rehearsal.files] == [1] * len(files)
        assert not done.failures
        assert versions_of(folder) == [*before, before[-1]]
        assert dict(lake.tables()[0].columns)["qty"] == "double"
        assert lake.query("select qty, half from sales").rows() == [(1.0, 0.5)] * len(files)
        assert lake.verify().findings == ()
        lake.ingest("sales", incoming("d.csv", csv_of("d")))
        assert ids_of(lake) == [*files, "d"]


def test_where_other_rows_are_in_the_table_its_types_stay_and_it_is_said_how_to_change_them(
    folder, incoming
):
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("a")), incoming("b.csv", csv_of("b")))
    with relayout(folder, lakes.SALES + STEPPED) as lake:
        lake.replay("sales", file="sales/a.csv")
        done = lake.work()

        assert "headwater replay sales --as-one" in done.failures[-1].error.hint
        assert ids_of(lake) == ["a", "b"]
        (table,) = lake.tables()
        assert dict(table.columns)["qty"] == "bigint"
        assert lake.verify().findings == ()


def test_where_other_rows_are_in_the_table_its_layout_stays_and_it_is_said_how_to_change_it(
    folder, incoming
):
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("a")), incoming("b.csv", csv_of("b")))
    with relayout(folder, lakes.SALES.replace("month(day)", "year(day)")) as lake:
        lake.replay("sales", file="sales/a.csv")
        done = lake.work()

        assert "headwater replay sales --as-one" in done.failures[-1].error.hint
        assert ids_of(lake) == ["a", "b"]
        lake.replay("sales", as_one=True)
        lake.work()
        assert ids_of(lake) == ["a", "b"]
        assert lake.tables()[0].partition_by == ("year",)
        assert lake.verify().findings == ()


def test_a_table_is_not_made_anew_where_a_file_of_it_would_be_refused(folder, incoming):
    with lakes.make(folder, INFERRED) as lake:
        lake.ingest(
            "sales", incoming("a.csv", csv_of("a")), incoming("b.csv", "id,day\nb,2026-01-07\n")
        )
    feeds = INFERRED.replace("month(day)", "year(day)") + "    refuse: [qty]\n"
    with relayout(folder, feeds) as lake:
        lake.replay("sales", as_one=True)
        done = lake.work()

        assert "sales/a.csv would be refused" in done.failures[-1].error.message
        assert ids_of(lake) == ["a", "b"]
        assert lake.tables()[0].partition_by == ("month",)
        assert lake.verify().findings == ()


def test_another_table_gets_all_rows_and_the_one_before_keeps_its_own(folder, incoming):
    with lakes.make(folder, SMALL_BATCHES) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in "abc"))
    with relayout(folder, SMALL_BATCHES + "    table: revenue\n") as lake:
        lake.replay("sales")
        lake.work()

        assert ids_of(lake, "revenue") == ids_of(lake, "sales") == ["a", "b", "c"]
        assert lake.verify().findings == ()


def test_versions_that_stand_apart_are_all_read_again_each_in_its_own_place(folder, incoming):
    with lakes.make(folder, lakes.SALES + "    on_rewrite: append\n") as lake:
        for row in ("1", "2"):
            lake.ingest("sales", incoming("a.csv", csv_of(row)))
        for as_one in (True, False):
            again = lake.replay("sales", as_one=as_one)
            lake.work()

            assert len(again) == 2
            assert ids_of(lake) == ["1", "2"]
            assert lake.verify().findings == ()


def test_a_new_version_that_lands_during_a_replay_waits_and_wins(three, incoming):
    three.replay("sales", as_one=True)
    three.land("sales", incoming("a.csv", csv_of("newer")))

    three.work()

    assert ids_of(three) == ["b", "c", "newer"]
    assert states_of(three, "sales/a.csv") == ["superseded", "superseded", "completed"]


def test_the_story_of_a_file_says_that_it_was_read_again(three):
    three.replay("sales", as_one=True)
    three.work()

    first, second = story(three, "sales/a.csv").chapters

    assert (first.again, second.again) == (False, True)
    assert first.followed is not None
    assert first.followed.id == second.arrival.id


def test_status_tells_of_files_that_are_being_read_again(three, clock):
    clock.advance(days=100)
    three.replay("sales")

    (feed,) = three.status().feeds

    assert (feed.replaying, feed.oldest_pending) == (3, None)
