"""Rows that take the place of others are the last to land, whoever is killed; the kit would see."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.crash.broken import merged
from tests.crash.driver import Driver
from tests.crash.merges.iteration import run

pytestmark = pytest.mark.slow

SEED, ITERATIONS = 500, 2
SHOWN = {"landing_order_ignored": 500, "upsert_without_condition": 500}
"""A seed for each broken variant, under which it shows soon."""


@pytest.fixture(scope="module")
def driver():
    with Driver() as driver:
        yield driver


def shows(variant):
    return import_module(f"tests.crash.broken.merged.{variant}").SHOWS


def test_killed_processes_leave_the_rows_that_landed_last(driver):
    tally = run(driver, iterations=ITERATIONS, seed=SEED)

    assert tally.failures == []
    assert (tally.lost, tally.doubled) == (0, 0)
    assert tally.kills >= 4
    assert tally.pauses >= 1


def test_each_broken_variant_has_its_seed():
    there = {path.stem for path in Path(merged.__file__).parent.glob("[!_]*.py")}

    assert set(SHOWN) == there


@pytest.mark.parametrize("variant", SHOWN)
def test_a_broken_variant_is_caught(driver, variant):
    driver.slips()
    broken = [f"merged.{variant}"]
    tally = run(driver, iterations=3, seed=SHOWN[variant], broken=broken, kinds=shows(variant))

    assert tally.failures, f"{tally.iterations} iterations did not notice {variant}"
    assert driver.slips() == []


@pytest.mark.parametrize("variant", SHOWN)
def test_the_flow_itself_holds_where_a_broken_variant_does_not(driver, variant):
    tally = run(driver, iterations=1, seed=SHOWN[variant], kinds=shows(variant))

    assert tally.failures == []
