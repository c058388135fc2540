"""Every input becomes what is promised of it, to the last value and line."""

import json
from pathlib import Path

import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from tests.contracts.bench import Bench
from tests.inputs.entries import ENTRIES
from tests.inputs.outcome import GOLDEN, golden_of, outcome
from tests.inputs.places import ABSENT, ELSEWHERE

MOST_BYTES = 512_000_000
"""What may be resident at most, whatever the input is."""


@pytest.fixture(scope="module")
def shared():
    engine = DuckEngine()
    engine.warm()
    yield engine
    engine.close()


@pytest.fixture
def own():
    """An engine whose child has read nothing before: what it holds, it holds for this input."""
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if e.slow else []) for n, e in ENTRIES.items()],
)
def test_an_input_becomes_what_is_promised(shared, own, tmp_path, name):
    entry = ENTRIES[name]
    engine = own if entry.slow else shared

    found = outcome(Bench(engine, tmp_path), entry)

    assert found["becomes"] == entry.becomes
    assert engine.peak_bytes < MOST_BYTES
    assert found == json.loads(golden_of(name).read_text(encoding="utf-8"))


def test_every_golden_result_has_its_input():
    assert set(GOLDEN.glob("*.json")) == {golden_of(name) for name in ENTRIES}


def test_of_every_bad_input_it_is_known_where_it_is_proved():
    here = {name.split()[0] for name in ENTRIES if name.startswith("B")}

    assert here | set(ELSEWHERE) | set(ABSENT) == {f"B{n:02}" for n in range(1, 101)}


@pytest.mark.parametrize("place", sorted(set(ELSEWHERE.values())))
def test_the_place_of_a_proof_is_there(place):
    assert (Path(__file__).parents[2] / place).is_file()
