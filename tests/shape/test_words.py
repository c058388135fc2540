"""Words of SQL are known to be no columns as they stand."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import parse_one

from headwater.errors import QueryError
from headwater.shape.statement import parse
from headwater.shape.words import KEPT


def keywords():
    known = duckdb.connect().execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()
    return sorted({name for (name,) in known})


def refused_by_duckdb(word):
    try:
        duckdb.connect().execute(f'SELECT max({word}) FROM (SELECT 1 AS "{word}") t')
    except (duckdb.ParserException, duckdb.BinderException):
        return True
    return False


def read_as_a_column(word):
    try:
        tree = parse_one(f"select max({word}) as x from t", dialect="duckdb")
    except Exception:  # noqa: BLE001 - whatever it says, it reads no column
        return False
    return word in {column.name for column in tree.find_all(type(parse_one("x")))}


def test_exactly_those_words_are_kept_that_read_as_columns_and_are_none_to_duckdb():
    found = {word for word in keywords() if read_as_a_column(word) and refused_by_duckdb(word)}

    assert found == KEPT


@pytest.mark.parametrize(
    "sql", ["select max(at) as x from t", "select t.id, left from t", "from t where end > 1"]
)
def test_a_statement_with_such_a_column_is_refused_with_how_it_is_written(sql):
    with pytest.raises(QueryError, match="is a word of SQL") as refused:
        parse(sql)

    assert "in double quotes" in refused.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        'select "at", t.at, left(name, 2) as x, x as at from t order by x desc limit 3',
        "select a.end from t a semi join u on a.id = u.id",
        "select case when a then 1 end as b, array[1, 2] as c, cast(a as date) as d from t",
        "select sum(x) over (partition by y order by z) as w from t group by all",
        "select * from t asof join u on t.a >= u.a",
        "select * from (pivot t on a using sum(b)) window w as (order by a)",
    ],
)
def test_words_where_they_belong_are_no_columns(sql):
    assert "t" in parse(sql).reads
