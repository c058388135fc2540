"""Events are told once, in order, at least once through deaths, and never stop a worker."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from headwater.flow.notify import _happenings, look
from tests.flow import lakes

FEEDS = """\
  sales:
    format: csv
    schema: {id: text not null}
    expect: {every: 1d, by: "06:00", since: 2026-11-20}
"""
NOTIFY = "notify:\n  - {file: events.ndjson}\n"


@pytest.fixture
def clock():
    clock = lakes.Clock()
    clock.now = datetime(2026, 11, 20, 5, tzinfo=UTC)
    return clock


@pytest.fixture
def open_lake(folder, clock):
    some = []

    def opened(more=NOTIFY, feeds=FEEDS):
        some.append(lakes.make(folder, feeds, clock=clock, more=more))
        return some[-1]

    yield opened
    for lake in some:
        lake.close()


@pytest.fixture
def told(folder):
    def told():
        path = folder / "events.ndjson"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    return told


def kinds(events):
    return [(each["subject"], each["kind"]) for each in events]


def test_a_state_is_told_once_and_again_only_when_it_changes(open_lake, clock, incoming, told):
    lake = open_lake()
    look(lake._world)
    assert told() == []

    clock.advance(hours=2)
    look(lake._world)
    look(lake._world)
    assert kinds(told()) == [("2026-11-20", "late")]

    lake.land("sales", incoming("a.csv", "id\n1\n"))
    look(lake._world)
    look(lake._world)
    assert kinds(told())[1:] == [("2026-11-20", "recovered")]
    assert told()[1]["was"] == "late"


def test_what_is_told_says_what_since_when_and_what_to_do(open_lake, clock, told, folder):
    lake = open_lake()
    clock.advance(hours=2)

    look(lake._world)

    assert told() == [
        {
            "lake": str(folder),
            "id": 1,
            "feed": "sales",
            "subject": "2026-11-20",
            "kind": "late",
            "at": "2026-11-20T07:00:00Z",
            "message": "sales 2026-11-20 late: lacks 1 file, of which none came",
            "hint": "headwater status sales",
            "since": "2026-11-20T06:00:00Z",
            "was": None,
        }
    ]


def test_whoever_names_kinds_is_told_of_these_and_of_their_recovery(
    open_lake, clock, incoming, told
):
    lake = open_lake("notify:\n  - {file: events.ndjson, on: [missing, halted]}\n")
    look(lake._world)
    clock.advance(hours=2)
    look(lake._world)
    assert told() == []

    clock.advance(days=1)
    look(lake._world)
    lake.land("sales", incoming("a.csv", "id\n1\n"))
    look(lake._world)

    assert kinds(told()) == [("2026-11-20", "missing")]


def test_whoever_was_told_of_a_fault_is_told_of_its_end_and_nobody_else(
    open_lake, clock, incoming, told
):
    lake = open_lake("notify:\n  - {file: events.ndjson, on: late}\n")
    look(lake._world)
    clock.advance(hours=2)
    look(lake._world)
    lake.land("sales", incoming("a.csv", "id\n1\n"))

    look(lake._world)

    assert kinds(told()) == [("2026-11-20", "late"), ("2026-11-20", "recovered")]


def test_a_worker_tells_at_its_end(open_lake, clock, told):
    lake = open_lake()
    clock.advance(hours=2)

    lake.work()

    assert kinds(told()) == [("2026-11-20", "late")]


def test_a_worker_that_goes_on_tells_by_the_clock(open_lake, clock, told):
    lake = open_lake()
    stop = Event()
    clock.advance(hours=2)
    seen = []

    def watch(progress):
        seen.append(len(told()))
        clock.advance(seconds=40)
        if len(seen) > 3:
            stop.set()

    lake.work(until_idle=False, watch=watch, stop=stop)

    assert kinds(told()) == [("2026-11-20", "late")]
    assert seen[-1] == 1


def test_refused_rows_and_batches_that_were_given_up_are_told_once(
    open_lake, clock, incoming, told
):
    checked = FEEDS + "    checks:\n      - {holds: id <> 'bad', action: halt, name: no bad ids}\n"
    lake = open_lake(feeds=checked)
    look(lake._world)
    lake.ingest("sales", incoming("a.csv", "id,x\n1,1\n,2\n"))
    lake.ingest("sales", incoming("b.csv", "id\nbad\n"))

    look(lake._world)
    look(lake._world)

    assert [each["kind"] for each in told()] == ["halted", "quarantined"]
    assert "no bad ids" in told()[0]["message"]
    assert told()[1]["message"] == "sales: 1 row refused"


def test_a_build_that_a_check_halted_is_told_as_such(open_lake, incoming, told):
    model = "{sql: select id from sales, checks: [{rows: [5, null], action: halt}]}"
    lake = open_lake(more=f"{NOTIFY}models:\n  ids: {model}\n")
    look(lake._world)
    lake.ingest("sales", incoming("a.csv", "id,x\n1,1\n"))
    lake.work()

    look(lake._world)

    (event,) = [each for each in told() if each["feed"] == "ids"]
    assert (event["kind"], event["hint"]) == ("halted", "headwater checks ids")
    assert "ids: a build was given up: check 'rows' of model ids failed" in event["message"]


def test_the_first_worker_of_all_tells_of_what_its_own_batches_came_to(open_lake, incoming, told):
    lake = open_lake()
    lake.land("sales", incoming("a.csv", "id,x\n,2\n"))

    lake.work()

    assert [each["kind"] for each in told()] == ["quarantined"]


def test_a_notifier_that_fails_is_told_later_and_nothing_else_stops(
    open_lake, clock, incoming, folder, told
):
    (folder / "events.ndjson").mkdir(parents=True)
    lake = open_lake()
    clock.advance(hours=2)
    lake.land("sales", incoming("a.csv", "id\n1\n"))
    clock.advance(days=1)

    done = lake.work()

    assert len(done.receipts) == 1
    (folder / "events.ndjson").rmdir()
    look(lake._world)
    assert told() == []
    clock.advance(minutes=2)
    look(lake._world)
    assert kinds(told()) == [("2026-11-21", "late")]


def test_events_that_one_worker_is_telling_are_not_given_to_another(open_lake, clock):
    first, second = open_lake(), open_lake()
    look(first._world)
    clock.advance(hours=2)
    first._world.ledger.record(list(_happenings(first._world)))
    name = first._world.notifiers[0].notify.name

    taken = first._world.ledger.untold(name, clock(), clock() + timedelta(minutes=5))

    assert [each.kind for each in taken] == ["late"]
    assert second._world.ledger.untold(name, clock(), clock() + timedelta(minutes=5)) == []


def test_who_dies_between_telling_and_noting_it_tells_again_with_the_same_id(
    open_lake, clock, told
):
    lake = open_lake()
    look(lake._world)
    clock.advance(hours=2)
    tell = lake._world.notifiers[0].tell

    class Killed(BaseException):
        """As if the machine had ended."""

    def told_and_died(document):
        tell(document)
        raise Killed

    lake._world.notifiers[0].tell = told_and_died
    with pytest.raises(Killed):
        look(lake._world)
    lake._world.notifiers[0].tell = tell
    look(lake._world)
    assert len(told()) == 1  # as long as the one who died could still be telling

    clock.advance(minutes=6)
    look(lake._world)

    assert [each["id"] for each in told()] == [1, 1]


def test_one_who_comes_later_is_told_what_happens_from_then_on(open_lake, clock, incoming, told):
    lake = open_lake("")
    clock.advance(hours=2)
    look(lake._world)
    later = open_lake()
    look(later._world)
    assert told() == []

    later.land("sales", incoming("a.csv", "id\n1\n"))
    look(later._world)

    assert kinds(told()) == [("2026-11-20", "recovered")]


def test_nothing_is_asked_of_the_ledger_where_nothing_is_expected_and_nobody_told(open_lake, clock):
    lake = open_lake("", lakes.SALES)

    look(lake._world)

    assert lake._world.ledger.watched(None) is None
