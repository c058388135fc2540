"""What can be read of workflows without knowing the ledger, and what telling it costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from headwater.adapters.aws.telling import TellingLedger
from headwater.adapters.aws.workflows import METADATA, STATUS, Workflows, create_tables
from headwater.errors import LeaseLost
from headwater.model.arrival import ArrivalState, Cause
from tests.contracts.ledger_attempts import ClaimContract, EndContract
from tests.contracts.work import (
    LEASE,
    NOW,
    RETURNS,
    SALES,
    claim,
    finish,
    receipt_of,
    sighting,
    sightings,
    start,
)

TOLD = 60  # requests that telling takes for 1,000 files of one batch
LATER = NOW + timedelta(seconds=2.5)
CAUSE = Cause("engine_died", "no memory")


@pytest.fixture(name="lake")
def _lake(steady, new_table):
    """A ledger with its two tables beside it."""
    client, ledger = steady.client("dynamodb"), new_table()
    create_tables(client, ledger)
    return client, ledger


@pytest.fixture(name="ledger")
def _ledger(lake):
    return TellingLedger(*lake)


@pytest.fixture
def told(lake):
    """What stands in one of the tables, as anyone reads it."""
    client, ledger = lake

    def read(table=STATUS):
        items = client.scan(TableName=f"{ledger}-{table}")["Items"]
        return [{name: next(iter(each.values())) for name, each in item.items()} for item in items]

    return read


def test_a_file_is_told_of_from_its_start_to_its_finish(ledger, told):
    held = start(ledger, sighting("a.csv"))
    [before] = told()

    finish(ledger, held, LATER)

    [after] = told()
    assert before == {
        "file_id": held.manifest.arrivals[0],
        "key": "a.csv",
        "workflow": "sales",
        "batch": held.manifest.id,
        "attempt": "1",
        "start": "2025-04-02T12:00:00.123Z",
        "status": "processing",
    }
    assert after == {
        **before,
        "key": f"key of {before['file_id']}",  # as the receipt of these tests calls it
        "status": "completed",
        "finish": "2025-04-02T12:00:02.623Z",
        "duration_ms": "2500",
        "rows_written": "9",
        "rows_quarantined": "1",
    }


def test_a_file_that_is_refused_says_why(ledger, told):
    held = start(ledger)

    finish(ledger, held, state=ArrivalState.QUARANTINED, cause=Cause("too_bad", "12 % are bad"))

    assert [(each["status"], each["error"]) for each in told()] == [("quarantined", "12 % are bad")]


def test_a_file_whose_attempt_failed_waits_and_one_that_was_given_up_is_dead(ledger, told):
    held = start(ledger)
    ledger.release(held, "no memory", NOW)
    [waits] = told()

    ledger.bury(claim(ledger), CAUSE, LATER)

    [dead] = told()
    assert (waits["status"], waits["error"], waits["attempt"]) == ("waiting", "no memory", "1")
    assert (dead["status"], dead["error"], dead["attempt"]) == ("dead", "no memory", "2")
    assert dead["duration_ms"] == "2500"


def test_who_was_overtaken_does_not_unsay_how_it_ended(ledger, told):
    late = start(ledger)
    held = claim(ledger, NOW + 2 * LEASE, "w2")
    finish(ledger, held, NOW + 2 * LEASE)
    before = told()

    with pytest.raises(LeaseLost):
        ledger.bury(late, CAUSE, NOW + 3 * LEASE)
    ledger._workflows.began(late, dict.fromkeys(late.manifest.arrivals, "a.csv"))

    assert told() == before
    assert before[0]["status"] == "completed"


def test_an_end_is_told_before_it_is_recorded(ledger, told):
    held = start(ledger)
    overtaken = replace(held, attempt=7)

    with pytest.raises(LeaseLost):  # what stands here for dying in between
        ledger.settle(overtaken, receipt_of(overtaken), [], LATER)

    assert [each["status"] for each in told()] == ["completed"]


def test_one_file_that_has_ended_keeps_none_of_the_others_from_being_told_of(ledger, told):
    held = start(ledger, *sightings(3))
    first, *others = held.manifest.arrivals
    files = receipt_of(held).files
    ledger._workflows.ended(held, replace(receipt_of(held), files=files[:1]), LATER)

    ledger.release(held, "no memory", NOW)

    assert {each["file_id"]: each["status"] for each in told()} == {
        first: "completed",
        **dict.fromkeys(others, "waiting"),
    }


def test_a_lake_without_these_tables_works_as_well(steady, new_table, caplog):
    ledger = TellingLedger(steady.client("dynamodb"), new_table())

    finish(ledger, start(ledger))

    assert len(ledger.receipts()) == 1
    assert [each.message.split(":")[0] for each in caplog.records] == ["workflows are not told of"]


@pytest.mark.slow
def test_a_thousand_files_of_a_batch_are_told_of_in_no_more_requests_than_said(lake, told):
    client, table = lake
    ledger, requests = TellingLedger(client, table), Counter()
    ledger.register(sightings(1_000))
    feed = replace(SALES, batch=replace(SALES.batch, files=1_000))
    ledger.batch(feed, NOW)

    def count(model, params, **_):
        body = params["body"].decode() if isinstance(params["body"], bytes) else params["body"]
        requests[model.name] += f"{table}-{STATUS}" in body

    client.meta.events.register("before-call.dynamodb", count)
    finish(ledger, claim(ledger))

    assert len(told()) == 1_000
    assert requests.total() <= TOLD, requests


def test_each_prefix_is_told_with_its_workflow(lake, told):
    shops = replace(RETURNS, match=("shops/*/returns.csv", "shops/*/back.csv"))

    Workflows(*lake).declare([SALES, shops], "arn:machine")

    assert {each["prefix"]: (each["workflow"], each["table"]) for each in told(METADATA)} == {
        "sales/": ("sales", "sales_clean"),
        "shops/*/returns.csv": ("returns", "returns_clean"),
        "shops/*/back.csv": ("returns", "returns_clean"),
    }
    assert {each["state_machine"] for each in told(METADATA)} == {"arn:machine"}


def test_a_feed_that_is_gone_is_told_of_no_longer(lake, told):
    workflows = Workflows(*lake)
    workflows.declare([SALES, RETURNS], "arn:machine")

    workflows.declare([RETURNS], "arn:machine")

    assert [each["prefix"] for each in told(METADATA)] == ["returns/"]


class TestTellingLedger(ClaimContract, EndContract):
    """Telling keeps what a ledger promises of claims and ends."""
