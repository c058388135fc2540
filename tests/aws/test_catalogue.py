"""The Glue Data Catalog shows tables as they are, and Athena reads them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import count

import pytest

import headwater
from headwater.adapters.aws.catalogue import GlueCatalogue, hive_type
from headwater.errors import StoreError
from headwater.model.types import Column, Schema, parse_type
from headwater.points import ARM
from tests.contracts.catalogue import SALES, CatalogueContract

_numbers = count(1)
INGEST = "import sys, headwater; headwater.open(sys.argv[1]).ingest('sales', sys.argv[2])"


@pytest.fixture
def database():
    return f"lake_{os.getpid()}_{next(_numbers)}"


@pytest.fixture
def glue(as_aws):
    return as_aws.client("glue")


@pytest.fixture
def held(glue, database):
    def held(table="sales"):
        return glue.get_table(DatabaseName=database, Name=table)["Table"]

    return held


class TestGlueCatalogue(CatalogueContract):
    @pytest.fixture
    def catalogue(self, as_aws, database):
        return GlueCatalogue(database)

    @pytest.fixture
    def foreign(self, glue, database):
        def put(name):
            glue.create_database(DatabaseInput={"Name": database})
            glue.create_table(DatabaseName=database, TableInput={"Name": name})

        return put

    def test_columns_are_spelled_for_athena_and_partitions_apart(self, catalogue, held):
        kinds = {"id": "bigint", "Name": "text", "at": "timestamp", "day": "int"}
        schema = Schema(tuple(Column(name, parse_type(kind)) for name, kind in kinds.items()))

        catalogue.show(replace(SALES, schema=schema, partition_by=("day",)))

        told = held()
        columns = told["StorageDescriptor"]["Columns"]
        assert [(each["Name"], each["Type"]) for each in columns] == [
            ("id", "bigint"),
            ("name", "string"),
            ("at", "timestamp"),
        ]
        assert [(each["Name"], each["Type"]) for each in told["PartitionKeys"]] == [("day", "int")]

    def test_it_is_a_table_of_delta_with_its_version_and_rows(self, catalogue, held):
        catalogue.show(SALES)

        told = held()
        assert told["TableType"] == "EXTERNAL_TABLE"
        assert told["StorageDescriptor"]["Location"] == SALES.location
        assert told["Description"] == SALES.comment
        assert (
            told["Parameters"].items()
            >= {
                "table_type": "DELTA",
                "spark.sql.sources.provider": "delta",
                "headwater.version": "3",
                "headwater.rows": "7",
            }.items()
        )

    def test_an_entry_that_is_overtaken_between_look_and_change_stays_away(
        self, catalogue, database, monkeypatch
    ):
        from headwater.adapters.aws import catalogue as room

        catalogue.show(SALES)
        newest = iter([replace(SALES, version=9)])

        def reach(name):
            if name == "glue.pre":
                for each in newest:
                    GlueCatalogue(database).show(each)

        monkeypatch.setattr(room, "point", reach)

        assert not catalogue.show(replace(SALES, version=4))
        assert catalogue.find("sales").version == 9

    def test_a_catalogue_that_cannot_be_reached_says_so(self, as_aws, monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        from headwater.adapters.aws.settings import AwsSettings

        with pytest.raises(StoreError, match="glue://lake/sales could not be reached"):
            GlueCatalogue("lake", AwsSettings(tries=1)).find("sales")


@pytest.mark.parametrize(
    ("kind", "spelled"),
    [
        ("text", "string"),
        ("real", "float"),
        ("timestamp_ntz", "timestamp"),
        ("decimal(12,2)", "decimal(12,2)"),
        ("map<text,array<real>>", "map<string,array<float>>"),
        ("struct<a:text,b:struct<c:bigint>>", "struct<a:string,b:struct<c:bigint>>"),
    ],
)
def test_types_are_spelled_as_glue_has_them(kind, spelled):
    assert hive_type(parse_type(kind)) == spelled


FEED = """\
  sales:
    schema: {id: bigint, day: date}
    partition: [month(day)]
