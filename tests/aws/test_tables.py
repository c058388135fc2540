"""DeltaTables keep the tables' contract in S3, through lost replies as well."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from functools import partial

import duckdb
import pytest
from deltalake import DeltaTable

from headwater.adapters.aws.bucket import S3Bucket
from headwater.adapters.aws.settings import AwsSettings, S3Settings
from headwater.adapters.delta import DeltaTables, StoredTables
from headwater.adapters.objects import ObjectStore
from headwater.errors import CommitUnknown
from headwater.model.part import Part
from tests.aws.faults import AFTER, BEFORE, SLOW_DOWN, faulty, first
from tests.contracts.commits import DUPLICATE, OK, SALES, commit_of, ids
from tests.contracts.tables import TablesContract


def open_in(bucket, mirror, **settings):
    store = ObjectStore(S3Bucket(bucket, S3Settings(AwsSettings(**settings))), "processed")
    return DeltaTables(StoredTables(store, mirror))


@pytest.fixture
def bucket(as_aws):
    return as_aws.bucket()


@pytest.fixture
def mirror(tmp_path):
    return tmp_path / "mirror"


@pytest.fixture
def tables(bucket, mirror):
    return open_in(bucket, mirror)


@pytest.fixture
def open_tables(bucket, tmp_path):
    return partial(open_in, bucket, tmp_path / "another mirror")


@pytest.fixture
def writing_through(as_aws, bucket, tmp_path):
    """Tables of the same bucket, by a way with faults."""

    @contextmanager
    def make(fault, tries=1):
        with faulty(as_aws.url, fault) as url:
            yield open_in(bucket, tmp_path / "faulty", endpoint=url, tries=tries)

    return make


@pytest.fixture
def put_part(as_aws, bucket, tmp_path):
    def put(table, path, ids):
        file = tmp_path / "part.parquet"
        duckdb.sql(f"select unnest({ids})::bigint as id, 'a1' as _arrival").write_parquet(str(file))
        as_aws.client("s3").upload_file(str(file), bucket, f"processed/{table}/{path}")
        return Part(path, len(ids), file.stat().st_size, (), None, "a1", "a1")

    return put


@pytest.fixture
def sales(tables):
    tables.ensure("sales", SALES, ())
    return tables


class TestDeltaTablesInS3(TablesContract):
    """Every promise of the contract."""


def requests(log, method, holding):
    return [path for asked, path in log if asked == method and holding in path]


class TestMirror:
    def test_only_what_is_new_is_fetched(self, as_aws, sales, bucket, tmp_path):
        asked = []
        with faulty(as_aws.url, lambda method, path: asked.append((method, path))) as url:
            reader = open_in(bucket, tmp_path / "reader", endpoint=url)
            for number in range(3):
                sales.commit(commit_of(f"m{number}"))
                reader.snapshot("sales")

        fetched = [path.rpartition("/")[2][:20] for path in requests(asked, "GET", ".json")]
        assert sorted(fetched) == [f"{version:020}" for version in range(4)]  # some at once

    def test_a_mirror_that_is_lost_is_made_again(self, sales, mirror, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
        shutil.rmtree(mirror)

        assert ids(sales) == [1]
        assert sales.commit(commit_of("m1")).outcome is DUPLICATE

    def test_a_mirror_of_another_log_is_not_believed(self, as_aws, sales, bucket, mirror):
        sales.commit(commit_of("m1"))
        s3 = as_aws.client("s3")
        for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
            s3.delete_object(Bucket=bucket, Key=each["Key"])

        assert sales.snapshot("sales") is None
        sales.ensure("sales", SALES, ())
        assert sales.version("sales") == 0
        assert sales.commit(commit_of("m1")).outcome is OK

    @pytest.mark.slow
    def test_a_checkpoint_spares_a_new_reader_the_entries_before_it(
        self, as_aws, sales, bucket, tmp_path
    ):
        for number in range(1, 53):
            sales.commit(commit_of(f"m{number}", receipt={"n": number}))
        asked = []
        with faulty(as_aws.url, lambda method, path: asked.append((method, path))) as url:
            reader = open_in(bucket, tmp_path / "reader", endpoint=url)

            snapshot = reader.snapshot("sales")
            fetched = requests(asked, "GET", ".json")
            early = reader.committed("sales", "m3")
            versions = [entry.version for entry in reader.log("sales")]
            seventh = reader.snapshot("sales", 7)

        assert snapshot.version == 52
        assert len(fetched) == 3
        assert early.receipt == {"n": 3}
        assert versions == list(range(53))
        assert seventh.version == 7

    def test_other_tools_read_the_table(self, as_aws, sales, bucket, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
        options = {"endpoint_url": as_aws.url, "allow_http": "true"}

        table = DeltaTable(sales.location("sales"), storage_options=options)

        assert table.version() == 1
        assert table.file_uris() == [f"s3://{bucket}/processed/sales/a.parquet"]


class TestFaults:
    @pytest.mark.parametrize("tries", [1, 4])
    @pytest.mark.parametrize("fault", [BEFORE, AFTER, SLOW_DOWN])
    def test_a_commit_whose_reply_is_lost_is_in_once(
        self, sales, writing_through, put_part, fault, tries
    ):
        part = put_part("sales", "a.parquet", [1])
        with writing_through(first(2, "PUT", fault), tries) as writer:
            assert writer.commit(commit_of("m1", part)).outcome is OK

        assert ids(sales) == [1]
        assert sales.version("sales") == 1

    def test_a_commit_that_nobody_answers_is_unknown_and_may_be_repeated(
        self, sales, writing_through
    ):
        with (
            writing_through(first(100, "PUT", BEFORE)) as writer,
            pytest.raises(CommitUnknown),
        ):
            writer.commit(commit_of("m1"))

        assert sales.commit(commit_of("m1")).outcome is OK

    def test_an_entry_that_was_put_by_another_is_not_taken_for_its_own(
        self, as_aws, sales, bucket, tmp_path, monkeypatch
    ):
        from headwater.adapters.delta import tables

        writer = open_in(bucket, tmp_path / "writer")
        others = iter(["m2"])

        def reach(name):
            if name == "log.validated":
                for manifest in others:
                    sales.commit(commit_of(manifest))

        monkeypatch.setattr(tables, "point", reach)

        assert writer.commit(commit_of("m1")).version == 2
        assert [entry.manifest for entry in sales.log("sales", 1)] == ["m2", "m1"]
