"""The double that the tests of a process share; each makes what it uses under a name of its own."""

from __future__ import annotations

import itertools
import os

import pytest

from headwater.adapters.aws.ledger import create_table
from tests.aws.double import Double, double

WHOLE = pytest.param(100, id="whole")
SMALLEST = 4  # items of a step: as many as one sighting may need
_numbers = itertools.count(1)


@pytest.fixture(scope="session", name="aws")
def _aws() -> Double:
    with double() as running:
        yield running


@pytest.fixture
def as_aws(aws, monkeypatch):
    """This process takes the double for AWS."""
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    return aws


@pytest.fixture(scope="session", name="steady")
def _steady(aws):
    return aws


@pytest.fixture(params=[WHOLE, pytest.param(SMALLEST, id="spread", marks=pytest.mark.slow)])
def step_items(request):
    return request.param


@pytest.fixture
def new_table(steady):
    def new():
        name = f"ledger-{os.getpid()}-{next(_numbers)}"
        create_table(steady.client("dynamodb"), name)
        return name

    return new
