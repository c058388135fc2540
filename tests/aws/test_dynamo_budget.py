"""How many requests files cost the ledger, against what docs/decisions/0020 says they may."""

from __future__ import annotations

from collections import Counter

import pytest

from headwater.adapters.aws.ledger import DynamoLedger
from headwater.emulator.meter import READ_UNITS
from headwater.model.arrival import ArrivalState
from tests.contracts.work import NOW, SALES, arrive, claim, finish, sightings

TOGETHER = 160  # requests for 1,000 files that come by the hundred, and are one batch
ALONE = 50  # requests for ten files that come one by one, and are one batch
IDLE = 3  # requests of a look that finds nothing to do


@pytest.fixture(name="counted")
def _counted(steady, new_table):
    client, requests = steady.client("dynamodb"), Counter()

    def count(model, **_):
        requests[model.name] += 1

    client.meta.events.register("before-call.dynamodb", count)
    return DynamoLedger(client, new_table()), requests


@pytest.mark.slow
def test_a_thousand_files_that_come_by_the_hundred_take_no_more_requests_than_said(counted):
    ledger, requests = counted
    every = sightings(1_000)

    for at in range(0, 1_000, 100):
        ledger.register(every[at : at + 100])
    ledger.batch(SALES, NOW)
    finish(ledger, claim(ledger))

    assert requests.total() <= TOGETHER, requests
    assert requests["Scan"] == 0


def test_ten_files_that_come_one_by_one_take_no_more_requests_than_said(counted):
    ledger, requests = counted

    for each in sightings(10):
        ledger.register([each])
    ledger.batch(SALES, NOW, flush=True)
    finish(ledger, claim(ledger))

    assert requests.total() <= ALONE, requests


def test_a_look_that_finds_nothing_to_do_takes_no_write(counted):
    ledger, requests = counted
    arrive(ledger, *sightings(1))
    requests.clear()

    ledger.batch(SALES, NOW)
    claim(ledger)

    assert requests["Query"] + requests["BatchGetItem"] == requests.total() <= IDLE + 1, requests


def test_keys_that_nothing_came_under_are_asked_for_together(counted):
    ledger, requests = counted
    arrive(ledger, *sightings(1))
    requests.clear()

    found = ledger.newest(SALES.name, [each.key for each in sightings(100)])

    assert len(found) == 1
    assert requests.total() <= 3, requests  # one for all keys, and one for the key that is known


def test_asking_what_waits_reads_nothing_of_what_has_ended(counted, steady):
    ledger, _ = counted
    ledger.register(sightings(40))
    ledger.batch(SALES, NOW, flush=True)
    finish(ledger, claim(ledger))
    steady.calls(forget=True)

    assert ledger.arrivals(feed=SALES.name, states=[ArrivalState.PENDING], limit=1) == []

    assert steady.calls()[READ_UNITS] <= 2
