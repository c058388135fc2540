"""Rows end alike whichever way they go: straight through, by way of a file, and in plain Python."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.adapters.duckdb.convert import convert
from headwater.config.checks import read_check
from headwater.config.steps import read_step
from headwater.model.progress import nobody
from headwater.model.receipt import Books
from tests.contracts.bench import Bench, feed_of, schema_of

ROW = st.tuples(
    st.sampled_from(["A", "B", "C", "D", ""]),
    st.one_of(st.integers(-5, 20).map(str), st.just("x")),
)
FILES = st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=3)
STEPS = (
    {"cast": {"n": "bigint"}},
    {"filter": "n is null or n >= 0"},
    {"dedupe": {"by": "key", "keep": "last"}},
)
CHECKS = ({"range": {"n": [0, 10]}}, {"not_null": "key", "action": "warn"})


def expected(files):
    """What becomes of every row, told slowly and plainly."""
    ends, alive = [], []
    for number, rows in enumerate(files):
        for place, (key, text) in enumerate(rows):
            if text == "x":
                ends.append((number, "quarantined"))
            elif int(text) < 0:
                ends.append((number, "filtered"))
            else:
                alive.append((number, place, key, int(text)))
    last = {key: (number, place) for number, place, key, _ in alive if key}
    written = Counter()
    for number, place, key, n in alive:
        if key and last[key] != (number, place):
            ends.append((number, "deduplicated"))
        elif n > 10:
            ends.append((number, "quarantined"))
        else:
            ends.append((number, "written"))
            written[key or None, n] += 1
    counts = Counter(ends)
    kinds = ("written", "quarantined", "filtered", "deduplicated")
    books = [
        Books(len(rows), *(counts[number, kind] for kind in kinds))
        for number, rows in enumerate(files)
    ]
    return books, written


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(None, tmp_path_factory.mktemp("agree"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=FILES)
def test_every_row_ends_as_a_plain_model_says(bench, files):
    feed = feed_of(
        schema=schema_of(key="text", n="text"),
        steps=tuple(read_step(each) for each in STEPS),
        checks=tuple(read_check(each) for each in CHECKS),
    )
    texts = ["key,n\n" + "".join(f"{key},{n}\n" for key, n in rows) for rows in files]

    done = convert(bench.job(*texts, feed=feed), nobody)

    books, written = expected(files)
    assert [result.books for result in done.results] == books
    assert Counter(bench.rows(done, "key, n") if done.parts else []) == written
    refused = [(int(key.split()[1]), line) for key, line, *_ in bench.refused(done)]
    assert len(refused) == len(set(refused)) == sum(each.quarantined for each in books)
    for number, line in refused:
        assert files[number][line - 2][1] == "x" or int(files[number][line - 2][1]) > 10
