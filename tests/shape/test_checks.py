"""Checks: which rows fail, and what follows."""

from __future__ import annotations

import pytest

from headwater.model.checks import (
    Action,
    Check,
    Holds,
    Length,
    NotNull,
    OneOf,
    Pattern,
    Range,
    Rule,
    Unique,
)
from headwater.shape.checks import MisplacedCheck
from tests.shape.taking import COLUMNS, stop, watch


@pytest.mark.parametrize(
    ("rule", "failed"),
    [
        (NotNull(("order_id", "name")), [3, 4]),
        (Range("amount", "'2'", None), [1]),
        (Range("amount", None, "'2'"), [2, 3]),
        (Length("name", 0, 3), [1]),
        (Pattern("day", r"\d{4}-\d\d-\d\d"), [1, 3]),
        (OneOf("order_id", ("'A'",)), [2]),
        (Holds("length(name) < 10"), [1]),
        (Holds("cast(amount as int) > 10"), [1, 2]),
        (Unique(("order_id",)), [1, 3]),
        (Unique(("order_id", "amount")), []),
    ],
)
def test_rows_that_fail_a_check_are_refused_and_name_it(rule: Rule, failed: list[int]) -> None:
    told = watch([Check("mine", rule)])

    assert told.refused == [(number, "check", "mine") for number in failed]
    assert len(told.fit) == 4 - len(failed)
    assert told.columns == COLUMNS


@pytest.mark.parametrize(("action", "counts"), [(Action.WARN, "warned"), (Action.HALT, "halted")])
def test_rows_that_fail_another_check_are_counted_and_stay(action: Action, counts: str) -> None:
    told = watch([Check("mine", NotNull(("name",)), action)])

    assert len(told.fit) == 4
    assert told.counts == {counts: 1}


def test_a_refused_row_is_looked_at_no_more() -> None:
    told = watch([Check("a", NotNull(("name",))), Check("b", NotNull(("name",)), Action.WARN)])

    assert told.refused == [(3, "check", "a")]
    assert told.counts == {"warned": 0}


def test_a_refused_row_is_no_duplicate_of_a_good_one() -> None:
    told = watch([Check("named", NotNull(("name",))), Check("once", Unique(("order_id",)))])

    assert told.refused == [(3, "check", "named")]


def test_a_check_ends_the_query_where_flaws_are_not_told() -> None:
    assert "flaw: check" in stop(checks=[Check("mine", NotNull(("name",)))])


def test_a_check_of_a_column_that_is_not_there_is_told_with_its_name() -> None:
    with pytest.raises(MisplacedCheck, match="check mine: there is no column 'nmae'") as told:
        watch([Check("mine", NotNull(("nmae",)))])

    assert told.value.hint == "did you mean name?"
