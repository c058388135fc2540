"""Fixtures for pytest: with this module in `pytest_plugins`, tests ask for `aws_in_the_box`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headwater.emulator.box import Box, running


@pytest.fixture(scope="session", name="shared_box")
def _shared_box() -> Iterator[Box]:
    """One box for all tests of a process."""
    with running() as box:
        yield box


@pytest.fixture
def aws_in_the_box(shared_box: Box) -> Iterator[Box]:
    """The box, as an account that no other test has used; faults asked for end with the test."""
    yield shared_box.afresh()
    if shared_box.spoiled():
        shared_box.spoil({})
