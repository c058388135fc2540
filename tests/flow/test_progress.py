"""Whoever watches is told what is going on, from the first byte to the commit."""

from __future__ import annotations

import gzip
from pathlib import Path
from threading import Event

import pytest

from headwater.flow.convert import _in_full
from headwater.flow.tally import Tally
from headwater.model.progress import WAITING, Progress
from headwater.ports.store import How
from tests.flow.lakes import csv_of

LARGE = csv_of(*(f"id-{number:06d}" for number in range(40_000)))


@pytest.fixture
def seen(monkeypatch):
    """Every look that a watch is given; none is left out for coming too soon."""
    monkeypatch.setattr("headwater.flow.tally.EVERY_SECONDS", 0)
    return []


def stages(seen):
    return list(dict.fromkeys(each.stage for each in seen))


def test_an_ingest_is_told_stage_by_stage(lake, incoming, seen):
    lake.ingest("sales", incoming("a.csv", LARGE), watch=seen.append)

    told = [each for each in stages(seen) if each != "copying"]  # some disks share the blocks
    assert told == ["measuring", "syncing", "landing", "converting", "committing"]


def test_measuring_goes_up_to_the_size_of_all_files(lake, incoming, seen):
    files = [incoming(name, LARGE) for name in ("a.csv", "b.csv")]

    lake.land("sales", *files, how=How.LINK, watch=seen.append)

    measured = [each.done_bytes for each in seen if each.stage == "measuring"]
    assert measured == sorted(measured)
    assert measured[-1] == 2 * len(LARGE)
    assert len(measured) > 4
    assert {each.total_bytes for each in seen} == {2 * len(LARGE)}
    assert (seen[-1].stage, seen[-1].done_files, seen[-1].total_files) == ("landing", 2, 2)


def test_converting_is_told_before_the_engine_says_anything(lake, incoming, seen):
    lake.ingest("sales", incoming("a.csv", LARGE), watch=seen.append)

    first = next(each for each in seen if each.stage == "converting")
    assert (first.done_bytes, first.total_bytes, first.total_files) == (0, len(LARGE), 1)


def test_rows_are_told_with_bytes_where_they_were_counted(lake, incoming, seen):
    lake.land("sales", incoming("a.csv", LARGE))
    (arrival,) = lake._world.ledger.arrivals()

    class Job:
        inputs = (arrival, arrival)

    watch = _in_full(Job(), seen.append)
    watch(Progress("converting", "sales", 500, 1_000, total_files=2))

    assert (seen[-1].rows, seen[-1].done_files) == (arrival.records, 1)


def test_watching_a_landing_changes_nothing_that_is_written_down(lake, incoming, seen):
    lake.land("sales", incoming("a.csv", LARGE), watch=seen.append)
    lake.land("sales", incoming("b.csv.gz", gzip.compress(LARGE.encode())), watch=seen.append)

    assert [each.records for each in lake._world.ledger.arrivals()] == [40_001, None]


def test_bytes_are_added_up_where_records_are_not_counted(seen):
    tally = Tally("sales", [], seen.append)

    counter = tally.counting(None)
    counter.update(b"1234")

    assert counter.finish() is None


def test_a_missing_file_is_no_trouble_for_the_total(lake, incoming, seen):
    lake.land("sales", incoming("a.csv", LARGE), Path("nowhere.csv"), watch=seen.append)

    assert (seen[-1].done_files, seen[-1].total_bytes) == (2, len(LARGE))


def test_a_worker_with_nothing_to_do_says_that_it_waits(lake, seen):
    stop = Event()

    def watch(progress):
        seen.append(progress)
        if progress == WAITING:
            stop.set()

    lake.work(until_idle=False, watch=watch, stop=stop)

    assert seen == [WAITING]
