"""Where files have to be brought, what comes next is said in time, and no more than fits."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest

from headwater.errors import StoreError
from headwater.ports.engine import Staging
from tests.flow import lakes

FEEDS = "  sales: {match: sales/**, batch: {files: FILES, age: 1h}, retries: {attempts: 1}}\n"


@pytest.fixture
def expected():
    """The keys of each call that says what is next."""
    return []


@pytest.fixture
def made(tmp_path, expected):
    """A lake whose files are here, which is told that they have to be brought."""

    def make(files, most_bytes):
        lake = lakes.make(tmp_path / "lake", FEEDS.replace("FILES", str(files)))
        staging = Staging(
            lambda some: expected.append([each.key for each in some]),
            lambda attempt: None,
            most_bytes,
        )
        lake._world = replace(lake._world, staging=staging)
        return lake

    return make


def keys(*names):
    return [f"sales/{name}.csv" for name in names]


def test_the_next_batch_is_expected_while_one_is_converted(made, expected, incoming):
    with made(1, 10**9) as lake:
        lake.land("sales", *(incoming(f"{name}.csv", "id\n1\n") for name in "abc"))

        lake.work()

    assert expected == [keys("b"), keys("c")]


def test_a_worker_expects_what_those_before_it_leave(made, expected, incoming):
    with made(1, 10**9) as lake:
        lake.land("sales", *(incoming(f"{name}.csv", "id\n1\n") for name in "abcd"))
        lake.dispatch()
        world = lake._world
        world.ledger.claim("another", world.clock(), world.lease, feeds=["sales"])

        second = next(each for each in world.ledger.arrivals(feed="sales") if each.key in keys("b"))
        lake.work(awaited=[second])

    assert expected[0] == keys("d")


TEXT = "id\n" + "1\n" * 50


def test_a_batch_that_does_not_fit_is_converted_in_turns_of_a_third_of_the_room(
    made, expected, incoming
):
    with made(4, 6 * len(TEXT)) as lake:
        lake.land("sales", *(incoming(f"{name}.csv", TEXT) for name in "abcd"))

        [receipt] = lake.work().receipts

        assert len(lake.query("select * from sales").rows()) == 200
    assert receipt.engine.endswith("in 2 turns")
    assert expected == [keys("c", "d")]


class Slow:
    """An engine whose parts arrive when they are awaited; it keeps what is done in which order."""

    def __init__(self, engine, broken):
        self.engine, self.broken = engine, broken
        self.done, self.going = [], {}

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def convert(self, job, watch):
        made = self.engine.convert(job, watch)
        name = job.inputs[0].key.rpartition("/")[2]
        self.done.append(f"made {name}")
        if job.lingers:
            self.going[job.attempt] = name
        return made

    def await_parts(self, attempt):
        name = self.going.pop(attempt)
        if name == self.broken:
            raise StoreError(f"{name} did not arrive")
        self.done.append(f"arrived {name}")


@pytest.fixture
def slow(made, incoming):
    """A lake of three turns, with such an engine, to whom the parts of one may be lost."""

    @contextmanager
    def opened(broken=None):
        with made(3, 3 * len(TEXT)) as lake:
            engine = Slow(lake._world.engine(), broken)
            staging = replace(lake._world.staging, await_parts=engine.await_parts)
            lake._world = replace(lake._world, engine=lambda: engine, staging=staging)
            lake.land("sales", *(incoming(f"{name}.csv", TEXT) for name in "abc"))
            yield lake, engine

    return opened


def test_what_a_turn_made_goes_while_the_next_is_converted(slow):
    with slow() as (lake, engine):
        lake.work()

        assert engine.done == [
            *("made a.csv", "made b.csv", "arrived a.csv", "made c.csv"),
            *("arrived b.csv", "arrived c.csv"),
        ]
        assert len(lake.query("select * from sales").rows()) == 150


@pytest.mark.parametrize("turn", ["a.csv", "c.csv"])
def test_nothing_is_committed_before_all_of_it_has_arrived(slow, turn):
    with slow(turn) as (lake, _):
        [failure] = lake.work().failures

        assert f"{turn} did not arrive" in failure.error.message
        assert lake.tables() == []
