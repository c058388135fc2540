"""What is read from headwater.yaml before anything is laid down."""

import pytest

from headwater.deploy.intent import intent_of
from headwater.errors import UsageError

FEEDS = """\
# what comes
feeds:
  sales:
    match: sales/**  # all of it
"""
PLACES = """\
lake: s3://acme-raw-123
zones:
  raw: s3://acme-raw-123
  processed: s3://acme-processed-123
  curated: s3://acme-curated-123
  quarantine: s3://acme-quarantine-123
  manifests: s3://acme-manifests-123
  # where answers go
  results: s3://acme-results-123
ledger: dynamodb://acme
queue: sqs://acme
region: eu-west-1
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    folder = tmp_path / "My Lake"
    folder.mkdir()

    def written(text):
        (folder / "headwater.yaml").write_text(text, encoding="utf-8")
        return folder

    return written


def test_a_lake_of_this_machine_is_named_by_its_folder(write, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    intent = intent_of(write("lake: ./lake\n" + FEEDS))

    assert (intent.name, intent.region, intent.rest) == ("my-lake", "eu-central-1", FEEDS)


def test_a_lake_that_stands_is_the_same_lake_again(write):
    intent = intent_of(write(PLACES + FEEDS))

    assert (intent.name, intent.region, intent.rest) == ("acme", "eu-west-1", FEEDS)


def test_places_of_another_lake_are_refused(write):
    with pytest.raises(UsageError, match=r"raw at s3://acme-raw-123.* deploying other"):
        intent_of(write(PLACES + FEEDS), "other")


def test_places_that_cannot_be_taken_out_are_refused(write):
    with pytest.raises(UsageError, match="cannot be told from its places"):
        intent_of(write("{lake: ./lake, region: eu-west-1, feeds: {sales: {match: sales/**}}}\n"))


def test_a_lake_without_a_region_is_refused(write):
    with pytest.raises(UsageError, match="no region"):
        intent_of(write(FEEDS))


def test_a_name_that_no_bucket_may_have_is_refused(write):
    with pytest.raises(UsageError, match="cannot be the lake's name"):
        intent_of(write("region: eu-west-1\n" + FEEDS), "Acme_Lake")
