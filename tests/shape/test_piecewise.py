"""Models in pieces: functions that are not of one row are known, whatever they are called."""

from __future__ import annotations

import duckdb
import pytest

from headwater.errors import QueryError
from headwater.shape.manners import GATHERING, UNSTEADY
from headwater.shape.piecewise import keys_of
from headwater.shape.statement import parse


def functions(where):
    with duckdb.connect() as connection:
        asked = f"SELECT DISTINCT function_name FROM duckdb_functions() WHERE {where}"
        return {name for (name,) in connection.execute(asked).fetchall() if name.isidentifier()}


def called(name):
    """A call of it that can be read: of two values, or of one."""
    try:
        parse(f"select {name}(x, y)")
    except QueryError:
        return f"{name}(x)"
    return f"{name}(x, y)"


def keys(sql):
    return keys_of(parse(sql), "sales", ["day"])


def test_every_function_of_the_engine_that_puts_rows_together_is_known():
    assert functions("function_type = 'aggregate'") <= GATHERING


def test_every_function_of_the_engine_that_answers_otherwise_each_time_is_known():
    assert functions("stability NOT IN ('CONSISTENT')") <= UNSTEADY


@pytest.mark.parametrize("name", sorted(GATHERING))
def test_what_is_put_together_tells_no_partition_and_wants_a_group(name):
    call = called(name)

    with pytest.raises(QueryError, match="is not told by one row of sales"):
        keys(f"select {call} as day from sales")
    with pytest.raises(QueryError, match="puts rows of all day together"):
        keys(f"select day, {call} as x from sales")


@pytest.mark.parametrize("name", sorted(UNSTEADY))
def test_what_answers_otherwise_each_time_is_refused_wherever_it_stands(name):
    with pytest.raises(QueryError, match=f"{name} is another thing each time"):
        keys(f"select day from sales where x > {name}()")


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("from sales pivot (sum(x) for y in (1, 2))", "other names"),
        ("select day from sales at (version => 3)", "other names"),
        ("select day from sales t(day, x)", "other names"),
        ("select day from sales, lateral (select 1) l", "may be of another table"),
        ("select s.day from customers c anti join sales s using (c)", "its ANTI join"),
        ("select s.day from sales s positional join customers c", "a POSITIONAL join"),
        ("from sales s full join customers c using (c) select s.day", "its FULL join"),
        ("select day, sum(x) over w as q from sales window w as (partition by c)", "a window"),
        ("select day, sum(sum(x)) over (partition by day) as q from sales", "puts rows"),
        ("select day from sales fetch first 3 rows only", "a LIMIT"),
        ("select day from sales where x = 'day' group by 'DAY'", "does not group by day"),
        ("select (select max(day) from customers) as day from sales", "not told by one row"),
    ],
)
def test_what_is_not_surely_so_is_refused(sql, why):
    with pytest.raises(QueryError, match=why):
        keys(sql)


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("select day, sum(x) over w as q from sales window w as (partition by day)", '"day"'),
        ("select day, sum(sum(x)) over (partition by day) as q from sales group by day", '"day"'),
        ("from sales s join customers c using (c) select s.Day as day", '"Day"'),
        ("select s.ts::date as day, count(*) as n from sales s group by 1", 'CAST("ts" AS DATE)'),
        ("select s.day from customers c join sales s using (c) left join d using (c)", '"day"'),
        ("with c as (from customers limit 3) select s.day from sales s join c using (c)", '"day"'),
    ],
)
def test_the_key_is_told_in_columns_of_the_table(sql, key):
    assert keys(sql) == (("day", key),)
