"""On S3, SQS and DynamoDB, too, nothing is lost or doubled when processes are killed."""

from __future__ import annotations

import pytest

from tests.aws.conftest import _aws, as_aws
from tests.crash.afar.iteration import run
from tests.crash.driver import Driver

__all__ = ["_aws", "as_aws"]

pytestmark = pytest.mark.slow

SEED, ITERATIONS = 703, 2
SHOWN = {"no_dedupe": 700, "no_replace": 700}
"""A seed for broken variants, under which they show soon."""


@pytest.fixture
def driver(as_aws):
    with Driver() as driver:
        yield driver


def test_killed_processes_lose_no_row_and_double_none(as_aws, driver):
    tally = run(as_aws, driver, iterations=ITERATIONS, seed=SEED)

    assert tally.failures == []
    assert (tally.lost, tally.doubled) == (0, 0)
    assert tally.kills >= 3
    assert tally.pauses >= 1


@pytest.mark.parametrize("variant", SHOWN)
def test_a_broken_variant_is_caught(as_aws, driver, variant):
    tally = run(as_aws, driver, iterations=1, seed=SHOWN[variant], broken=[variant])

    assert tally.failures
    assert driver.slips() == []
