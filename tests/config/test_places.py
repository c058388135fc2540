"""Where a lake is: folders of this machine, or buckets, tables and queues of AWS."""

from __future__ import annotations

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError


def read(text, tmp_path):
    return parse(text, root=tmp_path)


def test_zones_lie_below_the_bucket_and_what_is_local_beside_the_configuration(tmp_path):
    settings = read("lake: s3://acme-lake\n", tmp_path)

    assert settings.zones["raw"] == "s3://acme-lake/raw"
    assert settings.zones["curated"] == "s3://acme-lake/curated"
    assert settings.home == tmp_path / ".headwater"
    assert settings.ledger == tmp_path / ".headwater" / "ledger.sqlite"


def test_a_lake_may_be_below_a_prefix_of_a_bucket(tmp_path):
    settings = read("lake: s3://acme/lakes/one/\n", tmp_path)

    assert settings.zones["raw"] == "s3://acme/lakes/one/raw"


def test_each_zone_may_have_a_bucket_of_its_own(tmp_path):
    settings = read("lake: ./lake\nzones:\n  raw: s3://acme-raw\n", tmp_path)

    assert settings.zones["raw"] == "s3://acme-raw"
    assert settings.zones["processed"] == tmp_path / "lake" / "processed"
    assert settings.home == tmp_path / "lake"


def test_tables_may_be_shown_in_a_catalog(tmp_path):
    settings = read("lake: s3://acme-lake\ncatalog: glue://sales_lake\n", tmp_path)

    assert settings.catalog_url == "glue://sales_lake"


def test_ledger_and_queue_may_be_of_aws(tmp_path):
    settings = read("ledger: dynamodb://headwater\nqueue: sqs://arrivals\n", tmp_path)

    assert (settings.ledger_url, settings.queue_url) == ("dynamodb://headwater", "sqs://arrivals")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("lake: ftp://acme", "'ftp://acme' is neither a folder nor a bucket"),
        ("lake: s3://Acme", "'s3://Acme' is neither a folder nor a bucket"),
        ("lake: s3://acme//x", "'s3://acme//x' is neither a folder nor a bucket"),
        ("ledger: postgres://x", "'postgres://x' is no place for a ledger"),
        ("catalog: athena", "'athena' is no place for a catalog"),
        ("catalog: glue://lake", "it shows tables in buckets of S3, and the zone processed is"),
        ("queue: headwater", "'headwater' is no place for a queue"),
        ("zones: {raw: 's3://a-b', processed: 's3://a-b/tables'}", "lie one in the other"),
    ],
)
def test_what_is_no_place_is_refused(line, told, tmp_path):
    with pytest.raises(ConfigError, match=r"headwater\.yaml:1") as refusal:
        read(f"{line}\n", tmp_path)

    assert told in refusal.value.message


def test_buckets_whose_names_begin_alike_lie_apart(tmp_path):
    read("zones: {raw: 's3://acme-lake', processed: 's3://acme-lake-2'}\n", tmp_path)
