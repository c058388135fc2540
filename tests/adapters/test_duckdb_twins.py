"""Keys that come twice are found in the parts, whatever they are made of."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from headwater.adapters.duckdb.parts.write import Destination, draft
from headwater.adapters.duckdb.shaping.twins import Twins
from headwater.model.feed import PartitionBy
from tests.contracts.bench import feed_of, schema_of

LEAST, MOST = -(2**63), 2**63 - 1
NEAR = st.integers(0, 40)
NUMBERS = (
    st.none()
    | NEAR
    | NEAR.map(lambda n: LEAST + n)
    | NEAR.map(lambda n: MOST - n)
    | st.integers(LEAST, MOST)
)
TEXTS = st.none() | st.sampled_from(["", "a", "b" * 40, "ä", "A"]) | st.text("abc", max_size=4)


FEW = settings(max_examples=30, deadline=None)


@cache
def connection():
    return duckdb.connect(config={"threads": 2})


def shared(rows, key, *, partition=()):
    """Whether parts made of (n, t) rows have a key twice."""
    values = [{"n": n, "t": t, "place": f"p{i % 2}"} for i, (n, t) in enumerate(rows)]
    select = "SELECT 'a' AS _arrival, r.* FROM (SELECT unnest(getvariable('given')) AS r)"
    kind = "STRUCT(n BIGINT, t VARCHAR, place VARCHAR)[]"
    connection().execute(f"SET VARIABLE given = CAST(? AS {kind})", [values])
    with TemporaryDirectory() as folder:
        target = Destination(feed_of(partition=partition), "m1-1", Path(folder))
        made = draft(connection(), select, target, Path(folder) / "parts")
        schema = schema_of(n="bigint", t="text", place="text")
        return Twins(connection(), made, schema).share(key)


def comes_twice(rows):
    return any(count > 1 for key, count in Counter(rows).items() if None not in key)


@FEW
@given(st.lists(NUMBERS, min_size=1, max_size=60))
@example([LEAST, LEAST])
@example([MOST, LEAST])
@example([LEAST, LEAST + 1, LEAST])
@example([None, None])
def test_a_number_that_comes_twice_is_found_and_no_other(numbers):
    assert shared([(n, "x") for n in numbers], ["n"]) == comes_twice([(n,) for n in numbers])


@FEW
@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_a_text_that_comes_twice_is_found_and_no_other(texts):
    assert shared([(1, t) for t in texts], ["t"]) == comes_twice([(t,) for t in texts])


@FEW
@given(st.lists(st.tuples(st.none() | NEAR, TEXTS), min_size=1, max_size=30))
def test_keys_of_two_columns_are_told_apart_by_both(rows):
    assert shared(rows, ["n", "t"]) == comes_twice(rows)


@pytest.mark.parametrize("twin", [0, 1, 2, 29])
def test_a_number_in_one_file_is_found_again_in_another(twin):
    by = (PartitionBy("place", "column", "place"),)
    rows = [(n, "x") for n in range(30)]

    assert not shared(rows, ["n"], partition=by)
    assert shared([*rows, (twin, "x"), (twin, "x")], ["n"], partition=by)


def test_a_key_that_parts_lie_in_folders_of_is_looked_at_too():
    by = (PartitionBy("place", "column", "place"),)

    assert not shared([(1, "x"), (1, "x")], ["n", "place"], partition=by)
    assert shared([(1, "x"), (1, "x"), (1, "x")], ["n", "place"], partition=by)


def test_a_column_in_another_case_is_the_same():
    assert shared([(1, "x"), (1, "x")], ["N"])
