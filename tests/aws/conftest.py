"""The double that the tests of a process share; each makes what it uses under a name of its own."""

from __future__ import annotations

import pytest

from tests.aws.double import Double, double


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
