"""A real engine, shared by the tests of a module, and a bench for it."""

from __future__ import annotations

import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from tests.contracts.bench import Bench


@pytest.fixture(scope="module")
def duck_engine():
    engine = DuckEngine()
    engine.warm()
    yield engine
    engine.close()


@pytest.fixture
def bench(duck_engine, tmp_path):
    return Bench(duck_engine, tmp_path)
