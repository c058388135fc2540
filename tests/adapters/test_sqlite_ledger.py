"""SqliteLedger keeps the ledger's contract, and finds its rows without reading every one."""

from __future__ import annotations

import re
from functools import partial

import pytest

from headwater.adapters.sqlite import SqliteLedger
from headwater.adapters.sqlite.queries import queries
from tests.contracts.ledger import LedgerContract

WORKER = """
from pathlib import Path
from headwater.adapters.sqlite import SqliteLedger
from tests.contracts.ledger_races import work_until_done
from tests.contracts.work import NOW, arrive, sightings

ledger = SqliteLedger(Path({path!r}))
arrive(ledger, *sightings(3))
work_until_done(ledger, NOW)
"""


@pytest.fixture
def open_ledger(tmp_path):
    return partial(SqliteLedger, tmp_path / "ledger.db")


@pytest.fixture
def ledger(open_ledger):
    ledger = open_ledger()
    yield ledger
    ledger.close()


@pytest.fixture
def open_ledger_anew(tmp_path):
    opened = []

    def anew():
        opened.append(SqliteLedger(tmp_path / "anew" / f"{len(opened)}.db"))
        return opened[-1]

    yield anew
    for ledger in opened:
        ledger.close()


@pytest.fixture
def worker_script(tmp_path):
    return WORKER.format(path=str(tmp_path / "ledger.db"))


class TestSqliteLedger(LedgerContract):
    """Every promise of the contract."""


@pytest.mark.parametrize(
    "query",
    [
        "known",
        "newest_with_duplicates",
        "supersede",
        "due",
        "assign",
        "any_claimable",
        "claim",
        "stage",
        "keep_part",
        "end_arrival",
        "supersede_older",
        "bury_arrivals",
        "some_arrivals",
        "members",
        "arrivals_under_key",
        "newest",
        "visible",
        "receipts",
        "parts",
        "pending",
    ],
)
def test_a_query_of_every_days_work_reads_no_table_from_end_to_end(ledger, query):
    sql = queries("ledger")[query]
    names = dict.fromkeys(re.findall(r":(\w+)", sql))

    plan = ledger._database.read(
        lambda tx: list(tx.connection.execute(f"explain query plan {sql}", names))
    )

    # "SCAN manifests USING INDEX manifests_alive" reads those alone that have not ended.
    assert [row[3] for row in plan if re.fullmatch(r"SCAN \w+", row[3])] == []


@pytest.mark.parametrize(
    "query",
    [
        "came",
        "landed_within",
        "first_landed",
        "record",
        "any_untold",
        "untold",
        "dead_batches",
        "refusing_batches",
        "check_runs",
        "checks_failing_since",
    ],
)
def test_a_question_that_workers_ask_by_the_clock_reads_no_table_from_end_to_end(ledger, query):
    sql = queries("ledger")[query]
    names = dict.fromkeys(re.findall(r":(\w+)", sql))
    aliases = "|".join(re.findall(r"(?:arrivals|manifests|receipts|events) (\w)\b", sql))

    plan = ledger._database.read(
        lambda tx: list(tx.connection.execute(f"explain query plan {sql}", names))
    )

    tables = rf"SCAN (arrivals|manifests|receipts|events|{aliases or '-'})"
    assert [row[3] for row in plan if re.fullmatch(tables, row[3])] == []
