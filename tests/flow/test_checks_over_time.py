"""Checks over time: what each found run by run, and since when it fails."""

from __future__ import annotations

import pytest

from headwater.show.checks import bars
from tests.flow import lakes

FEEDS = """\
  sales:
    format: csv
    schema: {id: text, qty: bigint}
    checks:
      - {not_null: id, action: warn}
      - {range: {qty: [0, 10]}, action: quarantine, name: usual}
  other: {}
"""
ROWS = ("1,1\n2,2\n", ",1\n2,2\n", ",1\n,2\n")


@pytest.fixture
def lake(folder, clock, incoming):
    with lakes.make(folder, FEEDS, clock=clock) as lake:
        for number, rows in enumerate(ROWS):
            lake.ingest("sales", incoming(f"{number}.csv", f"id,qty\n{rows}"))
            clock.advance(hours=1)
        yield lake


def test_each_check_is_told_over_its_runs_in_the_order_of_the_feed(lake):
    first, second = lake.checks()

    assert [(each.check, each.examined, each.failed) for each in (first, second)] == [
        ("not_null id", 6, 3),
        ("usual", 6, 0),
    ]
    assert bars(first.runs) == ".5#"
    assert bars(second.runs) == "..."
    assert first.share == 0.5


def test_since_when_a_check_fails_is_its_first_run_behind_the_last_that_held(lake, clock):
    first, second = lake.checks("sales", runs=1)

    assert len(first.runs) == 1
    assert (clock() - first.failing_since).total_seconds() == 2 * 3600
    assert second.failing_since is None


def test_a_check_that_holds_again_fails_no_longer(lake, incoming):
    lake.ingest("sales", incoming("z.csv", "id,qty\n1,1\n"))

    assert lake.checks("sales")[0].failing_since is None


def test_a_feed_without_checks_has_none_and_one_that_did_not_run_says_so(lake, folder):
    assert lake.checks("other") == []
    lakes.configure(folder, FEEDS.replace("name: usual", "name: new"))
    with lakes.open_lake(folder) as changed:
        told = {each.check: (each.declared, len(each.runs)) for each in changed.checks("sales")}

    assert told == {"not_null id": (True, 3), "new": (True, 0), "usual": (False, 3)}
