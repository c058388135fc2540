"""Checks over time: what each found run by run, and since when it fails."""

from __future__ import annotations

import pytest

from headwater.flow.batch import batch
from headwater.flow.commit import write_off
from headwater.model.arrival import Cause
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


HALTING = "  sales:\n    checks: [{range: {qty: [0, 10]}, action: halt}, {not_null: id}]\n"


def test_a_batch_that_a_check_halted_is_a_run(folder, incoming):
    with lakes.make(folder, HALTING) as lake:
        lake.ingest("sales", incoming("a.csv", "id,qty\n1,1\n2,2\n"))
        lake.ingest("sales", incoming("b.csv", "id,qty\n1,99\n2,2\n,3\n"))

        usual, filled = lake.checks("sales")

        assert (bars(usual.runs), usual.examined, usual.failed) == (".!", 4, 1)
        assert usual.failing_since is not None
        assert bars(filled.runs) == ".3"


def test_a_batch_whose_worker_died_behind_the_word_that_it_is_halted_is_a_run(
    folder, incoming, clock
):
    with lakes.make(folder, HALTING, clock=clock) as lake:
        world = lake._world
        lake.land("sales", incoming("b.csv", "id,qty\n1,99\n"))
        (written,) = batch(world, flush=True)
        claim = world.ledger.claim("w", clock(), world.lease)
        found = [{"name": "range qty", "action": "halt", "examined": 1, "failed": 1}]
        write_off(world, claim.manifest, Cause("check_failed", "it failed"), found)
        clock.advance(hours=1)

        lake.work()

        assert written.id == claim.manifest.id
        assert bars(lake.checks("sales")[0].runs) == "!"
        assert [each.cause.code for each in lake.quarantine()] == ["check_failed"]
