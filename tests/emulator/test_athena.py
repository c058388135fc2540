"""Athena answers from the files of the tables that the Glue catalog names."""

from __future__ import annotations

import io
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError
from deltalake import DeltaTable, write_deltalake

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
_CSV = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"


@pytest.fixture(name="lake")
def _lake(aws_in_the_box):
    """A bucket with a database for it."""
    aws_in_the_box.client("glue").create_database(DatabaseInput={"Name": "lake"})
    return aws_in_the_box.bucket()


def put_parquet(box, bucket, key, **columns):
    made = io.BytesIO()
    pq.write_table(pa.table(columns), made)
    box.client("s3").put_object(Bucket=bucket, Key=key, Body=made.getvalue())


def make_table(box, bucket, name, columns, serde=_PARQUET, **words):
    described = [{"Name": each, "Type": kind} for each, kind in columns.items()]
    parameters = words.pop("SerdeParameters", {})
    box.client("glue").create_table(
        DatabaseName="lake",
        TableInput={
            "Name": name,
            "StorageDescriptor": {
                "Columns": described,
                "Location": f"s3://{bucket}/{name}/",
                "SerdeInfo": {"SerializationLibrary": serde, "Parameters": parameters},
            },
            **words,
        },
    )


def ask(box, bucket, sql, **words):
    """The description of the query at its end."""
    athena = box.client("athena")
    where = {"OutputLocation": f"s3://{bucket}/results/"}
    words = {"ResultConfiguration": where, **words}
    context = {"Database": "lake"}
    name = athena.start_query_execution(QueryString=sql, QueryExecutionContext=context, **words)
    assert box.quiet()
    told = athena.get_query_execution(QueryExecutionId=name["QueryExecutionId"])
    return told["QueryExecution"]


def rows(box, bucket, sql, **words):
    """The rows of the answer, without the names of the columns."""
    ended = ask(box, bucket, sql, **words)
    assert ended["Status"]["State"] == "SUCCEEDED", ended["Status"]
    pages = box.client("athena").get_paginator("get_query_results")
    found = pages.paginate(QueryExecutionId=ended["QueryExecutionId"])
    every = [row["Data"] for page in found for row in page["ResultSet"]["Rows"]]
    return [tuple(datum.get("VarCharValue") for datum in row) for row in every[1:]]


def test_a_table_of_parquet_is_read_with_its_partitions(aws_in_the_box, lake):
    make_table(
        aws_in_the_box,
        lake,
        "sales",
        {"id": "bigint", "paid": "double"},
        PartitionKeys=[{"Name": "day", "Type": "date"}],
    )
    for day in ("2026-01-01", "2026-01-02"):
        put_parquet(aws_in_the_box, lake, f"sales/day={day}/a.parquet", id=[1, 2])
        aws_in_the_box.client("glue").create_partition(
            DatabaseName="lake",
            TableName="sales",
            PartitionInput={
                "Values": [day],
                "StorageDescriptor": {"Location": f"s3://{lake}/sales/day={day}/"},
            },
        )
    put_parquet(aws_in_the_box, lake, "sales/day=2026-01-03/a.parquet", id=[3])

    found = rows(
        aws_in_the_box, lake, "SELECT day, count(*), max(paid) FROM sales GROUP BY 1 ORDER BY day"
    )

    assert found == [("2026-01-01", "2", None), ("2026-01-02", "2", None)]


def test_a_table_of_delta_is_read_as_its_log_has_it(aws_in_the_box, lake, tmp_path):
    table = pa.table({"id": [1, 2, 3], "land": ["de", "no way", None]})
    write_deltalake(tmp_path, table, partition_by=["land"])
    DeltaTable(tmp_path).delete("id = 1")
    for file in tmp_path.rglob("*"):
        if file.is_file():
            key = f"delta/{file.relative_to(tmp_path)}"
            aws_in_the_box.client("s3").upload_file(str(file), lake, key)
    make_table(aws_in_the_box, lake, "delta", {}, Parameters={"table_type": "DELTA"})

    found = rows(aws_in_the_box, lake, 'SELECT * FROM "AwsDataCatalog"."lake"."delta" ORDER BY id')

    assert found == [("2", "no way"), ("3", None)]


