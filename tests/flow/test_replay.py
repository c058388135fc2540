"""What was refused is read again after a fix, and nothing comes twice."""

from __future__ import annotations

import pytest

from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, states_of, versions_of

STRICT = lakes.SALES
LOOSE = lakes.SALES.replace("qty: bigint", "qty: text")
DIRTY = "id,day,qty\n1,2026-01-05,1\n2,2026-01-05,many\n3,2026-02-05,few\n"


@pytest.fixture
def dirty(folder, incoming):
    """A lake that refused two rows of one file, and nothing of another."""
    with lakes.make(folder, STRICT.replace("schema", "types: text\n    schema")) as lake:
        lake.ingest("sales", incoming("dirty.csv", DIRTY), incoming("clean.csv", csv_of("9")))
        assert ids_of(lake) == ["1", "9"]
    return folder


def nullify(folder):
    """Change the feed: what does not fit becomes null."""
    lakes.configure(folder, STRICT + "    on_bad_value: 'null'\n")


def test_after_a_change_of_the_feed_the_refused_rows_come_back(dirty):
    nullify(dirty)
    with lakes.open_lake(dirty) as lake:
        (again,) = lake.replay()
        lake.work()

        assert again.key == "sales/dirty.csv"
        assert ids_of(lake) == ["1", "2", "3", "9"]
        assert states_of(lake, "sales/dirty.csv") == ["superseded", "completed"]
        assert lake.quarantine() == []
        assert lake.refused_rows() == []
        assert lake.verify().findings == ()


def test_no_version_of_the_table_shows_rows_twice_or_half(dirty):
    nullify(dirty)
    with lakes.open_lake(dirty) as lake:
        lake.replay()
        lake.work()

    shown = [sorted(version.elements()) for version in versions_of(dirty)]
    assert shown[-2:] == [["1", "9"], ["1", "2", "3", "9"]]


def test_a_replay_without_a_change_refuses_the_same_rows_again_and_doubles_none(dirty):
    with lakes.open_lake(dirty) as lake:
        for _ in range(2):
            lake.replay()
            lake.work()

        assert ids_of(lake) == ["1", "9"]
        assert sorted(row.line for row in lake.refused_rows()) == [3, 4]
        assert states_of(lake, "sales/dirty.csv") == ["superseded", "superseded", "completed"]
        assert lake.verify().findings == ()


def test_a_second_replay_before_the_first_was_worked_on_adds_nothing(dirty):
    nullify(dirty)
    with lakes.open_lake(dirty) as lake:
        first, second = lake.replay(), lake.replay()
        lake.work()
        third = lake.replay()

        assert (len(first), second, third) == (1, [], [])
        assert ids_of(lake) == ["1", "2", "3", "9"]


def test_one_file_may_be_replayed_alone(dirty, incoming):
    with lakes.open_lake(dirty) as lake:
        lake.ingest("sales", incoming("other.csv", DIRTY))

        again = lake.replay(file="sales/other.csv")

        assert [arrival.key for arrival in again] == ["sales/other.csv"]


def test_a_newer_version_that_completes_leaves_nothing_to_replay(dirty, incoming):
    with lakes.open_lake(dirty) as lake:
        lake.ingest("sales", incoming("dirty.csv", csv_of("1", "2", "3")))

        assert lake.quarantine() == []
        assert lake.replay() == []
        assert ids_of(lake) == ["1", "2", "3", "9"]


def test_many_refused_files_are_listed_and_replayed(folder, incoming):
    with lakes.make(folder) as lake:
        files = [incoming(f"{n}.csv", csv_of(f"g{n}") + f"b{n},soon,1\n") for n in range(30)]
        lake.ingest("sales", *files)
        assert len(lake.quarantine()) == len(lake.refused_rows(limit=1_000)) == 30
    nullify(folder)
    with lakes.open_lake(folder) as lake:
        assert len(lake.replay()) == 30

        lake.work()

        assert len(set(ids_of(lake))) == len(ids_of(lake)) == 60
