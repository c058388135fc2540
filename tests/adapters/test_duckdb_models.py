"""Models as the engine builds them: types without loss, behind closed doors, within limits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from headwater.errors import QueryError
from headwater.model.curated import Model
from headwater.model.part import Part, Snapshot
from headwater.model.progress import nobody
from headwater.model.types import Column, Schema, parse_type
from headwater.ports.building import Building, Reading
from headwater.ports.engine import Limits
from headwater.shape.partition import parse_partition

SALES = Schema((Column("id", parse_type("bigint")), Column("day", parse_type("date"))))


@pytest.fixture(scope="module")
def engine():
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.fixture
def make(engine, tmp_path):
    """Build a model over three rows of sales; what was built, and its rows."""
    location = tmp_path / "sales"
    location.mkdir()
    rows = "values (1::bigint, date '2026-01-05'), (2, date '2026-02-05'), (3, null)"
    duckdb.execute(f"copy ({rows}) to '{location}/a.parquet'")
    duckdb.execute(
        f"copy (select col0 as id, col1 as day from '{location}/a.parquet') "
        f"to '{location}/part.parquet'"
    )
    size = (location / "part.parquet").stat().st_size
    snapshot = Snapshot("sales", 1, SALES, (), (Part("part.parquet", 3, size),))

    def make(sql, *partition, **limits):
        by = tuple(map(parse_partition, partition))
        model = Model("m", "m", sql, ("sales",), partition=by)
        task = Building(
            attempt="m000000000000001-1",
            layout=model.layout,
            sql=sql,
            readings=(Reading(snapshot, str(location)),),
            table_location=str(tmp_path / "m"),
            scratch=str(tmp_path / "scratch"),
            limits=Limits(**limits),
        )
        edifice = engine.build(task, nobody)
        files = [str(tmp_path / "m" / part.path) for part in edifice.parts]
        sql = "select * from read_parquet(?, hive_partitioning = false) order by all"
        return edifice, duckdb.execute(sql, [files]).fetchall() if files else []

    return make


def test_rows_become_parts_with_their_counts_and_hashes(make):
    edifice, rows = make("select id, day from sales where id < 3")

    assert rows == [(1, date(2026, 1, 5)), (2, date(2026, 2, 5))]
    assert sum(part.rows for part in edifice.parts) == edifice.rows_told == 2
    assert all(part.sha256 and part.first_arrival is None for part in edifice.parts)


def test_no_rows_are_no_parts(make):
    edifice, _ = make("select id from sales where id > 9")

    assert (edifice.parts, edifice.rows_told) == ((), 0)


def test_a_comment_at_the_end_hides_nothing(make):
    assert make("select id from sales -- all of it")[0].rows_told == 3


TYPES = [
    ("sum(id)", "decimal(38,0)", Decimal(6)),
    ("count(*)", "bigint", 3),
    ("max(id)::ubigint", "decimal(20,0)", Decimal(3)),
    ("max(id)::tinyint", "smallint", 3),
    ("max(day)", "date", date(2026, 2, 5)),
    ("1.50::decimal(9,2)", "decimal(9,2)", Decimal("1.50")),
    ("'a'::enum('a')", "text", "a"),
    ("null", "text", None),
    ("max(day)::timestamp", "timestamp", datetime(2026, 2, 5, tzinfo=UTC)),
    ("[1::hugeint]", "array<decimal(38,0)>", [Decimal(1)]),
    ("{'x': 1}", "struct<x:int>", {"x": 1}),
    ("map {'k': 1::bigint}", "map<text,bigint>", {"k": 1}),
    ("uuid '6ccd780c-baba-1026-9564-5b8c656024db'", "text",
     "6ccd780c-baba-1026-9564-5b8c656024db"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "kind", "value"), TYPES)
def test_a_column_is_stored_without_loss(make, expression, kind, value):
    edifice, rows = make(f"select {expression} as x from sales")

    assert str(edifice.schema.columns[0].type) == kind
    assert rows[0] == (value,)


@pytest.mark.parametrize(
    ("sql", "said", "hint"),
    [
        ("select interval 1 day as x from sales", "x is of type INTERVAL", "CAST(x AS VARCHAR)"),
        ("select time '10:00' as x from sales", "x is of type TIME", "CAST(x AS VARCHAR)"),
        ("select '2020-01-01'::timestamp_ns as x from sales", "TIMESTAMP_NS", "AS TIMESTAMP)"),
        ("select sum(id) from sales", "a column is called 'sum(id)'", "AS total"),
        ("select id as a, day as A from sales", "two columns are called A", "with AS"),
        ("select idd from sales", "there is no column idd", "did you mean id?"),
        ("select id / 0 // 'x' as x from sales", "could not convert string 'x'", ""),
        ("select * from 'sales.csv'", "a query reads tables, and no file", "own tables"),
    ],
)
def test_what_cannot_be_answered_or_stored_is_refused_with_what_helps(make, sql, said, hint):
    with pytest.raises(QueryError) as refused:
        make(sql)

    assert said in refused.value.message
    assert hint in (refused.value.hint or "")


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/*')",
        "copy sales to '/dev/null'",
        "select 1); drop view sales; select (1",
    ],
)
def test_the_sql_reads_and_writes_nothing_but_the_tables(make, sql):
    with pytest.raises(QueryError):
        make(sql)


def test_rows_are_divided_by_columns_and_parts_of_dates(make):
    edifice, _ = make("select * from sales", "year(day)", "month(day)")

    keys = {part.partition for part in edifice.parts}
    assert keys == {
        (("year", "2026"), ("month", "1")),
        (("year", "2026"), ("month", "2")),
        (("year", None), ("month", None)),
    }
    assert edifice.schema.names() == ("id", "day", "year", "month")
    assert any("year=2026/month=01/" in part.path for part in edifice.parts)


@pytest.mark.parametrize(
    ("sql", "by", "said"),
    [
        ("select id from sales", "day", "it is partitioned by day, and the SELECT gives no such"),
        ("select id from sales", "id", "partitioned by every column that it has"),
        ("select id::double as x, id from sales", "x", "which is made of x double"),
        ("select id, '' as x from sales", "x", "an empty text is the value of a partition"),
        ("select day, 1 as year from sales", "year(day)", "would hide the column year"),
    ],
)
def test_a_partition_that_cannot_be_is_refused(make, sql, by, said):
    with pytest.raises(QueryError) as refused:
        make(sql, by)

    assert said in refused.value.message


def test_rows_of_too_many_partitions_are_refused(make):
    with pytest.raises(QueryError, match="more than 2 partitions"):
        make("select * from sales", "id", partitions=2)


def test_a_large_answer_is_spilled_to_the_scratch_folder(make, tmp_path):
    sql = "select i % 1000003 as k, count(*) as n from sales, range(1000000) t(i) group by all"

    edifice, _ = make(sql, memory_bytes=64_000_000)

    assert edifice.rows_told == 1_000_000
    assert not [each for each in Path(tmp_path / "scratch").rglob("*") if "spill" in each.name]
