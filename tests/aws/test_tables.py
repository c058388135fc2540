"""DeltaTables keep the tables' contract in S3, through lost replies as well."""

from __future__ import annotations

import json
import shutil
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
