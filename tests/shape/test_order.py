"""Rows that are made of elements have a place among each other, and so which stays is no chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.model.steps import Aggregate, Dedupe, Explode, FillForward, Keep, Query, Select, Step
from tests.shape.taking import take

KEYS = st.sampled_from(["A", "B", None])
LATEST = st.sampled_from([1, 2, None])
INNER = st.lists(st.integers(0, 3), max_size=3)
ROWS = st.lists(st.tuples(KEYS, LATEST, st.lists(INNER, max_size=3)), min_size=1, max_size=6)
FEW = settings(max_examples=40, deadline=None)


def given_rows(rows: list[Any], columns: str) -> str:
    """SQL of these rows, the last of them first."""
    values = ", ".join(
        f"('f{n % 2}', {n}, NULL, 1, {', '.join(map(spelled, row))})"
        for n, row in reversed(list(enumerate(rows)))
    )
    return f"SELECT * FROM (VALUES {values}) t (_arrival, _n, _fate, _weight, {columns})"


def spelled(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(spelled, value))}]"
    return "NULL" if value is None else repr(value)


def exploded(rows: list[Any], times: int) -> list[tuple[Any, ...]]:
    """Each element with what its row had beside it, in order."""
    if not times:
        return [tuple(row) for row in rows]
    made = [(*before, each) for *before, last in rows for each in last or [None]]
    return exploded(made, times - 1)


def staying(rows: list[tuple[Any, ...]], keep: Keep) -> list[tuple[Any, ...]]:
    """The rows that stay of each key, told slowly and plainly."""
    places: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        if row[0] is not None:
            places.setdefault(row[0], []).append(n)

    def rank(n: int) -> tuple[bool, int, int]:
        latest = rows[n][1] if keep is Keep.LATEST else None
        return latest is not None, latest or 0, n

    chosen = {min(same) if keep is Keep.FIRST else max(same, key=rank) for same in places.values()}
    return [row for n, row in enumerate(rows) if row[0] is None or n in chosen]


@FEW
@given(ROWS, st.sampled_from(list(Keep)), st.integers(0, 2))
def test_which_row_of_a_key_stays_is_told_by_files_rows_and_elements(
    rows: list[Any], keep: Keep, times: int
) -> None:
    steps: list[Step] = [Explode("items")] * times
    latest = "latest" if keep is Keep.LATEST else None

    given = given_rows(rows, "key, latest, items")
    sql = f"SELECT * REPLACE (CAST(items AS INTEGER[][]) AS items) FROM ({given})"
    told = take([*steps, Dedupe(("key",), keep, latest)], sql, ["key", "latest", "items"])

    assert sorted(told.fit, key=str) == sorted(staying(exploded(rows, times), keep), key=str)


@pytest.mark.parametrize("times", [3, 4])
def test_lists_in_lists_have_an_order_however_deep_they_are(times: int) -> None:
    deep: Any = [7, 8, 9]
    for _ in range(times - 1):
        deep = [deep, deep]
    sql = given_rows([["A", 1, deep]], "key, latest, items")
    steps: list[Step] = [Explode("items")] * times

    first = take([*steps, Dedupe(("key",))], sql, ["key", "items"])
    last = take([*steps, Dedupe(("key",), Keep.LAST)], sql, ["key", "items"])

    assert (first.fit, last.fit) == ([("A", 7)], [("A", 9)])


def test_a_value_is_carried_forward_from_element_to_element() -> None:
    sql = given_rows([["A", [1, None, 2, None]], ["B", [None, 3]]], "key, items")

    told = take([Explode("items"), FillForward(("items",), ())], sql, ["key", "items"])

    assert sorted(told.fit) == [("A", 1), ("A", 1), ("A", 2), ("A", 2), ("B", 2), ("B", 3)]


def test_groups_of_elements_of_one_row_are_told_apart() -> None:
    sql = given_rows([["A", ["y", "x", "y"]]], "key, items")
    count = Aggregate(("items",), (("n", "count()"), ("most", "max(key)")))

    told = take([Explode("items"), count, Dedupe(("most",))], sql, ["key", "items"])

    assert told.fit == [("y", 2, "A")]


def test_rows_behind_a_query_have_an_order_of_their_own() -> None:
    sql = given_rows([["A", [1, 2]], ["B", [3]]], "key, items")

    told = take(
        [
            Explode("items"),
            Query("SELECT _arrival, key, items FROM rows"),
            Dedupe(("key",)),
            Select(("key",)),
        ],
        sql,
        ["key", "items"],
    )

    assert sorted(told.fit) == [("A",), ("B",)]
