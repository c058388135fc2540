"""What lies in the raw zone is found, whatever became of its message."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headwater.flow.register import announcement
from headwater.flow.settle import acknowledge
from headwater.flow.work import Errand, _Shift, take_in
from tests.flow import lakes
from tests.flow.lakes import arrivals_of, csv_of, ids_of, log_of, states_of


def drop(folder, name, text):
    return lakes.write(folder / "raw" / name, text)


def lose_messages(lake):
    """Take every message out of the queue."""
    queue = lake._world.queue
    lost = 0
    while messages := queue.receive(hidden_for=lakes.timedelta(minutes=1)):
        queue.delete([message.handle for message in messages])
        lost += len(messages)
    return lost


def test_a_file_dropped_by_hand_is_found_by_reconcile(lake, folder):
    drop(folder, "sales/by-hand.csv", csv_of("1"))

    found = lake.reconcile()

    assert [each.arrival.key for each in found.new] == ["sales/by-hand.csv"]
    assert lake.reconcile().registered == ()


def test_the_ledger_is_asked_only_of_what_came_of_late_where_that_is_wanted(lake, folder):
    _put(folder, "old.csv", days=4)
    _put(folder, "new.csv", days=2)

    of_late = lake.reconcile(newer=timedelta(days=3))
    every = lake.reconcile()

    assert [each.arrival.key for each in of_late.new] == ["sales/new.csv"]
    assert (of_late.objects, every.objects) == (1, 2)
    assert [each.arrival.key for each in every.new] == ["sales/old.csv"]


def test_a_worker_whose_looks_are_billed_asks_of_all_once_and_then_of_what_is_new(lake, folder):
    now = [datetime.now(UTC)]
    world = replace(lake._world, looks_are_billed=True, clock=lambda: now[0])
    shift = _Shift(world, Errand(), world.engine())
    _put(folder, "first.csv", days=9)
    shift._look_around()
    _put(folder, "old.csv", days=4)
    _put(folder, "new.csv", days=2)
    now[0] += timedelta(hours=1)

    shift._look_around()

    assert sorted(each.key for each in arrivals_of(lake)) == ["sales/first.csv", "sales/new.csv"]


def _put(folder, name, *, days):
    path = drop(folder, f"sales/{name}", csv_of(1))
    came = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (came, came))


def test_a_file_dropped_by_hand_is_found_by_work(lake, folder):
    drop(folder, "sales/deep/below/by-hand.csv", csv_of("1"))

    lake.work()

    assert ids_of(lake) == ["1"]


def test_a_file_dropped_over_another_takes_its_place(lake, folder):
    drop(folder, "sales/a.csv", csv_of("old"))
    lake.work()

    drop(folder, "sales/a.csv", csv_of("new", "newer"))
    lake.work()

    assert ids_of(lake) == ["new", "newer"]
    assert lake.verify().findings == ()


def test_a_file_that_is_still_being_written_is_left_for_the_next_look(lake, folder):
    path = drop(folder, "sales/growing.csv", "id,day,qty\n")
    os.utime(path)

    class Growing:
        """A store in which the file grows between two looks."""

        def __getattr__(self, name):
            return getattr(store, name)

        def stat(self, name):
            path.write_text(csv_of("1"))
            return store.stat(name)

    store = lake._world.zones.raw
    object.__setattr__(lake._world.zones, "raw", Growing())

    found = lake.reconcile()

    assert found.unstable == ("sales/growing.csv",)
    assert found.registered == ()


def test_a_file_of_no_feed_is_kept_and_shown_and_taken_once_a_feed_matches(folder):
    with lakes.make(folder) as lake:
        path = drop(folder, "returns/a.csv", csv_of("1"))
        lake.work()
        (unrouted,) = [feed for feed in lake.status().feeds if feed.feed is None]

    assert path.read_text() == csv_of("1")
    assert sum(unrouted.arrivals.values()) == 1
    lakes.configure(folder, lakes.SALES + lakes.SALES.replace("sales", "returns"))
    with lakes.open_lake(folder) as lake:
        lake.work()

        assert ids_of(lake, "returns") == ["1"]
        assert states_of(lake, "returns/a.csv") == ["superseded", "completed"]
        assert lake.verify().findings == ()


def test_a_message_about_an_object_that_never_was_is_dropped(lake):
    lake._world.queue.send([announcement("sales/ghost.csv")])

    lake.work()

    assert lake.status().queue.waiting == lake.status().queue.in_flight == 0
    assert arrivals_of(lake) == []


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        json.dumps({"raw": 7}),
        json.dumps({"raw": "../../etc/passwd"}),
        json.dumps({"raw": "/etc/passwd"}),
        json.dumps({"raw": "sales/\0"}),
        json.dumps({"raw": ""}),
    ],
)
def test_a_message_that_names_no_object_is_dropped_and_stops_nobody(lake, incoming, body):
    lake._world.queue.send([body])
    lake.land("sales", incoming("a.csv", csv_of("1")))

    lake.work()

    assert ids_of(lake) == ["1"]
    depth = lake.status().queue
    assert (depth.waiting, depth.in_flight, depth.dead) == (0, 0, 0)


def test_doubled_and_reordered_messages_change_nothing(lake, folder, incoming):
    lake.land("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in range(20)))
    lake.work()
    log, arrivals = log_of(folder), arrivals_of(lake)

    messages = [announcement(arrival.raw) for arrival in arrivals] * 5
    random.Random(7).shuffle(messages)
    lake._world.queue.send(messages)
    lake.work()

    assert log_of(folder) == log
    assert arrivals_of(lake) == arrivals
    assert lake.status().queue.waiting == lake.status().queue.in_flight == 0


def test_lost_messages_change_nothing(lake, incoming):
    lake.land("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in range(20)))
    assert lose_messages(lake) == 20

    lake.work()

    assert len(ids_of(lake)) == 20


def test_an_object_that_was_only_announced_is_registered_from_its_message(lake, folder):
    drop(folder, "sales/a.csv", csv_of("1"))
    lake._world.queue.send([announcement("sales/a.csv")])

    take_in(lake._world, {})

    assert [arrival.key for arrival in arrivals_of(lake)] == ["sales/a.csv"]


def test_a_message_is_kept_until_its_arrival_is_settled(lake, incoming):
    lake.land("sales", incoming("a.csv", csv_of("1")))
    hands = {}
    take_in(lake._world, hands)

    acknowledge(lake._world, hands)
    before = lake.status().queue.in_flight
    lakes.flush(lake)
    lakes.try_once(lake)
    acknowledge(lake._world, hands)

    assert (before, lake.status().queue.in_flight) == (1, 0)


def test_a_backlog_larger_than_a_workers_hands_is_drained(lake, incoming, monkeypatch):
    monkeypatch.setattr("headwater.flow.work.GULP", 20)
    lake.land("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in range(75)))

    lake.work()

    depth = lake.status().queue
    assert (depth.waiting, depth.in_flight) == (0, 0)
    assert len(ids_of(lake)) == 75


def test_a_raw_object_that_cannot_be_read_does_not_stop_the_others(lake, folder, monkeypatch):
    from headwater.errors import SourceUnreadable
    from headwater.flow import lying

    drop(folder, "sales/a-locked.csv", csv_of("1"))
    drop(folder, "sales/b.csv", csv_of("2"))
    real = lying.measure

    def locked(path, counter):
        if path.name == "a-locked.csv":
            raise SourceUnreadable("it may not be read")
        return real(path, counter)

    monkeypatch.setattr(lying, "measure", locked)

    lake.work()

    assert ids_of(lake) == ["2"]


def test_work_in_a_lake_whose_ledger_is_gone_is_refused_before_anything_doubles(folder, incoming):
    from headwater.errors import LedgerError

    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1")))
    (folder / "ledger.sqlite").unlink()

    with lakes.open_lake(folder) as lake:
        for act in (lake.work, lake.reconcile, lambda: lake.land("sales", incoming("b.csv", "x"))):
            with pytest.raises(LedgerError, match="empty") as caught:
                act()
            assert "--rebuild" in caught.value.hint
        assert ids_of(lake) == ["1"]


@pytest.mark.parametrize("files", [1, 40], ids=["one by one", "all at once"])
def test_a_file_dropped_by_hand_is_on_the_disk_before_the_ledger_knows_of_it(
    lake, folder, monkeypatch, files
):
    paths = [drop(folder, f"sales/2026/{each}.csv", csv_of(str(each))) for each in range(files)]
    synced, known = watch_the_disk(monkeypatch)

    lake.reconcile()

    assert len(arrivals_of(lake)) == files
    wanted = {*map(str, paths), str(folder / "raw/sales/2026"), str(folder / "raw/sales")}
    disks = {folder.stat().st_dev}
    assert known == [True]
    assert wanted <= synced or disks <= synced


def test_a_file_that_cannot_be_made_to_last_is_not_registered_and_stops_no_other(
    lake, folder, monkeypatch
):
    drop(folder, "sales/bad.csv", csv_of("bad"))
    drop(folder, "sales/good.csv", csv_of("good"))
    fsync = os.fsync

    def failing(descriptor):
        if descriptor_path(descriptor).endswith("bad.csv"):
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    found = lake.reconcile()

    assert [each.arrival.key for each in found.new] == ["sales/good.csv"]


def watch_the_disk(monkeypatch):
    """What is synced, paths or whole devices; and whether anything was before each registration."""
    from headwater.adapters import durable
    from headwater.adapters.sqlite.ledger import SqliteLedger

    synced, known = set(), []
    fsync, syncfs, register = os.fsync, durable._syncfs, SqliteLedger.register

    def note(descriptor):
        synced.add(descriptor_path(descriptor))
        fsync(descriptor)

    def note_all(descriptor):
        synced.add(os.fstat(descriptor).st_dev)
        return syncfs(descriptor)

    def tell(self, sightings):
        known.append(bool(synced))
        return register(self, sightings)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(durable, "_syncfs", note_all)
    monkeypatch.setattr(SqliteLedger, "register", tell)
    return synced, known


def descriptor_path(descriptor):
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())
