"""deploy asks whether what stands answers: nobody is told of that, and nothing is left of it."""

from __future__ import annotations

import json
import tempfile

import pytest

from headwater.adapters.aws.heard import heard
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import StoreError
from headwater.lambdas import arrivals, container, fail

LAKE = """\
lake: ./data
feeds:
  sales: {batch: {files: 1}, schema: {id: bigint not null}}
notify:
  - {file: told.ndjson}
"""


@pytest.fixture
def lake(tmp_path, monkeypatch):
    (tmp_path / "headwater.yaml").write_text(LAKE)
    monkeypatch.setenv(container.LAKE, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # a lake opened so is at home below
    container.lake.cache_clear()
    yield container.lake()
    container.lake().close()
    container.lake.cache_clear()


@pytest.fixture
def manifest(lake, tmp_path):
    """A batch that refused a row, of which people are to be told."""
    (tmp_path / "a.csv").write_text("id\n1\nx\n")
    lake.land("sales", tmp_path / "a.csv")
    [due] = lake.dispatch()
    lake.convert(due.manifest)
    return due.manifest


def test_nobody_is_told_because_of_a_manifest_that_is_not_known(lake, manifest):
    answer = fail.handle({"manifest": "smoke"}, None)

    assert answer["state"] == "unknown"
    assert not (lake.root / "told.ndjson").exists()


def test_people_are_told_because_of_one_that_is(lake, manifest):
    fail.handle({"manifest": manifest}, None)

    [told] = (lake.root / "told.ndjson").read_text().splitlines()
    assert json.loads(told)["kind"] == "quarantined"


def test_people_are_told_by_the_timer_of_notices_and_by_no_other(lake, manifest):
    for event in ({}, {"reconcile": True, "days": 3}, {"reconcile": True}):
        arrivals.handle(event, None)
    before = (lake.root / "told.ndjson").exists()

    arrivals.handle({"notify": True}, None)

    [told] = (lake.root / "told.ndjson").read_text().splitlines()
    assert not before
    assert json.loads(told)["kind"] == "quarantined"


@pytest.fixture
def buckets(aws_in_the_box):
    return {"raw": aws_in_the_box.bucket(), "manifests": aws_in_the_box.bucket()}


def test_where_nobody_hears_of_a_file_it_is_said_and_nothing_is_left(
    aws_in_the_box, buckets, monkeypatch
):
    for name, value in aws_in_the_box.environment.items():
        monkeypatch.setenv(name, value)
    s3 = aws_in_the_box.client("s3")
    s3.put_bucket_versioning(Bucket=buckets["raw"], VersioningConfiguration={"Status": "Enabled"})

    with pytest.raises(StoreError, match="no function heard of it"):
        heard(buckets, AwsSettings(), patience_seconds=0)

    left = s3.list_object_versions(Bucket=buckets["raw"])
    assert "Versions" not in left
    assert "DeleteMarkers" not in left
