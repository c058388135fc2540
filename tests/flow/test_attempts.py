"""Workers die, sleep and overtake each other; the table gets each manifest once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from headwater.errors import CommitUnknown, LedgerError
from headwater.flow.account import Tried, account
from headwater.flow.attempt import attempt, heartbeat
from headwater.flow.commit import commit
from headwater.flow.convert import convert
from headwater.model.progress import nobody
from headwater.ports.tables import CommitOutcome
from tests.flow import lakes
from tests.flow.lakes import claim, csv_of, flush, ids_of, log_of, states_of, try_once

WORK = "import headwater\nwith headwater.open({folder!r}) as lake: lake.work()"


@pytest.fixture
def lake(folder, clock):
    with lakes.make(folder, clock=clock) as lake:
        yield lake


@pytest.fixture
def landed(lake, incoming):
    """A file of another key is in the table; one waits in a manifest."""
    lake.ingest("sales", incoming("there.csv", csv_of("there")))
    lake.land("sales", incoming("a.csv", csv_of("1", "2")))
    flush(lake)


def die_at(folder, point):
    """A worker of its own that ends at a point as if the machine had."""
    ran = subprocess.run(
        [sys.executable, "-c", WORK.format(folder=str(folder))],
        env={**os.environ, "HEADWATER_CRASH": point},
        check=False,
        timeout=60,
    )
    assert ran.returncode == -9


class Interposed:
    """Tables where something happens between the decision to commit and the commit."""

    def __init__(self, tables, happens):
        self._tables = tables
        self._happens = happens

    def commit(self, commit):
        happens, self._happens = self._happens, lambda: None
        happens()
        return self._tables.commit(commit)

    def __getattr__(self, name):
        return getattr(self._tables, name)


def attempt_while(lake, claimed, happens):
    """An attempt that is asleep, just before it commits, while something happens."""
    world = replace(lake._world, tables=Interposed(lake._world.tables, happens))
    engine = world.engine()
    try:
        return attempt(world, engine, claimed, nobody)
    finally:
        engine.close()


def commits(folder):
    return Counter(
        action["txn"]["appId"].partition("-")[0]
        for entry in log_of(folder)
        if any("add" in action for action in entry)
        for action in entry
        if "txn" in action and "-" not in action["txn"]["appId"]
    )


@pytest.mark.parametrize("point", ["ledger.pre:1", "log.synced:2", "log.committed_unsynced:2"])
def test_who_died_after_the_commit_is_settled_without_a_second_one(folder, clock, incoming, point):
    with lakes.make(folder, clock=clock) as lake:
        lake.land("sales", incoming("a.csv", csv_of("1", "2")))
    die_at(folder, point)
    before = log_of(folder)
    clock.advance(minutes=2)

    with lakes.open_lake(folder, clock=clock) as lake:
        lake.work()

        assert ids_of(lake) == ["1", "2"]
        assert log_of(folder) == before
        assert states_of(lake, "sales/a.csv") == ["completed"]
        assert lake.verify().findings == ()


@pytest.mark.parametrize("point", ["claim.post", "stage.pre", "stage.post", "log.before_commit"])
def test_who_died_before_the_commit_has_left_nothing_that_shows(folder, clock, incoming, point):
    with lakes.make(folder, clock=clock) as lake:
        lake.land("sales", incoming("a.csv", csv_of("1", "2") + "3,soon,1\n"))
    die_at(folder, point)
    clock.advance(minutes=2)

    with lakes.open_lake(folder, clock=clock) as lake:
        lake.work()
        lake.sweep(older_than=timedelta(0))

        assert ids_of(lake) == ["1", "2"]
        assert len(lake.refused_rows()) == 1
        assert set(lakes.parts_on_disk(folder)) == {
            part.path for part in lake._world.tables.snapshot("sales").parts
        }
        assert lake.verify().findings == ()


def test_a_lease_that_runs_out_in_mid_conversion_ends_in_one_commit(lake, folder, landed, clock):
    slow = claim(lake, "slow")
    clock.advance(minutes=2)
    quick = claim(lake, "quick")

    overtaken = try_once(lake, slow)
    done = try_once(lake, quick)

    assert overtaken is None
    assert done.attempt == 2
    assert ids_of(lake) == ["1", "2", "there"]
    assert set(commits(folder).values()) == {1}


def test_both_finish_and_the_first_to_commit_is_the_one_that_counts(lake, folder, landed, clock):
    slow = claim(lake, "slow")
    receipts = []

    def overtake():
        clock.advance(minutes=2)
        receipts.append(try_once(lake, claim(lake, "quick")))

    outcome = attempt_while(lake, slow, overtake)

    assert outcome == receipts[0]
    assert outcome.attempt == 2
    assert ids_of(lake) == ["1", "2", "there"]
    assert set(commits(folder).values()) == {1}
    assert lake.verify().findings == ()


def test_the_one_that_is_late_settles_what_the_earlier_one_committed(lake, folder, landed, clock):
    slow = claim(lake, "slow")
    clock.advance(minutes=2)
    late = claim(lake, "late")

    def slow_commits():
        # Its stage would be refused, as it should be: this one had staged before it slept.
        engine = lake._world.engine()
        try:
            commit_by_hand(lake, engine, slow)
        finally:
            engine.close()

    receipt = attempt_while(lake, late, slow_commits)

    assert receipt.attempt == 1  # the log's receipt is the one that is kept
    assert ids_of(lake) == ["1", "2", "there"]
    assert lake.verify().findings == ()
    assert states_of(lake, "sales/a.csv") == ["completed"]


def commit_by_hand(lake, engine, claimed):
    world = lake._world
    members = world.ledger.members(claimed.manifest.id)
    conversion = convert(world, engine, claimed, members, nobody)
    tried = Tried(members, conversion, [], None, world.clock(), world.clock())
    committed = commit(
        world,
        claimed,
        account(claimed, tried),
        schema=conversion.schema,
        parts=conversion.parts,
        rewritten=None,
    )
    assert committed is not None


def test_an_attempt_that_was_fenced_in_its_sleep_is_refused_and_the_manifest_tried_again(
    lake, folder, landed, clock
):
    slow = claim(lake, "slow")

    def sweep():
        clock.advance(minutes=2)
        assert lake.sweep(older_than=timedelta(0)).parts == 1

    assert attempt_while(lake, slow, sweep) is None
    assert ids_of(lake) == ["there"]
    assert states_of(lake, "sales/a.csv") == ["processing"]

    lake.work()

    assert ids_of(lake) == ["1", "2", "there"]
    assert set(commits(folder).values()) == {1}
    assert lake.verify().findings == ()


def test_a_sleeper_whose_refused_rows_were_swept_is_refused_too(lake, incoming, clock):
    lake.ingest("sales", incoming("there.csv", csv_of("there")))
    lake.land("sales", incoming("bad.csv", "id,day,qty\n1,soon,1\n"))
    flush(lake)
    slow = claim(lake, "slow")

    def sweep():
        clock.advance(minutes=2)
        assert lake.sweep(older_than=timedelta(0)).refusals == 1

    assert attempt_while(lake, slow, sweep) is None
    lake.work()

    assert [row.raw for row in lake.refused_rows()] == ["1,soon,1"]
    assert lake.verify().findings == ()


def test_a_sleeper_who_would_make_the_table_finds_its_parts_untouched(lake, incoming, clock):
    """No log can fence it before there is a table, so nothing of it is swept until it has ended."""
    lake.land("sales", incoming("a.csv", csv_of("1") + "2,soon,1\n"))
    flush(lake)
    slow = claim(lake, "slow")
    world = lake._world

    class Late(Interposed):
        def ensure(self, *words):
            clock.advance(minutes=2)
            swept = lake.sweep(older_than=timedelta(0))
            assert (swept.parts, swept.refusals) == (0, 0)
            return self._tables.ensure(*words)

    engine = world.engine()
    try:
        attempt(replace(world, tables=Late(world.tables, lambda: None)), engine, slow, nobody)
    finally:
        engine.close()
    lake.work()

    assert ids_of(lake) == ["1"]
    assert [row.raw for row in lake.refused_rows()] == ["2,soon,1"]
    assert lake.verify().findings == ()


def test_a_lost_reply_to_a_commit_is_looked_up_in_the_log(lake, folder, landed):
    class Lossy(Interposed):
        def commit(self, commit):
            outcome = self._tables.commit(commit)
            if outcome.outcome is CommitOutcome.OK:
                raise CommitUnknown("the reply was lost")
            return outcome

    world = replace(lake._world, tables=Lossy(lake._world.tables, lambda: None))
    engine = world.engine()
    try:
        receipt = attempt(world, engine, claim(lake), nobody)
    finally:
        engine.close()

    assert receipt.books.written == 2
    assert ids_of(lake) == ["1", "2", "there"]
    assert set(commits(folder).values()) == {1}


def test_a_heartbeat_that_fails_once_beats_again(lake, landed, clock):
    renewed = []

    class Flaky:
        def renew(self, claimed, until):
            renewed.append(until)
            if len(renewed) == 1:
                raise LedgerError("locked")
            enough.set()

    enough = Event()
    world = replace(lake._world, ledger=Flaky(), lease=timedelta(milliseconds=40))
    with heartbeat(world, claim(lake)):
        assert enough.wait(10)


def test_four_workers_at_once_commit_every_manifest_once(folder, incoming):
    feeds = lakes.SALES + "    batch: {files: 5}\n"
    with lakes.make(folder, feeds) as lake:
        lake.land("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in range(60)))
    opened = [lakes.open_lake(folder) for _ in range(4)]
    threads = [Thread(target=each.work) for each in opened]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with lakes.open_lake(folder) as lake:
        assert ids_of(lake) == sorted(str(n) for n in range(60))
        assert set(commits(folder).values()) == {1}
        assert lake.verify().findings == ()
    for each in opened:
        each.close()


def test_nothing_of_an_attempt_has_the_name_of_anothers(lake, landed, clock):
    first = claim(lake)
    clock.advance(minutes=2)
    second = claim(lake)

    def parts_of(claimed):
        members = lake._world.ledger.members(claimed.manifest.id)
        engine = lake._world.engine()
        try:
            conversion = convert(lake._world, engine, claimed, members, nobody)
        finally:
            engine.close()
        return {part.path for part in conversion.parts}

    assert parts_of(first).isdisjoint(parts_of(second))
