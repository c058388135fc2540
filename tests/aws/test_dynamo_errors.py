"""What a user reads when the table cannot be used, and what is only waited for."""

from __future__ import annotations

import os

import pytest

from headwater.adapters.aws.ledger import DynamoLedger
from headwater.adapters.aws.ledger.schema import SCHEMA
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import HeadwaterError, LedgerError
from tests.aws.double import Double
from tests.contracts.work import arrive, sighting

NOBODY = "http://127.0.0.1:9"  # where nothing listens


def test_a_table_that_is_not_there_is_named_with_what_to_do(steady):
    ledger = DynamoLedger(steady.client("dynamodb"), "nowhere")

    with pytest.raises(LedgerError, match="the DynamoDB table nowhere is not there") as refused:
        ledger.register([sighting()])

    assert "region" in refused.value.hint


def test_a_service_that_cannot_be_reached_is_an_error_that_may_pass(steady):
    ledger = DynamoLedger(Double(NOBODY).client("dynamodb"), "ledger")
    ledger._table._patience_seconds = 0

    with pytest.raises(LedgerError, match="did not answer for too long") as refused:
        ledger.register([sighting()])

    assert refused.value.retryable


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "Unable to locate"), ({"AWS_PROFILE": "nobody"}, "nobody")],
    ids=["none", "a profile that is not there"],
)
def test_who_has_no_credentials_is_told_how_to_give_them(monkeypatch, tmp_path, given, said):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    nowhere = {"AWS_CONFIG_FILE": f"{tmp_path}/c", "AWS_SHARED_CREDENTIALS_FILE": f"{tmp_path}/s"}
    for name, value in {**nowhere, "AWS_EC2_METADATA_DISABLED": "true", **given}.items():
        monkeypatch.setenv(name, value)

    def ask():
        client = AwsSettings(region="eu-central-1", endpoint=NOBODY).client("dynamodb")
        DynamoLedger(client, "ledger").register([sighting()])

    with pytest.raises(HeadwaterError, match=said) as refused:
        ask()

    assert "AWS_PROFILE" in refused.value.hint


def test_who_names_no_region_is_told_so(monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    with pytest.raises(HeadwaterError, match="needs a region") as refused:
        AwsSettings().client("dynamodb")

    assert "AWS_REGION" in refused.value.hint


def test_a_ledger_that_was_half_loaded_answers_nothing(steady, new_table):
    table, client = new_table(), steady.client("dynamodb")
    ledger = DynamoLedger(client, table)
    [arrival] = arrive(ledger, sighting())

    class Died(BaseException):
        pass

    def strike(**_):
        raise Died

    other = steady.client("dynamodb")
    other.meta.events.register("before-call.dynamodb.BatchWriteItem", strike)
    half = new_table()
    with pytest.raises(Died):
        DynamoLedger(other, half).load([arrival], [], [])

    with pytest.raises(LedgerError, match="was being loaded"):
        DynamoLedger(client, half).arrivals()
    with pytest.raises(LedgerError, match="not empty"):
        DynamoLedger(client, half).load([arrival], [], [])


def test_the_table_is_what_its_schema_says(steady, new_table):
    found = steady.client("dynamodb").describe_table(TableName=new_table())["Table"]

    assert found["KeySchema"] == SCHEMA["KeySchema"]
    assert found["BillingModeSummary"]["BillingMode"] == SCHEMA["BillingMode"]
    indexes = {index["IndexName"]: index for index in found["GlobalSecondaryIndexes"]}
    for index in SCHEMA["GlobalSecondaryIndexes"]:
        made = indexes[index["IndexName"]]
        assert (made["KeySchema"], made["Projection"]) == (index["KeySchema"], index["Projection"])
