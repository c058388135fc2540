"""Steps: what each makes of rows, whom it refuses, and whom it counts."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from headwater.model.steps import (
    Aggregate,
    Cast,
    Clean,
    Cleaning,
    Dedupe,
    Derive,
    Drop,
    Explode,
    Fill,
    FillForward,
    Filter,
    Flatten,
    Join,
    Keep,
    MapValues,
    Missing,
    Parse,
    Protect,
    Protection,
    Rename,
    Select,
    Split,
    Step,
)
from headwater.model.types import parse_type
from headwater.shape.steps import MisplacedStep
from tests.shape.taking import COLUMNS, SALES, stop, take


def test_renamed_columns_keep_their_places() -> None:
    told = take([Rename((("Order_ID", "id"),))])

    assert told.columns == ("id", "amount", "name", "day", "items")


def test_selected_columns_come_in_the_order_asked_for() -> None:
    assert take([Select(("day", "order_id"))]).columns == ("day", "order_id")


def test_dropped_columns_are_gone() -> None:
    assert take([Drop(("items", "day"))]).columns == ("order_id", "amount", "name")


def test_a_cast_refuses_the_row_whose_value_is_not_of_the_type() -> None:
    told = take([Cast((("amount", parse_type("bigint")),)), Select(("amount",))])

    assert told.fit == [(10,), (30,), (None,)]
    assert told.refused == [(2, "cast", "amount")]


def test_a_flaw_ends_the_query_where_flaws_are_not_told() -> None:
    assert "Could not convert string 'x'" in stop([Cast((("amount", parse_type("bigint")),))])


def test_a_derived_column_may_use_the_one_before_it() -> None:
    told = take([Derive((("a", "length(order_id)"), ("b", "a + 1"))), Select(("b",))])

    assert told.fit == [(2,), (2,), (2,), (None,)]


def test_a_derived_column_takes_the_place_of_one_of_its_name() -> None:
    told = take([Derive((("Amount", "amount || '!'"),))])

    assert told.columns == COLUMNS
    assert told.fit[0][1] == "10!"


def test_an_expression_that_fails_refuses_its_row_alone() -> None:
    told = take([Derive((("n", "cast(amount as int) * 2"),)), Select(("n",))])

    assert told.fit == [(20,), (60,), (None,)]
    assert told.refused == [(2, "derive", "n")]


def test_a_filter_counts_the_rows_that_it_leaves_out_nulls_among_them() -> None:
    told = take([Filter("order_id = 'A'"), Select(("order_id",))])

    assert told.fit == [("A",), ("A",)]
    assert told.counts == {"filtered": 2}


def test_a_refused_row_is_not_filtered() -> None:
    told = take(
        [Cast((("amount", parse_type("int")),)), Filter("amount > 20"), Select(("amount",))]
    )

    assert told.fit == [(30,)]
    assert told.refused == [(2, "cast", "amount")]
    assert told.counts == {"filtered": 2}


def test_a_fill_takes_the_place_of_nulls_only() -> None:
    told = take([Fill((("order_id", "'none'"),)), Select(("order_id",))])

    assert told.fit == [("A",), ("B",), ("A",), ("none",)]


def test_a_forward_fill_takes_the_last_value_before() -> None:
    told = take([FillForward(("name",)), Select(("name",))])

    assert told.fit == [(" Ann  Lee Smith",), ("Bob",), ("Bob",), ("Cem",)]


def test_a_split_leaves_the_rest_in_the_last_column() -> None:
    steps = [Clean(("name",), (Cleaning.COLLAPSE,)), Split("name", " ", ("first", "rest"))]

    told = take([*steps, Select(("first", "rest"))])

    assert told.fit == [("Ann", "Lee Smith"), ("Bob", None), (None, None), ("Cem", None)]


def test_a_date_is_read_in_the_first_format_that_fits() -> None:
    step = Parse("day", parse_type("date"), ("%d.%m.%Y", "%Y-%m-%d"))

    told = take([step, Select(("day",))])

    assert told.fit == [(date(2025, 2, 1),), (date(2025, 3, 4),), (None,)]
    assert told.refused == [(3, "parse", "day")]


@pytest.mark.parametrize(
    ("how", "text"),
    [
        (Cleaning.TRIM, "Ann  Lee Smith"),
        (Cleaning.COLLAPSE, "Ann Lee Smith"),
        (Cleaning.LOWER, " ann  lee smith"),
        (Cleaning.UPPER, " ANN  LEE SMITH"),
    ],
)
def test_a_text_is_cleaned(how: Cleaning, text: str) -> None:
    assert take([Clean(("name",), (how,)), Select(("name",))]).fit[0] == (text,)


def test_letters_are_brought_to_one_spelling() -> None:
    two = "SELECT 'f' AS _arrival, 1 AS _n, NULL AS _fate, 1 AS _weight, 'e' || chr(769) AS a"

    assert take([Clean(("a",), (Cleaning.NFC,))], two, ["a"]).fit == [("\xe9",)]


@pytest.mark.parametrize(
    ("missing", "fit", "refused", "counts"),
    [
        (Missing.KEEP, [("Ada",), ("B",), ("Ada",), (None,)], [], {}),
        (Missing.REFUSE, [("Ada",), ("Ada",), (None,)], [(2, "map", "order_id")], {}),
        (Missing.FILTER, [("Ada",), ("Ada",), (None,)], [], {"filtered": 1}),
    ],
)
def test_a_value_that_is_not_in_the_list_gets_what_is_declared(
    missing: Missing, fit: list[Any], refused: list[Any], counts: dict[str, int]
) -> None:
    step = MapValues("order_id", (("A", "Ada"),), missing)

    told = take([step, Select(("order_id",))])

    assert (told.fit, told.refused, told.counts) == (fit, refused, counts)


def test_a_value_that_is_not_in_the_list_becomes_the_other_one() -> None:
    step = MapValues("order_id", (("A", "Ada"),), otherwise="unknown")

    told = take([step, Select(("order_id",))])

    assert told.fit == [("Ada",), ("unknown",), ("Ada",), (None,)]


@pytest.mark.parametrize(
    ("step", "amounts"),
    [
        (Dedupe(("order_id",), Keep.FIRST), ["10", "x", None]),
        (Dedupe(("order_id",), Keep.LAST), ["30", "x", None]),
        (Dedupe(("order_id",), Keep.LATEST, "day"), ["30", "x", None]),
    ],
)
def test_one_row_of_each_key_stays_and_the_others_are_counted(
    step: Dedupe, amounts: list[str | None]
) -> None:
    told = take([step, Select(("amount",))])

    assert sorted(told.fit, key=str) == sorted([(each,) for each in amounts], key=str)
    assert told.counts == {"deduplicated": 1}


def test_rows_without_a_key_are_no_duplicates() -> None:
    twice = f"({SALES}) UNION ALL (SELECT * REPLACE (_n + 4 AS _n) FROM ({SALES}))"

    told = take([Dedupe(("order_id",)), Select(("order_id",))], twice)

    assert sorted(told.fit, key=str) == [("A",), ("B",), (None,), (None,)]


def test_groups_are_made_in_each_file_by_itself() -> None:
    step = Aggregate(("order_id",), (("n", "count()"), ("most", "max(length(name))")))

    told = take([step])

    assert sorted(told.fit, key=str) == [("A", 1, 15), ("A", 1, None), ("B", 1, 3), (None, 1, 3)]
    assert told.counts == {}


def test_an_array_becomes_a_row_for_each_element() -> None:
    told = take([Explode("items", "item"), Select(("order_id", "item"))])

    assert told.fit == [("A", 1), ("A", 2), ("B", None), ("A", 3), (None, None)]
    assert told.counts == {"exploded": 1}


def test_a_row_without_elements_is_filtered_on_request() -> None:
    told = take([Explode("items", keep_empty=False), Select(("items",))])

    assert told.fit == [(1,), (2,), (3,)]
    assert told.counts == {"filtered": 2, "exploded": 1}


@pytest.mark.parametrize(
    ("missing", "fit", "refused", "counts"),
    [
        (Missing.KEEP, [("A", "gold"), ("A", "gold"), ("B", None), (None, None)], [], {}),
        (
            Missing.REFUSE,
            [("A", "gold"), ("A", "gold")],
            [(2, "join", "order_id"), (4, "join", "order_id")],
            {},
        ),
        (Missing.FILTER, [("A", "gold"), ("A", "gold")], [], {"filtered": 2}),
    ],
)
def test_a_row_gets_what_another_table_has_under_its_key(
    missing: Missing, fit: list[Any], refused: list[Any], counts: dict[str, int]
) -> None:
    step = Join((("order_id", "ID"),), (("segment", "segment"),), "customers", missing=missing)

    told = take([step, Select(("order_id", "segment"))])

    assert sorted(told.fit, key=str) == sorted(fit, key=str)
    assert (sorted(told.refused), told.counts) == (refused, counts)


def test_a_struct_is_taken_apart_in_its_place() -> None:
    nested = (
        "SELECT 'f' AS _arrival, 1 AS _n, NULL AS _fate, 1 AS _weight, 1 AS a, "
        "{'city': 'Kiel', 'zip': 24103} AS place, 2 AS b"
    )

    told = take([Flatten(("place",))], nested, ["a", "place", "b"])

    assert told.columns == ("a", "place_city", "place_zip", "b")
    assert told.fit == [(1, "Kiel", 24103, 2)]


def test_a_mask_leaves_the_end_and_nulls() -> None:
    told = take([Protect(("amount",), Protection.MASK, keep=1), Select(("amount",))])

    assert told.fit == [("*0",), ("x",), ("*0",), (None,)]


def test_a_token_is_the_same_for_the_same_value_and_hides_it() -> None:
    told = take([Protect(("order_id",), Protection.TOKEN, "salt"), Select(("order_id",))])

    digest = sha256(b"pepperA").hexdigest()[:16]
    assert [row[0] for row in told.fit] == [digest, told.fit[1][0], digest, None]


@pytest.mark.parametrize(
    ("steps", "message", "hint"),
    [
        (
            [Drop(("day",)), Filter("dya > 1")],
            "step 2 (filter): there is no column 'dya'",
            "the columns",
        ),
        (
            [Select(("amout",))],
            "step 1 (select): there is no column 'amout'",
            "did you mean amount?",
        ),
        ([Rename((("day", "name"),))], "there would be two columns 'name'", "the other one"),
        ([Derive((("_arrival", "1"),))], "_arrival is a name of Headwater's own", "another name"),
        (
            [Rename((("day", "x"), ("name", "X")))],
            "there would be two columns 'x'",
            "the other one",
        ),
        ([Drop(COLUMNS)], "no column would be left", "keep one"),
        (
            [Join((("name", "name"),), (("label", "segment"),), "customers")],
            "customers has no column 'label'",
            "its own name stands first: take: {segment: label}",
        ),
        (
            [Aggregate(("day",), (("n", "amount"),))],
            "amount has many values in a group",
            "max(amount)",
        ),
        ([Aggregate(("day",), (("n", "smu(amount)"),))], "there is no function smu()", ""),
    ],
)
def test_a_step_that_does_not_fit_is_told_with_its_number(
    steps: list[Step], message: str, hint: str
) -> None:
    with pytest.raises(MisplacedStep) as told:
        take(steps)

    assert message in str(told.value)
    assert hint in told.value.hint
