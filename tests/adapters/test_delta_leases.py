"""The right to compact a table in a store is one holder's, and ends with whoever holds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headwater.adapters.delta import lease as leases
from headwater.adapters.delta.lease import LASTS, Lease
from headwater.adapters.memory import MemoryStore


class Clock:
    def __init__(self):
        self.time = datetime(2026, 3, 4, tzinfo=UTC)

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def lease(store, clock):
    return Lease(store, "_leases/sales", clock)


def test_one_at_a_time_has_it_and_nothing_is_left(lease, store):
    with lease.hold() as first, lease.hold() as second:
        assert (first, second) == (True, False)
        assert lease.held()

    assert not lease.held()
    assert list(store.list()) == []


def test_another_tables_is_another_right(lease, store, clock):
    with lease.hold(), Lease(store, "_leases/orders", clock).hold() as other:
        assert other


def test_a_holder_that_died_has_it_for_a_minute(lease, store, clock):
    died = lease.hold()
    died.__enter__()
    for name in [stat.name for stat in store.list()]:
        assert int(name.rpartition("-")[2]) > 0

    clock.time += LASTS - timedelta(seconds=1)
    before = lease.held()
    clock.time += timedelta(seconds=2)

    assert (before, lease.held()) == (True, False)
    with lease.hold() as again:
        assert again
    died.__exit__(None, None, None)


def test_a_holder_that_lives_renews_it(lease, clock, monkeypatch):
    monkeypatch.setattr(leases, "RENEWED_SECONDS", 0.001)
    from threading import Event

    renewed = Event()
    put = lease._put

    def tell(mine):
        put(mine)
        if mine.ends > int((clock.time + LASTS / 2).timestamp() * 1000):
            renewed.set()

    lease._put = tell
    with lease.hold():
        renewed.clear()
        clock.time += LASTS - timedelta(seconds=1)
        renewed.clear()
        assert renewed.wait(30)
        clock.time += LASTS / 2

        assert lease.held()


def test_what_dead_holders_left_is_removed_on_the_way(lease, store, clock):
    died = lease.hold()
    died.__enter__()
    left = len(list(store.list()))
    clock.time += 3 * LASTS

    with lease.hold():
        assert left == len(list(store.list())) == 1
    died.__exit__(None, None, None)


def test_an_object_of_somebody_else_is_no_lease(lease, store):
    store.create("_leases/sales/readme", b"")

    with lease.hold() as mine:
        assert mine
    assert [stat.name for stat in store.list()] == ["_leases/sales/readme"]