def test_a_table_of_text_is_read_as_its_serialiser_says(aws_in_the_box, lake):
    aws_in_the_box.client("s3").put_object(Bucket=lake, Key="text/a", Body=b"id|name\n1|a,b\n2|\n")
    make_table(
        aws_in_the_box,
        lake,
        "text",
        {"id": "int", "name": "string"},
        serde=_CSV,
        SerdeParameters={"field.delim": "|"},
        Parameters={"skip.header.line.count": "1"},
    )

    assert rows(aws_in_the_box, lake, "SELECT name FROM text WHERE id = 1") == [("a,b",)]


def test_the_answer_is_written_to_the_result_location(aws_in_the_box, lake):
    sql = """SELECT 'say "hi"' AS said, NULL AS nothing, TIMESTAMP '2026-01-02 03:04:05' AS at"""

    ended = ask(aws_in_the_box, lake, sql)

    key = f"results/{ended['QueryExecutionId']}.csv"
    written = aws_in_the_box.client("s3").get_object(Bucket=lake, Key=key)["Body"].read().decode()
    assert ended["ResultConfiguration"]["OutputLocation"] == f"s3://{lake}/{key}"
    assert written == '"said","nothing","at"\n"say ""hi""",,"2026-01-02 03:04:05.000"\n'


def test_athenas_own_words_are_understood_and_parameters_filled_in(aws_in_the_box, lake):
    sql = "SELECT cardinality(split('a-b-c', '-')), date_add('day', ?, DATE '2026-01-30')"

    found = rows(aws_in_the_box, lake, sql, ExecutionParameters=["2"])

    assert found[0][0] == "3"
    assert found[0][1].startswith("2026-02-01")


def test_what_is_scanned_are_the_columns_that_are_named(aws_in_the_box, lake):
    put_parquet(aws_in_the_box, lake, "wide/a.parquet", a=list(range(9000)), b=["b" * 9] * 9000)
    make_table(aws_in_the_box, lake, "wide", {"a": "bigint", "b": "string"})

    scanned = [
        ask(aws_in_the_box, lake, sql)["Statistics"]["DataScannedInBytes"]
        for sql in ("SELECT count(*) FROM wide", "SELECT sum(a) FROM wide", "SELECT * FROM wide")
    ]

    assert 0 == scanned[0] < scanned[1] < scanned[2]


def test_a_workgroup_ends_a_query_that_scans_too_much(aws_in_the_box, lake):
    noise = [os.urandom(1_000_000) for _ in range(11)]
    put_parquet(aws_in_the_box, lake, "wide/a.parquet", a=noise)
    make_table(aws_in_the_box, lake, "wide", {"a": "binary"})
    aws_in_the_box.client("athena").create_work_group(
        Name="small",
        Configuration={
            "BytesScannedCutoffPerQuery": 10_000_000,
            "ResultConfiguration": {"OutputLocation": f"s3://{lake}/small/"},
        },
    )

    ended = ask(aws_in_the_box, lake, "SELECT max(a) FROM wide", WorkGroup="small")

    assert ended["Status"]["State"] == "CANCELLED"
    assert "Bytes scanned limit" in ended["Status"]["StateChangeReason"]
    assert ended["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{lake}/small/")


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM missing", "TABLE_NOT_FOUND"),
        ("SELEC 1", "SYNTAX_ERROR"),
        ("SELECT nothing", "GENERIC_USER_ERROR"),
        ("DROP TABLE sales", "NOT_SUPPORTED"),
        ("SELECT * FROM read_text('/etc/hostname')", "GENERIC_USER_ERROR"),
    ],
)
def test_a_query_that_cannot_be_answered_fails_and_says_why(aws_in_the_box, lake, sql, why):
    status = ask(aws_in_the_box, lake, sql)["Status"]

    assert (status["State"], status["StateChangeReason"].partition(":")[0]) == ("FAILED", why)


def test_a_query_without_a_place_for_its_answer_is_refused(aws_in_the_box, lake):
    with pytest.raises(ClientError, match="No output location"):
        aws_in_the_box.client("athena").start_query_execution(QueryString="SELECT 1")


def test_an_answer_comes_in_pages(aws_in_the_box, lake):
    ended = ask(aws_in_the_box, lake, "SELECT * FROM UNNEST(sequence(1, 25)) AS t(n)")
    athena = aws_in_the_box.client("athena")

    first = athena.get_query_results(QueryExecutionId=ended["QueryExecutionId"], MaxResults=10)
    rest = athena.get_paginator("get_query_results").paginate(
        QueryExecutionId=ended["QueryExecutionId"], PaginationConfig={"PageSize": 10}
    )

    assert len(first["ResultSet"]["Rows"]) == 10
    assert sum(len(page["ResultSet"]["Rows"]) for page in rest) == 26
