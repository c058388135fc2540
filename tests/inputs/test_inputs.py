"""Every input becomes what is promised of it, to the last value and line."""

import json

import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from tests.contracts.bench import Bench
from tests.inputs.entries import ENTRIES
from tests.inputs.outcome import GOLDEN, golden_of, outcome

MOST_BYTES = 512_000_000
"""What may be resident at most, whatever the input is."""


@pytest.fixture(scope="module")
def shared():
    engine = DuckEngine()
    engine.warm()
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if e.slow else []) for n, e in ENTRIES.items()],
)
def test_an_input_becomes_what_is_promised(shared, tmp_path, name):
    entry = ENTRIES[name]

    found = outcome(Bench(shared, tmp_path), entry)

    assert found["becomes"] == entry.becomes
    assert shared.peak_bytes < MOST_BYTES
    assert found == json.loads(golden_of(name).read_text(encoding="utf-8"))


def test_every_golden_result_has_its_input():
    assert set(GOLDEN.glob("*.json")) == {golden_of(name) for name in ENTRIES}
