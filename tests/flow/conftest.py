"""What the tests of the flow share."""

import pytest

from tests.flow import lakes


@pytest.fixture(autouse=True)
def _lent(lent_children):
    """What is tested here is the flow, whoever's child converts."""


@pytest.fixture
def clock():
    return lakes.Clock()


@pytest.fixture
def folder(tmp_path):
    """Where the lake lies."""
    return tmp_path / "lake"


@pytest.fixture
def lake(folder):
    """A lake with the feed sales and nothing in it."""
    with lakes.make(folder) as lake:
        yield lake


@pytest.fixture
def incoming(tmp_path):
    """Write a file as a producer would, and answer its path."""
    return lambda name, text: lakes.write(tmp_path / "incoming" / name, text)
