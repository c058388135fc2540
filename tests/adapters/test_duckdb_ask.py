"""DuckAsker answers over exactly the files of a snapshot, and over nothing else."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import duckdb
import pytest

from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.errors import QueryError
from headwater.model.part import Part, Snapshot
from headwater.model.types import BIGINT, TEXT, TIMESTAMP, Column, Schema, Type

SCHEMA = Schema(
    (
        Column("id", BIGINT),
        Column("moment", TIMESTAMP),
        Column("late", TEXT),
        Column("month", Type("int")),
        Column("region", TEXT),
    )
)


@pytest.fixture
def location(tmp_path):
    return tmp_path / "processed" / "sales"


@pytest.fixture
def sales(location):
    def part(path, select, month, region):
        file = location / path
        file.parent.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"COPY ({select}) TO '{file}' (FORMAT parquet)")
        return Part(path, 1, 1, (("month", month), ("region", region)))

    old = "SELECT 1::BIGINT AS id, TIMESTAMPTZ '2025-04-01 00:00+02' AS moment"
    new = "SELECT 2::BIGINT AS id, NULL::TIMESTAMPTZ AS moment, 'x' AS late"
    return Snapshot(
        "sales",
        3,
        SCHEMA,
        ("month", "region"),
        (
            part("month=04/region=a%2Fb/one.parquet", old, "4", "a/b"),
            part("month=__HIVE_DEFAULT_PARTITION__/region=04/two.parquet", new, None, "04"),
        ),
    )


@pytest.fixture
def ask(sales, location):
    return lambda sql: DuckAsker().ask(sql, [(sales, str(location))])


def test_partition_values_and_columns_are_those_of_the_log(ask):
    answer = ask("SELECT id, late, month, region FROM sales ORDER BY id")

    assert answer.columns == ("id", "late", "month", "region")
    assert answer.rows() == [(1, None, 4, "a/b"), (2, "x", None, "04")]


def test_instants_are_shown_in_utc(ask):
    ((at,),) = ask("SELECT moment FROM sales WHERE id = 1").rows()

    assert at == datetime(2025, 3, 31, 22, tzinfo=UTC)
    assert at.utcoffset().total_seconds() == 0


def test_a_file_that_the_snapshot_does_not_name_is_not_read(ask, location):
    stray = location / "month=04" / "stray.parquet"
    duckdb.sql("SELECT 9::BIGINT AS id").write_parquet(str(stray))

    assert ask("SELECT max(id) FROM sales").rows() == [(2,)]


def test_a_table_without_parts_is_empty_and_has_its_columns(location):
    empty = Snapshot("sales", 0, SCHEMA, ("month", "region"), ())

    answer = DuckAsker().ask("SELECT * FROM sales", [(empty, str(location))])

    assert answer.columns == SCHEMA.names()
    assert answer.rows() == []


def test_only_so_many_rows_are_fetched_as_are_asked_for(ask):
    assert len(ask("SELECT * FROM sales").rows(limit=1)) == 1


QUESTIONS = ["WITH t AS (FROM sales) SELECT * FROM t", "DESCRIBE sales", "VALUES (1)"]


@pytest.mark.parametrize("sql", QUESTIONS)
def test_whatever_only_reads_is_answered(ask, sql):
    assert ask(sql).rows()


@pytest.mark.parametrize(
    "sql",
    [
        "DROP VIEW sales",
        "CREATE TABLE t AS FROM sales",
        "COPY sales TO 'x.csv'",
        "ATTACH 'x.db'",
        "SET threads = 1",
        "SELECT 1; SELECT 2",
        "INSTALL httpfs",
        "",
    ],
)
def test_whatever_else_is_refused(ask, sql):
    with pytest.raises(QueryError):
        ask(sql)


@pytest.mark.parametrize("sql", ["FROM read_csv('{0}')", "FROM '{0}'", "FROM read_text('{0}')"])
def test_no_other_file_can_be_read(ask, tmp_path, sql):
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")

    with pytest.raises(QueryError):
        ask(sql.format(other)).rows()


def test_an_answer_becomes_a_file_of_each_kind(ask, tmp_path):
    query = "SELECT id, region FROM sales ORDER BY id"
    expected = [{"id": 1, "region": "a/b"}, {"id": 2, "region": "04"}]

    for kind in ("csv", "json", "ndjson", "parquet"):
        assert ask(query).write(str(tmp_path / kind), kind) == 2

    rows = list(csv.DictReader((tmp_path / "csv").read_text().splitlines()))
    assert [row["region"] for row in rows] == ["a/b", "04"]
    assert json.loads((tmp_path / "json").read_text()) == expected
    lines = (tmp_path / "ndjson").read_text().splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert duckdb.read_parquet(str(tmp_path / "parquet")).fetchall() == [(1, "a/b"), (2, "04")]
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_cannot_be_written_is_told_plainly(ask, tmp_path):
    with pytest.raises(QueryError, match="cannot be written"):
        ask("SELECT 1").write(str(tmp_path / "none" / "x.csv"), "csv")


def test_an_answer_becomes_an_arrow_table(ask):
    pytest.importorskip("pyarrow")

    assert ask("SELECT id FROM sales ORDER BY id").arrow().to_pydict() == {"id": [1, 2]}
