"""Other bytes under a known name: they replace, come beside, or are refused, as the feed says."""

from __future__ import annotations

from collections import Counter

import pytest

from headwater.flow.land import LandingOutcome
from tests.flow import lakes
from tests.flow.lakes import claim, csv_of, flush, ids_of, states_of, try_once, versions_of

APPEND = lakes.SALES + "    on_rewrite: append\n"
REJECT = lakes.SALES + "    on_rewrite: reject\n"
KEY = "sales/a.csv"


@pytest.fixture
def appending(folder):
    with lakes.make(folder, APPEND) as lake:
        yield lake


@pytest.fixture
def rejecting(folder):
    with lakes.make(folder, REJECT) as lake:
        yield lake


def test_appended_rows_come_beside_those_of_the_version_before(appending, folder, incoming):
    for row in ("1", "2"):
        appending.ingest("sales", incoming("a.csv", csv_of(row)))

    assert ids_of(appending) == ["1", "2"]
    assert states_of(appending, KEY) == ["completed", "completed"]
    assert versions_of(folder)[-1] == Counter(["1", "2"])
    assert appending.verify().findings == ()


def test_two_versions_that_wait_are_both_read_in_their_order(appending, folder, incoming):
    for row in ("1", "2"):
        appending.land("sales", incoming("a.csv", csv_of(row)))

    appending.work()

    assert versions_of(folder)[1:] == [Counter(["1"]), Counter(["1", "2"])]
    assert appending.verify().findings == ()


def test_any_appended_version_that_comes_again_is_a_duplicate(appending, incoming):
    for row in ("1", "2"):
        appending.ingest("sales", incoming("a.csv", csv_of(row)))

    done = appending.ingest("sales", incoming("a.csv", csv_of("1")))

    assert [each.outcome for each in done.landings] == [LandingOutcome.DUPLICATE]
    assert ids_of(appending) == ["1", "2"]


def test_the_refused_rows_of_an_appended_version_stay_in_quarantine_beside_the_next(
    appending, folder, incoming
):
    appending.ingest("sales", incoming("a.csv", csv_of("1") + "x,soon,1\n"))
    appending.ingest("sales", incoming("a.csv", csv_of("2")))

    (file,) = appending.quarantine()
    assert (file.arrival.generation, file.rows) == (1, 1)
    assert appending.query("select count(*) from quarantine").rows() == [(1,)]

    appending.replay()
    appending.work()

    assert ids_of(appending) == ["1", "2"]
    assert states_of(appending, KEY) == ["superseded", "completed", "completed"]
    assert appending.verify().findings == ()


def test_a_rebuilt_ledger_knows_versions_that_stand_apart(appending, incoming):
    appending.ingest("sales", incoming("a.csv", csv_of("1", qty="many")))
    for row in ("2", "3"):
        appending.ingest("sales", incoming("a.csv", csv_of(row)))
    appending.land("sales", incoming("a.csv", csv_of("4")))
    before = states_of(appending, KEY)

    appending.rebuild()

    assert states_of(appending, KEY) == before
    appending.work()
    assert ids_of(appending) == ["2", "3", "4"]
    assert appending.verify().findings == ()


@pytest.mark.parametrize("policy", ["append", "reject"])
def test_a_version_that_came_twice_is_a_duplicate_for_a_rebuilt_ledger_too(
    policy, folder, incoming
):
    with lakes.make(folder, f"{lakes.SALES}    on_rewrite: {policy}\n") as lake:
        for row in ("1", "2", "1"):
            lake.ingest("sales", incoming("a.csv", csv_of(row)))
        before, shown = states_of(lake, KEY), ids_of(lake)

        lake.rebuild()
        lake.work()

        assert states_of(lake, KEY) == before
        assert ids_of(lake) == shown
        assert lake.verify().findings == ()


