"""Nothing is lost and nothing doubled when processes are killed; and the kit would notice."""

from pathlib import Path

import pytest

from tests.crash import broken
from tests.crash.driver import Driver
from tests.crash.kit import run, shows
from tests.crash.plan import Emphasis, plan

pytestmark = pytest.mark.slow

SEED, ITERATIONS = 280, 6
"""A run in which every point is reached."""

SHOWN = {
    "across_sees_what_it_replaces": 100,
    "across_without_condition": 100,
    "acknowledge_before_registering": 102,
    "clean_up_after_ambiguous_reply": 101,
    "compaction_drops_a_part": 100,
    "compaction_keeps_what_it_joined": 100,
    "compaction_without_validation": 100,
    "dead_letter_before_written": 102,
    "fenced_treated_as_done": 103,
    "filtered_rows_not_in_books": 100,
    "inputs_deleted_at_once": 102,
    "inputs_not_pinned": 302,
    "ledger_before_log": 103,
    "no_dedupe": 101,
    "no_replace": 102,
    "order_ignored": 100,
    "overwrite_instead_of_create": 100,
    "part_names_reused": 101,
    "refused_rows_not_in_books": 101,
    "replay_leaves_rows": 101,
    "replay_takes_neighbours": 101,
    "replay_without_generation": 101,
    "replaced_partitions_kept": 106,
    "row_counter_off_by_one": 101,
    "rows_forgotten": 101,
    "source_version_not_pinned": 100,
    "stale_remove_list": 104,
    "sweep_ignores_leases": 100,
    "sweep_without_fence": 105,
    "widened_over_unseen_parts": 116,
}
"""A seed for each broken variant, under which it shows soon."""

ALONE = sorted({(seed, shows(variant)): variant for variant, seed in SHOWN.items()}.values())
"""One variant of those under whose seed the same is done."""


@pytest.fixture(scope="module")
def driver():
    with Driver() as driver:
        yield driver


def test_killed_processes_lose_no_row_and_double_none(driver):
    tally = run(driver, iterations=ITERATIONS, seed=SEED)

    assert tally.failures == []
    assert (tally.lost, tally.doubled) == (0, 0)
    assert tally.unreached == []
    assert tally.kills >= 20
    assert tally.double_kills >= 3
    assert tally.pauses >= 2


def test_each_broken_variant_has_its_seed():
    there = {path.stem for path in Path(broken.__file__).parent.glob("[!_]*.py")}

    assert set(SHOWN) == there


def test_a_seed_says_all_that_is_done():
    assert plan(7, Emphasis()) == plan(7, Emphasis())


@pytest.mark.parametrize("variant", SHOWN)
def test_a_broken_variant_is_caught(driver, variant):
    driver.slips()
    tally = run(
        driver, iterations=3, seed=SHOWN[variant], emphasis=shows(variant), broken=[variant]
    )

    assert tally.failures, f"{tally.iterations} iterations did not notice {variant}"
    assert driver.slips() == []


@pytest.mark.parametrize("variant", ALONE)
def test_the_flow_itself_holds_where_a_broken_variant_does_not(driver, variant):
    tally = run(driver, iterations=1, seed=SHOWN[variant], emphasis=shows(variant))

    assert tally.failures == []
