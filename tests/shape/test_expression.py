"""Expressions: what the language takes, what it refuses and in which words, how it is spelled."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.shape.expression import (
    Misread,
    Target,
    find_column,
    read_aggregate,
    read_expression,
)
from headwater.shape.functions import FUNCTIONS, Function

AS_IT_IS: Callable[[str], str] = str


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_the_example_of_a_function_gives_what_the_reference_says(
    function: Function, connection: duckdb.DuckDBPyConnection
) -> None:
    spelled = read_expression(function.example).spell(Target.DUCKDB, AS_IT_IS)

    found = connection.execute(f"SELECT CAST(({spelled}) AS VARCHAR)").fetchall()

    assert [("NULL" if value is None else value) for (value,) in found] == [function.result]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("amount * quantity", ("amount", "quantity")),
        ("\"order id\" || '-' || day", ("order id", "day")),
        ("address.city", ("address",)),
        ("a in (1, 2) and not (b between 3 and 4 or c is null)", ("a", "c", "b")),
        ("case when a > 0 then b else cast(c as decimal(12,2)) end", ("a", "b", "c")),
        ("d + interval 1 day", ("d",)),
        ("items[1]", ("items",)),
        ("1", ()),
    ],
)
def test_an_expression_knows_the_columns_that_it_reads(text: str, columns: tuple[str]) -> None:
    assert set(read_expression(text).columns) == set(columns)


def test_columns_are_spelled_as_the_engine_has_them() -> None:
    expression = read_expression("Amount * 2 > address.zip")

    spelled = expression.spell(Target.DUCKDB, {"Amount": 'a"b', "address": "v1"}.__getitem__)

    assert spelled == '"a""b" * 2 > "v1"."zip"'


def test_the_engines_get_their_own_spelling() -> None:
    expression = read_expression("strptime(day, '%d.%m.%Y')")

    assert expression.spell(Target.SPARK, AS_IT_IS) == "TO_TIMESTAMP(`day`, 'd.M.yyyy')"
    assert expression.spell(Target.ATHENA, AS_IT_IS) == "DATE_PARSE(\"day\", '%d.%m.%Y')"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("", "it is empty", "such as amount * quantity"),
        ("-- nothing", "it is empty", "such as"),
        ("amount * (quantity", "a ) is missing", "close every bracket"),
        ("amount)", "a ( is missing", "amount)"),
        ("amount +", "it ends behind '+'", "complete it"),
        ("'abc", "a ' is not closed", "double it"),
        ("year(order ts)", "it cannot be read at 'ts'", "double quotes"),
        ("a; b", "not one expression", "semicolon"),
        ("lowr(a)", "there is no function lowr()", "did you mean lower()?"),
        ("lower(a, b)", "lower() takes 1 argument, not 2", "lower(text)"),
        ("substring(a)", "substring() takes 2 to 3 arguments, not 1", "such as"),
        ("coalesce()", "coalesce() takes 1 or more arguments, not 0", "such as"),
        ("sum(a)", "sum() is of a group", "aggregate"),
        ("select 1", "no table", "join"),
        ("a in (select b from c)", "no table", "join"),
        ("lower(a) over ()", "not those beside it", "dedupe"),
        ("a as b", "no name of its own", "as a key"),
        ("*", "* stands for no value", "name the column"),
        ("$1", "placeholders", "write the value"),
        ("now()", "another value each time", "a column"),
        ("current_date", "another value each time", "a column"),
        ("current_timestamp", "another value each time", "a column"),
        ("a::json", "JSON is no type to cast to", "bigint"),
        ("a::int[]", "is no type to cast to", "bigint"),
        ("a collate nocase", "not part of the language", "sql"),
        ("read_text('/etc/passwd')", "there is no function read_text()", ""),
        ("getenv('HOME')", "there is no function getenv()", ""),
        ("(" * 400 + "1" + ")" * 400, "nested too deep", "several steps"),
        ("1" + " + 1" * 3_000, "nested too deep", "several steps"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(text: str, what: str, hint: str) -> None:
    with pytest.raises(Misread) as told:
        read_expression(text)

    assert what in told.value.what
    assert hint in told.value.hint


@pytest.mark.parametrize(
    ("text", "at"), [("a + lowr(b)", "lowr"), ("year(order ts)", "ts"), ("a = = b", "= b")]
)
def test_a_mistake_is_told_with_its_place(text: str, at: str) -> None:
    with pytest.raises(Misread) as told:
        read_expression(text)

    assert told.value.place == text.index(at)


def test_a_column_is_found_whatever_its_case() -> None:
    assert find_column("ORDER_ID", ["day", "order_id"]) == "order_id"


def test_a_column_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(Misread, match="no column 'order_di'") as told:
        find_column("order_di", ["day", "order_id"])

    assert told.value.hint == "did you mean order_id?"


WORDS = [
    *("a", "1", "'x'", "lower", "+", "*", ".", ",", "::", "->", ";", "(", ")", "[", "]"),
    *("in", "case", "when", "then", "end", "not", "is", "null", "select", "int", "over"),
    *("interval", "day", "as", "try_cast", "between", "and"),
]


def read_or_refused(text: str) -> str:
    """How the text is spelled, or why it is refused."""
    try:
        return read_expression(text).spell(Target.DUCKDB, AS_IT_IS)
    except Misread as refusal:
        return refusal.what


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    assert read_or_refused(text)


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_any_words_are_read_or_refused_in_words(words: list[str]) -> None:
    assert read_or_refused(" ".join(words))


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_what_was_read_is_read_the_same_when_spelled(words: list[str]) -> None:
    try:
        spelled = read_expression(" ".join(words)).spell(Target.DUCKDB, AS_IT_IS)
    except Misread:
        return

    assert read_expression(spelled).spell(Target.DUCKDB, AS_IT_IS) == spelled


def test_rows_of_a_group_are_counted_with_a_star() -> None:
    assert read_aggregate("count(*)").text == "count(*)"


def test_a_star_stands_for_nothing_else() -> None:
    with pytest.raises(Misread, match="stands for no value"):
        read_expression("*")