def test_a_feed_that_replaces_from_now_on_replaces_all_versions_that_stood_apart(folder, incoming):
    with lakes.make(folder, APPEND) as lake:
        for row in ("1", "2"):
            lake.ingest("sales", incoming("a.csv", csv_of(row)))
    lakes.configure(folder)

    with lakes.open_lake(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("3")))

        assert ids_of(lake) == ["3"]
        assert states_of(lake, KEY) == ["superseded", "superseded", "completed"]
        assert lake.verify().findings == ()


def test_a_rejected_version_leaves_the_rows_that_are_there_and_says_why(
    rejecting, folder, incoming
):
    rejecting.ingest("sales", incoming("a.csv", csv_of("1")))

    done = rejecting.ingest("sales", incoming("a.csv", csv_of("2")))

    assert done.refused_anything
    assert ids_of(rejecting) == ["1"]
    assert states_of(rejecting, KEY) == ["completed", "quarantined"]
    (refused,) = rejecting.quarantine()
    assert refused.cause.code == "rewrite_rejected"
    assert {path.read_text() for path in (folder / "raw").rglob("a.csv*")} == {
        csv_of("1"), csv_of("2"),
    }  # fmt: skip
    assert rejecting.verify().findings == ()


def test_of_two_versions_that_wait_the_first_is_taken_and_the_second_rejected(rejecting, incoming):
    for row in ("1", "2"):
        rejecting.land("sales", incoming("a.csv", csv_of(row)))

    rejecting.work()

    assert ids_of(rejecting) == ["1"]
    assert states_of(rejecting, KEY) == ["completed", "quarantined"]


def test_a_version_is_taken_where_the_one_before_gave_no_row(tmp_path, incoming):
    with lakes.make(tmp_path / "lake", REJECT + "    max_bad: 10%\n") as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1", qty="many")))

        lake.ingest("sales", incoming("a.csv", csv_of("2")))

        assert ids_of(lake) == ["2"]


def test_a_version_that_was_taken_can_be_replayed_beside_one_that_was_rejected(rejecting, incoming):
    rejecting.ingest("sales", incoming("a.csv", csv_of("1") + "x,soon,1\n"))
    rejecting.ingest("sales", incoming("a.csv", csv_of("2")))

    rejecting.replay()
    rejecting.work()

    assert ids_of(rejecting) == ["1"]
    assert rejecting.verify().findings == ()


def test_what_was_rejected_replaces_once_the_feed_takes_rewrites(folder, incoming):
    with lakes.make(folder, REJECT) as lake:
        for row in ("1", "2"):
            lake.ingest("sales", incoming("a.csv", csv_of(row)))
    lakes.configure(folder)

    with lakes.open_lake(folder) as lake:
        lake.replay()
        lake.work()

        assert ids_of(lake) == ["2"]
        assert lake.verify().findings == ()


@pytest.mark.parametrize("policy", ["replace", "append", "reject"])
def test_a_worker_that_is_overtaken_in_the_middle_doubles_nothing(policy, folder, incoming, clock):
    feeds = f"{lakes.SALES}    on_rewrite: {policy}\n"
    with lakes.make(folder, feeds, clock=clock) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1")))
        lake.land("sales", incoming("a.csv", csv_of("2")))
        flush(lake)
        slow = claim(lake, "slow")
        clock.advance(minutes=5)
        quick = claim(lake, "quick")

        try_once(lake, quick)
        try_once(lake, slow)

        expected = {"replace": ["2"], "append": ["1", "2"], "reject": ["1"]}
        assert ids_of(lake) == expected[policy]
        assert lake.verify().findings == ()


@pytest.mark.parametrize("policy", ["replace", "append", "reject"])
def test_a_rebuilt_ledger_decides_about_the_next_version_as_the_lost_one_would(
    policy, folder, incoming
):
    with lakes.make(folder, f"{lakes.SALES}    on_rewrite: {policy}\n") as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1")))
        lake.land("sales", incoming("a.csv", csv_of("2")))

        lake.rebuild()
        lake.work()

        expected = {"replace": ["2"], "append": ["1", "2"], "reject": ["1"]}
        assert ids_of(lake) == expected[policy]
        assert lake.verify().findings == ()
