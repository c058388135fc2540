"""What only asks whether word of it gets through is answered, and is no data."""

from __future__ import annotations

import json

import pytest

from headwater.model.smoke import PREFIX, is_question
from tests.flow.lakes import Clock, csv_of, make, write

EVERYTHING = '  every: {match: "**", batch: {files: 1}, on_bad_value: fail}\n'
NAME = PREFIX + "0" * 32


@pytest.fixture
def lake(tmp_path):
    clock = Clock()
    with make(tmp_path / "lake", EVERYTHING, clock=clock) as lake:
        write(lake.root / "raw" / NAME, "is this heard?\n")
        clock.advance(seconds=60)
        yield lake


def body(name=NAME):
    return json.dumps({"raw": name})


def told(lake):
    return [each.raw for each in lake._world.ledger.arrivals()]


def answered(lake):
    return [each.name for each in lake._world.zones.manifests.list(PREFIX)]


def test_it_is_answered_as_often_as_it_is_announced_and_never_arrives(lake):
    assert lake.arrive([body(), body()]) == []
    assert lake.arrive([body()]) == []

    assert answered(lake) == [NAME]
    assert told(lake) == []


def test_its_neighbour_arrives(lake):
    write(lake.root / "raw" / PREFIX / "a.csv", csv_of("1"))

    assert lake.arrive([body(), body(f"{PREFIX}a.csv")]) == []

    assert told(lake) == [f"{PREFIX}a.csv"]


def test_one_that_is_gone_is_not_answered(lake):
    (lake.root / "raw" / NAME).unlink()

    assert lake.arrive([body()]) == []

    assert answered(lake) == []


def test_a_worker_answers_it_and_lets_go_of_the_message(lake):
    lake._world.queue.send([body()])

    lake.work(until_idle=True)

    assert answered(lake) == [NAME]
    assert lake._world.queue.depth().waiting == 0
    assert (told(lake), lake.tables()) == ([], [])


def test_no_look_at_the_raw_zone_takes_it_for_data(lake):
    lake.arrive([body()])

    assert lake.reconcile().registered == ()
    assert lake.rebuild().arrivals == 0
    assert lake.verify().findings == ()


@pytest.mark.parametrize("name", [f"{PREFIX}a.csv", "sales/" + NAME, NAME + "0", f"{NAME}\n"])
def test_what_is_called_otherwise_asks_nothing(name):
    assert not is_question(name)
