"""The same name again: equal bytes change nothing, other bytes take the old ones' place at once."""

from __future__ import annotations

from collections import Counter

from blake3 import blake3

from headwater.flow.land import LandingOutcome
from headwater.flow.route import version_name
from tests.flow import lakes
from tests.flow.lakes import (
    arrivals_of,
    claim,
    csv_of,
    flush,
    ids_of,
    log_of,
    states_of,
    try_once,
    versions_of,
)


def test_equal_bytes_again_are_a_duplicate_and_change_nothing(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1", "2")))
    log, arrivals = log_of(folder), arrivals_of(lake)

    done = lake.ingest("sales", incoming("a.csv", csv_of("1", "2")))

    assert [landing.outcome for landing in done.landings] == [LandingOutcome.DUPLICATE]
    assert log_of(folder) == log
    assert arrivals_of(lake) == arrivals


def test_equal_bytes_under_another_name_are_rows_of_their_own(lake, incoming):
    text = csv_of("1")

    lake.ingest("sales", incoming("a.csv", text), incoming("b.csv", text))

    assert ids_of(lake) == ["1", "1"]


def test_changed_bytes_replace_the_old_rows_in_one_version(lake, folder, incoming):
    lake.ingest("sales", incoming("other.csv", csv_of("x", month=1)))
    lake.ingest("sales", incoming("a.csv", csv_of("1", "2", month=1) + "3,2026-02-05,1\n"))
    lake.ingest("sales", incoming("a.csv", csv_of("3", "4", month=3)))

    old, new = Counter(["x", "1", "2", "3"]), Counter(["x", "3", "4"])
    assert versions_of(folder) == [Counter(), Counter(["x"]), old, new]
    assert states_of(lake, "sales/a.csv") == ["superseded", "completed"]
    assert lake.verify().findings == ()


def test_a_part_shared_with_another_file_keeps_the_other_files_rows(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1")), incoming("b.csv", csv_of("2")))
    before = len(log_of(folder))

    (receipt,) = lake.ingest("sales", incoming("a.csv", csv_of("9"))).receipts

    assert ids_of(lake) == ["2", "9"]
    assert len(log_of(folder)) == before + 1
    assert len(receipt.replaced) == 1
    assert lake.verify().findings == ()


def test_a_rewrite_landed_before_the_first_was_read_takes_its_place(lake, folder, incoming):
    lake.land("sales", incoming("a.csv", csv_of("old")))
    lake.land("sales", incoming("a.csv", csv_of("new")))

    lake.work()

    assert ids_of(lake) == ["new"]
    assert states_of(lake, "sales/a.csv") == ["superseded", "completed"]
    assert sum(Counter.total(ids) for ids in versions_of(folder)) == 1


def test_going_back_to_earlier_bytes_is_a_version_too(lake, incoming):
    for row in ("a", "b", "a"):
        lake.ingest("sales", incoming("a.csv", csv_of(row)))

    assert ids_of(lake) == ["a"]
    assert states_of(lake, "sales/a.csv") == ["superseded", "superseded", "completed"]
    assert lake.verify().findings == ()


def test_a_rewrite_that_is_refused_whole_leaves_the_old_rows_visible(tmp_path, incoming):
    feeds = lakes.SALES + "    max_bad: 10%\n"
    with lakes.make(tmp_path / "lake", feeds) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1", "2")))

        lake.ingest("sales", incoming("a.csv", csv_of("3", "4", qty="many")))

        assert ids_of(lake) == ["1", "2"]
        assert states_of(lake, "sales/a.csv") == ["completed", "quarantined"]
        assert lake.verify().findings == ()


def test_versions_that_come_while_one_is_being_read_are_committed_in_their_order(
    lake, folder, incoming
):
    lake.land("sales", incoming("a.csv", csv_of("1")))
    flush(lake)
    first = claim(lake)
    lake.land("sales", incoming("a.csv", csv_of("2")))
    lake.land("sales", incoming("a.csv", csv_of("3")))
    assert flush(lake) == []  # the key is being worked on

    try_once(lake, first)
    lake.work()

    assert versions_of(folder) == [Counter(), Counter("1"), Counter("3")]
    assert states_of(lake, "sales/a.csv") == ["superseded", "superseded", "completed"]


def test_every_version_keeps_its_raw_bytes(lake, folder, incoming):
    for row in ("1", "2"):
        lake.ingest("sales", incoming("a.csv", csv_of(row)))

    kept = {path.read_text() for path in (folder / "raw").rglob("*") if path.is_file()}

    assert kept == {csv_of("1"), csv_of("2")}


def test_a_file_whose_landing_died_halfway_is_older_than_one_that_lands_after_it(
    lake, folder, incoming
):
    lakes.write(folder / "raw" / "sales" / "a.csv", csv_of("older"))  # never registered

    lake.land("sales", incoming("a.csv", csv_of("newer")))
    lake.work()

    assert ids_of(lake) == ["newer"]
    assert states_of(lake, "sales/a.csv") == ["superseded", "completed"]


def test_a_missing_file_that_lands_again_is_read(lake, folder, incoming):
    source = incoming("a.csv", csv_of("1"))
    lake.land("sales", source)
    (folder / "raw" / "sales" / "a.csv").unlink()
    lake.work()
    assert states_of(lake, "sales/a.csv") == ["missing"]

    lake.ingest("sales", source)

    assert ids_of(lake) == ["1"]
    assert states_of(lake, "sales/a.csv") == ["superseded", "completed"]
    assert lake.verify().findings == ()


def test_hundreds_of_rewrites_are_one_commit(lake, incoming):
    count = 300
    first = [incoming(f"{n}.csv", csv_of(f"old{n}")) for n in range(count)]
    lake.ingest("sales", *first)

    second = [incoming(f"{n}.csv", csv_of(f"new{n}")) for n in range(count)]
    (receipt,) = lake.ingest("sales", *second).receipts

    assert len(receipt.replaced) == count
    assert ids_of(lake) == sorted(f"new{n}" for n in range(count))


def left_behind(folder, text, *, seconds=60):
    """A second version as somebody leaves it who dies before it is registered."""
    name = version_name("sales/a.csv", 2, blake3(text.encode()).hexdigest())
    lakes.age(lakes.write(folder / "raw" / name, text), seconds)


def test_a_version_whose_lander_died_does_not_overtake_the_next_one(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("first")))
    left_behind(folder, csv_of("died"))

    lake.ingest("sales", incoming("a.csv", csv_of("next")))
    lake.reconcile()
    lake.work()

    assert ids_of(lake) == ["next"]
    assert states_of(lake, "sales/a.csv") == ["superseded", "superseded", "completed"]
    assert lake.verify().findings == ()


def test_of_two_versions_that_a_rebuild_finds_for_one_place_the_later_is_newer(
    lake, folder, incoming
):
    lake.ingest("sales", incoming("a.csv", csv_of("first")))
    left_behind(folder, csv_of("later"), seconds=60)
    left_behind(folder, csv_of("earlier"), seconds=90)

    lake.rebuild()
    lake.work()

    assert ids_of(lake) == ["later"]
