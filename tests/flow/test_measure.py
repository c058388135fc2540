"""A worker measures its runs, and hands the figures on without being held up by that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headwater.adapters.metrics import MemoryMetrics
from headwater.errors import LedgerError, StoreError
from headwater.flow.measure import Meter
from headwater.model.measure import Gauge
from tests.flow import lakes


class Broken:
    """A queue that lets go of nothing."""

    def __init__(self, queue):
        self._queue = queue

    def __getattr__(self, name):
        return getattr(self._queue, name)

    def delete(self, handles):
        raise LedgerError("the queue's disk is gone")


class Refusing(MemoryMetrics):
    """One that cannot be reached at first."""

    away = True
    asked = 0

    def publish(self, measures):
        self.asked += 1
        if self.away:
            raise StoreError("nobody takes figures", hint="try again")
        super().publish(measures)


@pytest.fixture
def clock():
    return lakes.Clock()


@pytest.fixture
def measured(folder, clock):
    lakes_there = []

    def measured(metrics):
        lake = lakes.make(folder, clock=clock)
        lake._world = replace(lake._world, metrics=metrics)
        lakes_there.append(lake)
        return lake

    yield measured
    for lake in lakes_there:
        lake.close()


def values(metrics, gauge):
    return [each.value for each in metrics.measures if each.gauge is gauge]


def test_a_batch_is_measured(measured, incoming):
    metrics = MemoryMetrics()
    text = "id,day,qty\n1,2026-01-05,1\n2,2026-01-05,x\n"

    done = measured(metrics).ingest("sales", incoming("a.csv", text))

    (receipt,) = done.receipts
    assert {each.feed for each in metrics.measures} == {"sales"}
    told = {each.gauge: each.value for each in metrics.measures}
    assert told == {
        Gauge.ROWS: 1,
        Gauge.QUARANTINED: 1,
        Gauge.FILES: 1,
        Gauge.BYTES: len(text),
        Gauge.SECONDS: (receipt.finished_at - receipt.started_at).total_seconds(),
        Gauge.COST: pytest.approx(receipt.cost.nanos / 1e9),
        Gauge.BACKLOG: 0,
        Gauge.AGE: 0,
    }


def test_what_waits_is_measured_with_how_long_it_has(measured, incoming, clock):
    metrics = MemoryMetrics()
    lake = measured(metrics)
    lake.land("sales", incoming("a.csv", lakes.csv_of(1)), incoming("b.csv", lakes.csv_of(2)))
    clock.advance(minutes=3)

    Meter(lake._world).publish()

    assert values(metrics, Gauge.BACKLOG) == [2]
    assert values(metrics, Gauge.AGE) == [180]


def test_figures_are_handed_on_once_a_minute(measured, clock):
    metrics = Refusing()
    metrics.away = False
    meter = Meter(measured(metrics)._world)

    for _ in range(5):
        meter.publish_in_turn()
        clock.advance(seconds=30)

    assert metrics.asked == 2


def test_figures_that_nobody_took_are_told_of_and_handed_on_the_next_time(
    measured, incoming, caplog
):
    metrics = Refusing()
    lake = measured(metrics)
    done = lake.ingest("sales", incoming("a.csv", lakes.csv_of(1, 2)))
    assert "figures were not handed on: nobody takes figures" in caplog.text
    assert lakes.ids_of(lake) == ["1", "2"]

    meter = Meter(lake._world)
    meter.note(done.receipts[0])
    meter.publish()
    metrics.away = False
    meter.publish()
    meter.publish()

    assert values(metrics, Gauge.ROWS) == [2]


def test_figures_of_a_worker_that_breaks_off_are_handed_on(measured, incoming):
    metrics = MemoryMetrics()
    lake = measured(metrics)
    lake.land("sales", incoming("a.csv", lakes.csv_of(1, 2)))
    lake._world = replace(lake._world, queue=Broken(lake._world.queue))

    with pytest.raises(LedgerError, match="the queue's disk is gone"):
        lake.work(until_idle=True)

    assert values(metrics, Gauge.ROWS) == [2]


def test_a_batch_that_is_tried_by_itself_is_measured(measured, incoming):
    metrics = MemoryMetrics()
    lake = measured(metrics)
    lake.land("sales", incoming("a.csv", lakes.csv_of(1, 2)))
    [due] = lake.dispatch(flush=True)

    lake.convert(due.manifest)
    lake.convert(due.manifest)

    assert values(metrics, Gauge.ROWS) == [2]
    assert values(metrics, Gauge.BACKLOG) == []
