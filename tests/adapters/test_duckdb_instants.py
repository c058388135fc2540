"""Functions of time that are made quick answer what DuckDB's own answer."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import parse_one

from headwater.adapters.duckdb.shaping.instants import prepare, quick

UNITS = "microseconds millisecond second minute hour day week month quarter year isoyear decade century millennium".split()  # noqa: E501, SIM905 - a list of words
PARTS = ["year", "quarter", "month", "day", "hour"]
KINDS = ["TIMESTAMPTZ", "TIMESTAMP", "DATE"]
MOMENTS = """
    SELECT TIMESTAMPTZ '0001-01-01 00:00:00Z' + INTERVAL (n * 7919) HOUR AS x FROM range(5000) t(n)
    UNION ALL SELECT TIMESTAMPTZ '1899-12-31 23:59:59.999999Z' + INTERVAL (n * 86399) SECOND
    FROM range(5000) t(n)
    UNION ALL VALUES ('infinity'::TIMESTAMPTZ), ('-infinity'::TIMESTAMPTZ), (NULL)
"""


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        prepare(connection, "UTC")
        yield connection


def both(call):
    own = f"SELECT {call} AS answer, typeof({call}) AS kind FROM moments"
    made = quick(parse_one(own, dialect="duckdb")).sql("duckdb")
    assert "headwater_" in made.lower()
    return own, made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "call", [*(f"date_trunc('{unit}', x)" for unit in UNITS), *(f"{part}(x)" for part in PARTS)]
)
def test_the_answers_and_their_types_are_the_same(connection, call, kind):
    connection.execute(f"CREATE TABLE moments AS SELECT x::{kind} AS x FROM ({MOMENTS})")
    own, made = both(call)

    assert connection.execute(f"({made}) EXCEPT ALL ({own})").fetchall() == []
    assert connection.execute(f"({own}) EXCEPT ALL ({made})").fetchall() == []


def test_intervals_are_truncated_as_before(connection):
    connection.execute("CREATE TABLE moments AS SELECT INTERVAL 100 DAY AS x")
    own, made = both("date_trunc('month', x)")

    assert connection.execute(made).fetchall() == connection.execute(own).fetchall()


def test_one_function_within_another_is_found():
    made = quick(parse_one("SELECT month(date_trunc('week', at)) FROM t", dialect="duckdb"))

    assert made.sql("duckdb").lower().count("headwater_") == 2


def test_what_asks_no_column_is_left_alone():
    told = "SELECT DATE_TRUNC('DAY', CAST('2024-01-01' AS TIMESTAMPTZ))"

    assert quick(parse_one(told, dialect="duckdb")).sql("duckdb") == told
