"""Athena answers what the lake's own tables answer, says what it costs, and can be stopped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import count
from threading import Timer

import pytest

import headwater
from headwater.errors import ConfigError, QueryError, UsageError

_numbers = count(1)
FEED = """\
feeds:
  sales:
    format: csv
    schema:
      id: bigint
      small: smallint
      whole: int
      amount: decimal(12,2)
      ratio: double
      real: real
      sure: boolean
      day: date
      came: timestamp
      note: text
    partition: [month(day)]
"""
ROWS = """\
id,small,whole,amount,ratio,real,sure,day,came,note
1,-3,7,2.50,0.1,0.1,true,2026-01-05,2026-01-05T10:00:00.5+02:00,größer
2,,,,,,,,,
3,4,-8,-1234567890.99,1e300,-2.5,false,2025-12-31,2025-12-31T23:59:59Z,"say ""hi"", or"
"""


@pytest.fixture
def workgroup(as_aws):
    def make(**configuration):
        name = f"group-{os.getpid()}-{next(_numbers)}"
        as_aws.client("athena").create_work_group(Name=name, Configuration=configuration)
        return name

    return make


@pytest.fixture
def open_lake(as_aws, tmp_path, workgroup):
    bucket, database = as_aws.bucket(), f"asked_{os.getpid()}_{next(_numbers)}"
    opened = []

    def open_lake(group=None, more=""):
        text = f"lake: s3://{bucket}\ncatalog: glue://{database}\n"
        text += f"athena: {{workgroup: {group or workgroup()}{more}}}\n{FEED}"
        (tmp_path / "headwater.yaml").write_text(text, encoding="utf-8")
        opened.append(headwater.open(tmp_path))
        return opened[-1]

    yield open_lake
    for lake in opened:
        lake.close()


@pytest.fixture
def lake(open_lake, tmp_path):
    lake = open_lake()
    file = tmp_path / "a.csv"
    file.write_text(ROWS, encoding="utf-8")
    lake.ingest("sales", file)
    return lake


COLUMNS = re.findall(r"^      (\w+): ", FEED, re.MULTILINE)


@pytest.mark.parametrize("column", [*COLUMNS, "month", "_arrival"])
def test_values_are_those_that_the_lake_itself_answers(lake, column):
    sql = f"select {column} from sales order by id"

    here, there = lake.query(sql), lake.query(sql, on="athena")

    assert there.columns == here.columns
    assert there.types == here.types
    assert there.rows() == here.rows()


@pytest.mark.parametrize(
    ("sql", "kind", "value"),
    [
        ("select cast('ab' as varbinary)", "BLOB", b"ab"),
        ("select timestamp '2026-01-02 03:04:05'", "TIMESTAMP", "2026-01-02 03:04:05"),
        ("select array[1, 2]", "VARCHAR", "[1, 2]"),
        ("select ''", "VARCHAR", ""),
        ("select cast(null as varchar)", "VARCHAR", None),
    ],
)
def test_values_of_other_types_are_brought_as_well(lake, sql, kind, value):
    answer = lake.query(sql, on="athena")

    ((found,),) = answer.rows()
    assert answer.types == (kind,)
    assert (str(found) if kind == "TIMESTAMP" else found) == value


def test_an_answer_can_be_written_and_streamed(lake, tmp_path):
    sql = "select id, note from sales order by id"

    assert [row[0] for row in lake.query(sql, on="athena").stream()] == [1, 2, 3]
    assert lake.query(sql, on="athena").write(str(tmp_path / "a.ndjson"), "ndjson") == 3
    assert json.loads((tmp_path / "a.ndjson").read_text().splitlines()[0])["note"] == "größer"


def test_the_bill_says_what_was_scanned_and_at_least_ten_megabytes(lake):
    bill = lake.query("select sum(id) from sales", on="athena").bill

    assert bill.scanned_bytes > 0
    assert bill.cost.nanos == 50_000  # ten megabytes, at 5 USD a terabyte
    assert lake.query("select 1").bill is None


def test_the_command_shows_rows_and_what_they_cost(lake, tmp_path):
    words = ["query", "--on", "athena", "select id from sales where id = 3", "--format", "csv"]

    done = subprocess.run(
        [sys.executable, "-m", "headwater", "-C", tmp_path, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "id\n3\n"
    assert "scanned, 0.0000500 USD" in done.stderr


@pytest.mark.parametrize(
    ("sql", "told", "hint"),
    [
        ("select * from salez", "Athena sees no table salez", "did you mean sales?"),
        ("select * from quarantine", "Athena sees no table quarantine", "tables: sales"),
        ("select nothing from sales", "Athena did not answer", "Athena's history"),
        ("selec 1", "only questions are answered", "write a SELECT"),
        ("-- a\n/* b */ drop table sales", "begins with 'drop table sales'", "write a SELECT"),
        ("insert into sales select 1", "begins with 'insert into", "write a SELECT"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(lake, sql, told, hint):
    with pytest.raises(QueryError) as refused:
        lake.query(sql, on="athena")

    assert told in refused.value.message
    assert hint in refused.value.hint


def test_tables_as_they_were_are_not_to_be_had_there(lake):
    with pytest.raises(QueryError, match="as they are, not as they were"):
        lake.query("select 1", at=0, on="athena")


def test_a_lake_that_names_no_workgroup_says_what_to_add(as_aws, tmp_path):
    (tmp_path / "headwater.yaml").write_text("lake: ./lake\n", encoding="utf-8")
    with headwater.open(tmp_path) as lake, pytest.raises(UsageError) as refused:
        lake.query("select 1", on="athena")

    assert "athena" in refused.value.hint


def test_a_workgroup_needs_a_catalog(tmp_path):
    (tmp_path / "headwater.yaml").write_text("athena: {workgroup: a}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="names no database"):
        headwater.open(tmp_path)


def test_a_workgroup_that_is_not_there_is_named(open_lake):
    with pytest.raises(QueryError, match="WorkGroup nowhere is not found") as refused:
        open_lake("nowhere").query("select 1", on="athena")

    assert "name a workgroup that is there" in refused.value.hint


def test_answers_are_put_into_the_results_zone(lake, as_aws):
    lake.query("select 1", on="athena")

    bucket = lake._world.tables.location("sales")[5:].partition("/")[0]
    found = as_aws.client("s3").list_objects_v2(Bucket=bucket, Prefix="results/athena/")
    assert [each["Key"][-4:] for each in found["Contents"]] == [".csv"]


def asker(lake):
    return lake._world.elsewhere["athena"]


def underway(asker, state="RUNNING", scanned=0):
    """Have queries look as if they went on."""
    asked = asker._client.get_query_execution

    def told(**words):
        answer = asked(**words)
        answer["QueryExecution"]["Status"]["State"] = state
        answer["QueryExecution"]["Statistics"]["DataScannedInBytes"] = scanned
        return answer

    asker._client.get_query_execution = told


@pytest.fixture
def stopped(lake):
    """Ids of queries that were told to stop."""
    ids = []
    asker(lake)._client.meta.events.register(
        "before-call.athena.StopQueryExecution", lambda params, **_: ids.append(params["body"])
    )
    return ids


def test_a_query_is_stopped_that_scans_more_than_it_may(lake, open_lake):
    other = open_lake(more=", limit: 10MB")
    ids = []
    asker(other)._client.meta.events.register(
        "before-call.athena.StopQueryExecution", lambda params, **_: ids.append(params["body"])
    )
    underway(asker(other), scanned=10_000_001)

    with pytest.raises(QueryError, match=r"had scanned 10,000,001 bytes of 10,000,000"):
        other.query("select 1", on="athena")

    assert len(ids) == 1


def test_a_query_is_stopped_when_whoever_asked_is_interrupted(lake, stopped):
    underway(asker(lake))
    import signal

    Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        lake.query("select 1", on="athena")

    assert len(stopped) == 1