"""


@pytest.fixture
def folder(as_aws, database, tmp_path):
    place = f"lake: s3://{as_aws.bucket()}/lake\ncatalog: glue://{database}\n"
    (tmp_path / "headwater.yaml").write_text(f"{place}feeds:\n{FEED}", encoding="utf-8")
    return tmp_path


@pytest.fixture
def ingest(folder):
    def ingest(text):
        file = folder / f"{next(_numbers)}.csv"
        file.write_text(text, encoding="utf-8")
        with headwater.open(folder) as lake:
            return lake.ingest("sales", file)

    return ingest


@pytest.fixture
def athena(as_aws, database):
    """Rows that Athena answers, all of them as text."""

    def ask(sql):
        client, where = as_aws.client("athena"), f"s3://{as_aws.bucket()}/"
        asked = client.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": database},
            ResultConfiguration={"OutputLocation": where},
        )["QueryExecutionId"]
        deadline = time.monotonic() + 30
        while client.get_query_execution(QueryExecutionId=asked)["QueryExecution"]["Status"][
            "State"
        ] in {"QUEUED", "RUNNING"}:
            assert time.monotonic() < deadline
        rows = client.get_query_results(QueryExecutionId=asked)["ResultSet"]["Rows"][1:]
        return [tuple(each.get("VarCharValue") for each in row["Data"]) for row in rows]

    return ask


def columns_of(held):
    return [each["Name"] for each in held()["StorageDescriptor"]["Columns"]]


def test_athena_answers_as_soon_as_a_file_is_ingested(ingest, athena, held):
    ingest("id,day\n1,2026-01-05\n2,2026-02-05\n")

    assert athena("SELECT id, month FROM sales ORDER BY id") == [("1", "1"), ("2", "2")]
    assert held()["Description"] == "Headwater: feed sales"
    assert [each["Name"] for each in held()["PartitionKeys"]] == ["month"]


def test_a_column_that_is_new_is_shown_with_the_commit_that_brings_it(ingest, held):
    ingest("id,day\n1,2026-01-05\n")
    before = columns_of(held)

    ingest("id,day,shop\n2,2026-01-05,north\n")

    assert "shop" not in before
    assert "shop" in columns_of(held)


def test_a_commit_with_the_columns_there_are_changes_nothing_there(ingest, held, folder):
    ingest("id,day\n1,2026-01-05\n")
    before = held()["VersionId"]

    ingest("id,day\n2,2026-01-05\n")
    assert held()["VersionId"] == before

    with headwater.open(folder) as lake:
        found = lake.reconcile()
    assert found.catalogue.shown == ("sales",)
    assert held()["Parameters"]["headwater.rows"] == "2"


def test_a_table_that_is_gone_is_shown_no_more_and_those_of_others_are(
    ingest, as_aws, folder, glue, database
):
    ingest("id,day\n1,2026-01-05\n")
    theirs = replace(SALES, table="theirs")
    GlueCatalogue(database).show(theirs)
    glue.create_table(DatabaseName=database, TableInput={"Name": "foreign"})
    with headwater.open(folder) as lake:
        bucket, _, prefix = lake._world.tables.location("sales")[5:].partition("/")
        s3 = as_aws.client("s3")
        for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
            s3.delete_object(Bucket=bucket, Key=each["Key"])

        found = lake.reconcile()

    assert found.catalogue.dropped == ("sales",)
    left = [each["Name"] for each in glue.get_tables(DatabaseName=database)["TableList"]]
    assert sorted(left) == ["foreign", "theirs"]


def test_a_catalogue_that_refuses_is_told_of_and_stops_no_commit(
    ingest, glue, database, folder, caplog
):
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": "sales"})

    done = ingest("id,day\n1,2026-01-05\n")

    assert [each.version for each in done.receipts] == [1]
    assert "sales is there already" in caplog.text
    glue.delete_table(DatabaseName=database, Name="sales")
    with headwater.open(folder) as lake:
        assert lake.reconcile().catalogue.shown == ("sales",)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["glue.pre", "glue.k_of_n", "glue.post"])
def test_a_death_while_a_table_is_being_shown_is_made_good(name, folder, held, as_aws):
    file = folder / "a.csv"
    file.write_text("id,day\n1,2026-01-05\n", encoding="utf-8")
    environment = {**os.environ, ARM: f"{name}:1"}

    died = subprocess.run(
        [sys.executable, "-c", INGEST, folder, file], env=environment, check=False, timeout=60
    )
    with headwater.open(folder) as lake:
        lake.reconcile()
        lake.work()
        rows = lake.query("select id from sales").rows()

    assert died.returncode == -signal.SIGKILL
    assert rows == [(1,)]
    assert held()["Parameters"]["headwater.version"] == "1"
