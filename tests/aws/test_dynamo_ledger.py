"""DynamoLedger keeps the ledger's contract, whether a step fits into a transaction or is spread."""

from __future__ import annotations

from functools import partial

import pytest

from headwater.adapters.aws.ledger import DynamoLedger
from tests.aws.double import Double
from tests.contracts.ledger import LedgerContract

WORKER = """
from tests.aws.test_dynamo_ledger import open_at
from tests.contracts.ledger_races import work_until_done
from tests.contracts.work import NOW, arrive, sightings

ledger = open_at({url!r}, {table!r}, {step_items})
arrive(ledger, *sightings(3))
work_until_done(ledger, NOW)
"""


def open_at(url, table, step_items):
    ledger = DynamoLedger(Double(url).client("dynamodb"), table, step_items=step_items)
    ledger._table._patience_seconds = 20  # a double that cannot answer shall not be waited for
    return ledger


@pytest.fixture
def table(new_table):
    return new_table()


@pytest.fixture
def open_ledger(steady, table, step_items):
    return partial(open_at, steady.url, table, step_items)


@pytest.fixture
def ledger(open_ledger):
    ledger = open_ledger()
    yield ledger
    ledger.close()


@pytest.fixture
def open_ledger_anew(steady, new_table, step_items):
    return lambda: open_at(steady.url, new_table(), step_items)


@pytest.fixture
def worker_script(steady, table, step_items):
    return WORKER.format(url=steady.url, table=table, step_items=step_items)


class TestDynamoLedger(LedgerContract):
    """Every promise of the contract."""

    PROCESSES = 6  # the double answers one request at a time
    ARRIVALS = 240

    @pytest.mark.slow
    def test_ten_thousand_sightings_go_in_one_call(self, ledger):
        super().test_ten_thousand_sightings_go_in_one_call(ledger)
