"""A batch closes on count or bytes or age, whichever comes first; or when it is told to."""

from __future__ import annotations

import pytest

from headwater.flow.batch import batch
from tests.flow import lakes
from tests.flow.lakes import csv_of


@pytest.fixture
def feed_of(folder, clock):
    """A lake whose feed has these batch limits."""
    opened = []

    def make(limits):
        opened.append(lakes.make(folder, lakes.SALES + f"    batch: {limits}\n", clock=clock))
        return opened[-1]

    yield make
    for lake in opened:
        lake.close()


def sizes(lake, **how):
    return [len(manifest.arrivals) for manifest in batch(lake._world, **how)]


def land(lake, incoming, *names, rows=1):
    for name in names:
        lake.land("sales", incoming(f"{name}.csv", csv_of(*range(rows))))


def test_nothing_is_closed_before_a_limit_is_reached(feed_of, incoming):
    lake = feed_of("{files: 3, bytes: 1GB, age: 1h}")

    land(lake, incoming, "a", "b")

    assert sizes(lake) == []


def test_it_closes_on_count_and_leaves_the_rest_for_the_next(feed_of, incoming):
    lake = feed_of("{files: 2, bytes: 1GB, age: 1h}")

    land(lake, incoming, "a", "b", "c", "d", "e")

    assert sizes(lake) == [2, 2]


def test_it_closes_on_bytes(feed_of, incoming):
    lake = feed_of("{files: 100, bytes: 2000B, age: 1h}")

    land(lake, incoming, "a", "b", "c", rows=60)

    assert sizes(lake) == [2]


def test_a_file_larger_than_the_limit_goes_alone(feed_of, incoming):
    lake = feed_of("{files: 100, bytes: 1000B, age: 1h}")

    land(lake, incoming, "large", rows=200)
    land(lake, incoming, "small")

    assert sizes(lake) == [1]


def test_it_closes_on_the_age_of_the_oldest(feed_of, incoming, clock):
    lake = feed_of("{files: 100, bytes: 1GB, age: 60s}")
    land(lake, incoming, "a")
    clock.advance(seconds=59)
    land(lake, incoming, "b")
    before = sizes(lake)

    clock.advance(seconds=1)

    assert (before, sizes(lake)) == ([], [2])


def test_a_flush_closes_whatever_there_is(feed_of, incoming):
    lake = feed_of("{files: 2, bytes: 1GB, age: 1h}")

    land(lake, incoming, "a", "b", "c")

    assert sizes(lake, flush=True) == [2, 1]


def test_the_manifest_is_written_down_with_its_arrivals(feed_of, folder, incoming):
    import json

    lake = feed_of("{files: 2, bytes: 1GB, age: 1h}")
    land(lake, incoming, "a", "b")

    (manifest,) = batch(lake._world)

    said = json.loads((folder / "manifests" / "sales" / f"{manifest.id}.json").read_text())
    assert said["arrivals"] == list(manifest.arrivals)
    assert said["table"] == "sales"
