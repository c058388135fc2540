"""A question with a wrong name in it is answered with the name that may have been meant."""

from __future__ import annotations

import duckdb
import pytest

from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.asking.misasked import misasked
from headwater.errors import NoSpace, QueryError
from headwater.model.part import Snapshot
from headwater.model.types import BIGINT, TEXT, Column, Schema

SALES = Schema((Column("order_id", BIGINT), Column("amount", BIGINT), Column("Region", TEXT)))
KNOWN = ("sales", "returns", "quarantine")


def refusal(sql, known=KNOWN):
    tables = [(Snapshot("sales", 0, SALES, (), ()), "/nowhere")]
    with pytest.raises(QueryError) as caught:
        DuckAsker().ask(sql, tables, known=known).rows()
    return caught.value


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            'Permission Error: Cannot access file "s.csv" - file system operations are disabled',
            "a query reads tables, and no file such as s.csv",
        ),
        ("Conversion Error: Could not convert it.", "could not convert it"),
        ("Binder Error: SUM takes one", "SUM takes one"),
    ],
)
def test_what_the_engine_says_is_said_in_our_form(said, message):
    assert misasked(duckdb.Error(said)).message == message


@pytest.mark.parametrize(
    ("sql", "wrong", "meant"),
    [
        ("select * from salse", "salse", "sales"),
        ("select * from retruns", "retruns", "returns"),
        ("select * from sales join quarantin using (x)", "quarantin", "quarantine"),
        ('select * from "Sales "', "Sales ", "sales"),
    ],
)
def test_an_unknown_table_is_named_with_the_one_that_was_meant(sql, wrong, meant):
    error = refusal(sql)

    assert error.message == f"there is no table {wrong}"
    assert error.hint == f"did you mean {meant}?"


def test_an_unknown_table_unlike_any_other_is_told_with_those_there_are():
    assert refusal("select * from zzz").hint == "tables: sales, returns, quarantine"


def test_of_very_many_tables_only_some_are_told():
    hint = refusal("select * from zzz", [f"t{number}" for number in range(100)]).hint

    assert "t11 and 88 more" in hint


@pytest.mark.parametrize(
    ("sql", "wrong", "meant"),
    [
        ("select amout from sales", "amout", "amount"),
        ("select s.amout from sales s", "amout", "amount"),
        ("select * from sales where ammount > 3", "ammount", "amount"),
        ("select count(*) from sales group by REGOIN", "REGOIN", "Region"),
        ("select * exclude (order_di) from sales", "order_di", "order_id"),
        ("with t as (select 1 as brandnew) select brandnwe from t", "brandnwe", "brandnew"),
    ],
)
def test_an_unknown_column_is_named_with_the_one_that_was_meant(sql, wrong, meant):
    error = refusal(sql)

    assert error.message == f"there is no column {wrong}"
    assert error.hint == f"did you mean {meant}?"


def test_an_unknown_column_unlike_any_other_is_told_with_those_there_are():
    assert refusal("select zzzz from sales").hint == "sales has order_id, amount, Region"


def test_a_slip_in_the_grammar_is_shown_where_it_is():
    error = refusal("select 1,\nselct 2")

    assert 'at or near "2"' in error.message
    assert error.hint == "look at line 2: selct 2"


def test_an_unknown_function_is_answered_with_the_one_that_was_meant():
    assert refusal("select floo(1)").hint == "did you mean floor?"


@pytest.mark.parametrize(
    "sql", ["from read_csv('/etc/passwd')", "from '/etc/passwd'", "select 1 + 'a'", "select f(1)"]
)
def test_every_refusal_says_what_to_do(sql):
    error = refusal(sql)

    assert error.hint
    assert "Error" not in error.message


def test_a_table_that_is_known_and_was_not_there_at_that_version_is_told():
    assert refusal("select * from returns").message == "table returns has no such version"


def test_a_full_disk_is_told_as_one():
    cause = duckdb.IOException("IO Error: Could not write file: No space left on device")

    assert isinstance(misasked(cause), NoSpace)


def test_a_column_that_is_a_word_of_sql_is_told_to_go_in_quotes():
    schema = Schema((Column("at", BIGINT), Column("order", BIGINT), Column("n", BIGINT)))
    with pytest.raises(QueryError) as caught:
        DuckAsker().ask("select max(at) from sales", [(Snapshot("sales", 0, schema, (), ()), "/n")])

    assert caught.value.hint == 'a column of that name is written "at"'
