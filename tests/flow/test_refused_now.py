"""What is refused as things stand is told apart from what was refused once."""

from __future__ import annotations

import pytest

from headwater.model.arrival import ArrivalState
from tests.flow import lakes
from tests.flow.lakes import csv_of

STRICT = """\
  sales:
    format: csv
    schema: {id: text not null, day: date, qty: bigint}
    max_bad: 2
"""
ROWS = "select raw from quarantine order by line"
EVER = "select raw from quarantine_history order by raw"


@pytest.fixture
def lake(folder):
    with lakes.make(folder, STRICT) as lake:
        yield lake


@pytest.fixture
def refused(lake, incoming):
    """A file with one refused row."""
    lake.ingest("sales", incoming("a.csv", csv_of("1") + "2,soon,1\n"))


def raws(lake, sql=ROWS):
    return [row[0] for row in lake.query(sql).rows()]


def listed(lake, **which):
    return [(file.arrival.generation, file.now) for file in lake.quarantine(**which)]


def test_a_refused_row_is_there_until_it_is_mended(lake, refused):
    assert raws(lake) == ["2,soon,1"]
    assert listed(lake) == [(1, True)]


def test_a_row_that_a_replay_has_mended_is_history(lake, folder, refused):
    lakes.configure(folder, STRICT.replace("day: date", "day: text"))
    with lakes.open_lake(folder) as mended:
        mended.replay()
        mended.work()

        assert raws(mended) == []
        assert mended.refused_rows() == []
        assert listed(mended) == []
        assert raws(mended, EVER) == ["2,soon,1"]
        assert [row.raw for row in mended.refused_rows(history=True)] == ["2,soon,1"]
        assert listed(mended, history=True) == [(1, False)]


def test_rows_of_a_file_that_was_replaced_are_history(lake, incoming, refused):
    lake.ingest("sales", incoming("a.csv", csv_of("1") + "3,later,1\n"))

    assert raws(lake) == ["3,later,1"]
    assert [row.raw for row in lake.refused_rows()] == ["3,later,1"]
    assert raws(lake, EVER) == ["2,soon,1", "3,later,1"]
    assert listed(lake) == [(2, True)]
    assert listed(lake, history=True) == [(1, False), (2, True)]


def test_a_file_that_is_refused_whole_twice_is_refused_once_as_things_stand(lake, incoming):
    lake.ingest("sales", incoming("bad.csv", csv_of("1", "2", "3", qty="many")))
    once = raws(lake)

    lake.replay()
    lake.work()

    assert "3,2026-01-05,many" in once
    assert raws(lake) == once
    assert len(raws(lake, EVER)) == 2 * len(once)
    assert listed(lake) == [(2, True)]
    assert [file.whole for file in lake.quarantine(history=True)] == [True, True]


def test_what_is_refused_in_two_files_of_one_batch_is_told_apart(lake, incoming):
    lake.ingest(
        "sales",
        incoming("a.csv", csv_of("1") + "2,soon,1\n"),
        incoming("b.csv", csv_of("1") + "3,soon,1\n"),
    )

    lake.ingest("sales", incoming("a.csv", csv_of("1", "2")))

    assert raws(lake) == ["3,soon,1"]


def test_a_lake_in_which_nothing_was_refused_has_an_empty_quarantine(lake):
    assert raws(lake) == []
    assert raws(lake, EVER) == []


def test_status_counts_a_file_that_is_refused_again_once(lake, incoming):
    lake.ingest("sales", incoming("bad.csv", csv_of("1", "2", "3", qty="many")))
    for _ in range(2):
        lake.replay()
        lake.work()

    counted = lake.status().feeds[0].arrivals

    assert counted[ArrivalState.QUARANTINED] == len(lake.quarantine()) == 1
    assert counted[ArrivalState.SUPERSEDED] == 2


def test_status_counts_no_file_that_a_corrected_one_has_followed(lake, incoming):
    lake.ingest("sales", incoming("bad.csv", csv_of("1", "2", "3", qty="many")))
    lake.ingest("sales", incoming("bad.csv", csv_of("1", "2", "3")))

    counted = lake.status().feeds[0].arrivals

    assert counted.get(ArrivalState.QUARANTINED, 0) == 0
    assert counted[ArrivalState.COMPLETED] == 1
