"""What fails is tried again, later and later, and given up in the end, with its cause."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from headwater.errors import (
    CommitConflict,
    EngineError,
    LedgerError,
    NoSpace,
    StoreError,
    TableError,
)
from headwater.flow import work as working
from headwater.flow.attempt import attempt
from headwater.flow.batch import batch
from headwater.flow.work import Errand, work
from headwater.model.clock import utc_now
from headwater.model.feed import Retries
from headwater.model.progress import nobody
from headwater.model.retry import RetryAt, after_failure
from tests.flow import lakes
from tests.flow.lakes import claim, csv_of, flush, ids_of, states_of, try_once

FEEDS = lakes.SALES + "    retries: {attempts: 3, first_delay: 10s, longest_delay: 15s}\n"


@pytest.fixture
def lake(folder, clock):
    with lakes.make(folder, FEEDS, clock=clock) as lake:
        yield lake


class Failing:
    """An engine that raises, as a broken one would."""

    def __init__(self, error):
        self.error = error

    def warm(self):
        """Nothing to get ready."""

    def convert(self, job, watch):
        raise self.error

    def close(self):
        """Nothing to end."""


def fail(lake, error, claimed=None):
    return attempt(lake._world, Failing(error), claimed or claim(lake), nobody)


@pytest.fixture
def waiting(lake, incoming):
    """A manifest with one file."""
    lake.land("sales", incoming("a.csv", csv_of("1")))
    (manifest,) = flush(lake)
    return manifest


def test_a_failed_attempt_is_tried_again_only_after_its_delay(lake, waiting, clock):
    fail(lake, StoreError("the store is away"))

    clock.advance(seconds=4.9)
    early = claim(lake)
    clock.advance(seconds=5.1)

    assert early is None
    assert claim(lake).attempt == 2


def test_delays_double_up_to_the_longest():
    now = utc_now()
    retries = Retries(10, timedelta(seconds=10), timedelta(seconds=35))
    waits = [
        after_failure(attempt, retries, now, retryable=True, jitter=0).time - now
        for attempt in (1, 2, 3, 4)
    ]

    assert [wait.total_seconds() for wait in waits] == [10, 20, 35, 35]


def test_a_delay_does_not_overflow_after_very_many_attempts():
    retries = Retries(100_000, timedelta(hours=1), timedelta(days=1))

    assert isinstance(after_failure(99_999, retries, utc_now(), retryable=True), RetryAt)


def test_after_the_feeds_attempts_it_is_dead_with_its_cause_and_its_raw_bytes(
    lake, folder, waiting, clock
):
    outcomes = []
    for _ in range(3):
        outcomes.append(fail(lake, StoreError("the store is away")).dead)
        clock.advance(minutes=1)

    assert outcomes == [False, False, True]
    assert claim(lake) is None
    (chapter,) = lakes.story(lake, "sales/a.csv").chapters
    assert chapter.arrival.state.value == "dead"
    assert (chapter.arrival.cause.code, chapter.arrival.cause.message) == (
        "store",
        "the store is away",
    )
    assert (folder / "raw" / "sales" / "a.csv").read_text() == csv_of("1")
    assert [file.arrival.key for file in lake.quarantine()] == ["sales/a.csv"]


def test_a_dead_manifests_late_commit_is_refused(lake, incoming, clock):
    lake.ingest("sales", incoming("b.csv", csv_of("2")))  # so that the table is there
    lake.land("sales", incoming("a.csv", csv_of("1")))
    flush(lake)
    slow = claim(lake)
    clock.advance(minutes=2)
    for _ in range(3):
        outcome = fail(lake, StoreError("away"))
        clock.advance(minutes=2)
        if outcome.dead:
            break

    assert try_once(lake, slow) is None
    assert ids_of(lake) == ["2"]
    assert lake.verify().findings == ()


def test_a_dead_manifests_late_commit_is_refused_also_where_it_would_make_the_table(
    lake, waiting, clock
):
    slow = claim(lake)
    clock.advance(minutes=2)
    while not fail(lake, StoreError("away")).dead:
        clock.advance(minutes=2)

    assert try_once(lake, slow) is None
    assert [table.rows for table in lake.tables()] in ([], [0])
    assert lake.verify().findings == ()


@pytest.mark.parametrize("point", ["dlq.pre", "ledger_bury"])
def test_who_dies_while_giving_up_leaves_it_to_the_next_attempt_to_finish(
    lake, waiting, clock, monkeypatch, point
):
    class PowerCut(BaseException):
        pass

    def cut(*_):
        raise PowerCut

    if point == "dlq.pre":
        monkeypatch.setattr("headwater.flow.settle.point", cut)
    else:
        monkeypatch.setattr(lake._world.ledger, "bury", cut)
    for _ in range(3):
        claimed = claim(lake)
        try:
            fail(lake, StoreError("away"), claimed)
        except PowerCut:
            break
        clock.advance(minutes=2)
    monkeypatch.undo()
    clock.advance(minutes=2)

    outcome = try_once(lake)

    assert outcome.dead
    (chapter,) = lakes.story(lake, "sales/a.csv").chapters
    assert chapter.arrival.cause.message == "away"
    assert claim(lake) is None


def test_a_replay_brings_back_what_was_given_up(lake, waiting, clock):
    while not fail(lake, StoreError("away")).dead:
        clock.advance(minutes=2)

    (again,) = lake.replay()
    lake.work()

    assert again.generation == 2
    assert ids_of(lake) == ["1"]
    assert states_of(lake, "sales/a.csv") == ["superseded", "completed"]


def test_other_writers_success_does_not_use_up_attempts(lake, waiting, clock):
    for _ in range(10):
        assert not fail(lake, CommitConflict("somebody was quicker")).dead
        clock.advance(minutes=1)

    try_once(lake)

    assert ids_of(lake) == ["1"]


def test_a_full_disk_never_buries_a_file(lake, waiting, clock):
    for _ in range(10):
        assert not fail(lake, NoSpace("full")).dead
        clock.advance(minutes=1)

    try_once(lake)

    assert ids_of(lake) == ["1"]


def test_who_waits_for_the_end_is_told_of_a_full_disk(lake, waiting):
    broken = replace(lake._world, engine=lambda: Failing(NoSpace("the disk is full")))

    with pytest.raises(NoSpace, match="the disk is full"):
        work(broken, Errand(until_idle=True))


@pytest.mark.parametrize("error", [StoreError, LedgerError, TableError])
def test_a_worker_that_goes_on_for_ever_rests_and_tries_again(lake, waiting, monkeypatch, error):
    monkeypatch.setattr(working, "REST", timedelta(0))
    faults, stop = [error("away for a moment")], Event()

    def failing_once(*words, **named):
        if faults:
            raise faults.pop()
        return batch(*words, **named)

    monkeypatch.setattr(working, "batch", failing_once)

    work(lake._world, Errand(stop=stop, told=lambda _: stop.set()))

    assert ids_of(lake) == ["1"]


def test_a_fault_of_ours_is_a_failed_attempt_and_no_end_of_the_worker(lake, waiting, caplog):
    with caplog.at_level(logging.CRITICAL):
        outcome = fail(lake, ZeroDivisionError("oops"))

    assert (outcome.error.code, outcome.dead) == (EngineError.code, False)
    assert "ZeroDivisionError" in outcome.error.message


def test_an_interrupted_attempt_is_given_back_at_once(lake, waiting):
    with pytest.raises(KeyboardInterrupt):
        fail(lake, KeyboardInterrupt())

    assert claim(lake).attempt == 2
