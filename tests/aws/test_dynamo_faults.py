"""Whatever write of the ledger is carried out and not answered, its outcome is the same."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from headwater.adapters.aws.ledger import DynamoLedger
from headwater.model.arrival import Cause
from headwater.model.checks import Action, CheckResult
from headwater.model.cost import Cost
from headwater.model.event import EventKind, Happening
from headwater.ports.ledger import Upkeep
from headwater.ports.watching import Halt
from tests.aws.double import Double
from tests.aws.faulty import Fault, faulty
from tests.aws.sweep import Sweep
from tests.contracts.ledger_builds import BUILD
from tests.contracts.work import (
    DAY,
    NOW,
    SALES,
    SECOND,
    claim,
    parts_of,
    receipt_of,
    sighting,
    sightings,
)

HALT = Halt("sales", "m1", NOW, (CheckResult("x", Action.HALT, 10, 1),))
TOOK = Upkeep("c1", "sales", NOW, 30, 20, 0.5, Cost(nanos=7))
SOME, FEW = 5, 2  # writes of a story, in a run


def story(ledger):
    """Every writing method at least once; answer all that was answered, and how all stands."""
    told = [
        ledger.register([*sightings(3), sighting(feed=None, raw="x")]),
        ledger.register([sighting("00000.csv", "v2"), sighting("z.csv", raw="x")]),
        ledger.register([sighting("00001.csv", raw="again"), sighting("00002.csv", stamp="2")]),
        ledger.batch(SALES, NOW, flush=True),
        held := claim(ledger),
        ledger.renew(held, NOW + DAY),
        ledger.release(held, "it failed", NOW + SECOND),
        held := claim(ledger, NOW + SECOND, "w2"),
        ledger.stage(held, receipt_of(held), parts_of(held)),
        ledger.settle(held, receipt_of(held), parts_of(held), NOW + SECOND),
        ledger.replay(held.manifest.arrivals[:2], NOW),
        ledger.batch(SALES, NOW, flush=True),
        dead := claim(ledger, NOW + SECOND),
        ledger.bury(dead, Cause("engine", "it died"), NOW),
        ledger.replay(dead.manifest.arrivals, NOW, together=SALES),
        last := claim(ledger, NOW + SECOND),
        ledger.settle(last, costly(last), parts_of(last), NOW + 2 * SECOND),
        ledger.write_down(BUILD),
        ledger.write_down(replace(BUILD, created_at=NOW + SECOND)),
        ledger.meet("n"),
        ledger.record([late("a"), late("b")]),
        ledger.record([late("a"), late("a", EventKind.RECOVERED)]),
        events := ledger.untold("n", NOW, NOW + SECOND),
        ledger.told("n", events[0].id, NOW),
        ledger.untold("n", NOW, NOW + SECOND),
        ledger.halt([HALT]),
        ledger.upkeep([TOOK]),
        ledger.watch("sales", NOW),
        ledger.watch("sales", NOW + DAY),
        ledger.watched("sales"),
    ]
    stands = [
        ledger.arrivals(),
        ledger.manifests(),
        ledger.receipts(),
        list(ledger.parts("sales_clean")),
        ledger.standing(),
        ledger.spending(),
        ledger.spent("sales", "2025-04", "USD"),
        ledger.check_runs("sales", 5),
    ]
    return [plain(each) for each in (*told, *stands)]


def costly(held):
    return replace(receipt_of(held), cost=Cost(nanos=5))


def late(subject, kind=EventKind.LATE):
    return Happening("sales", subject, kind, NOW, "it is late", "look", NOW)


def plain(value):
    """Manifests have other ids each time."""
    return re.sub(r"\bm[0-9a-z]{15}\b", "m", repr(value))


@pytest.fixture(name="proxy", scope="module")
def _proxy(steady):
    with faulty(steady.url) as server:
        yield server


@pytest.fixture(name="through")
def _through(proxy, new_table, step_items):
    def through():
        client = Double(proxy.url).client("dynamodb")
        return DynamoLedger(client, new_table(), step_items=step_items)

    return through


@pytest.mark.slow
@pytest.mark.parametrize("fault", Fault)
def test_the_nth_write_that_goes_wrong_changes_no_answer_and_no_state(proxy, through, fault):
    proxy.spare()
    expected = story(through())
    writes = proxy.writes

    sweep = Sweep(SOME if fault is Fault.DROPPED else FEW)
    for number in sweep.numbers(writes):
        ledger = through()
        proxy.spoil(number, fault)

        assert story(ledger) == expected, sweep.at(number)
