"""Items come back from DynamoDB with every kind of value that they were put with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

FLAT = {
    "text": "häuser ✓",
    "empty": "",
    "number": Decimal("-12345678901234567890.0123"),
    "yes": True,
    "no": False,
    "nothing": None,
    "bytes": Binary(b"\x00\xffGr\xc3\xbc\xc3\x9fe"),
}
KINDS = {
    **FLAT,
    "texts": {"a", "b"},
    "numbers": {Decimal(1), Decimal("2.5")},
    "several bytes": {Binary(b"\x00"), Binary(b"\xff\xfe")},
    "list": [*FLAT.values(), [], {}],
    "map": {**FLAT, "inner": {"list": [FLAT]}},
}


@pytest.fixture
def table(aws_in_the_box):
    db = aws_in_the_box.client("dynamodb")
    db.create_table(
        TableName="kinds",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield db
    db.delete_table(TableName="kinds")


def item(kind):
    say = TypeSerializer().serialize
    return {"id": say(kind), "value": say(KINDS[kind])}


def read(item):
    return TypeDeserializer().deserialize(item["value"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_comes_back_by_whichever_way_it_is_asked_for(table, kind):
    table.put_item(TableName="kinds", Item=item(kind))
    key = {"id": {"S": kind}}

    got = table.get_item(TableName="kinds", Key=key)["Item"]
    [scanned] = table.scan(TableName="kinds")["Items"]
    [queried] = table.query(
        TableName="kinds",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": key["id"]},
    )["Items"]
    batch = table.batch_get_item(RequestItems={"kinds": {"Keys": [key]}})
    [one_of_several] = batch["Responses"]["kinds"]
    gone = table.delete_item(TableName="kinds", Key=key, ReturnValues="ALL_OLD")["Attributes"]

    told = [got, scanned, queried, one_of_several, gone]
    assert [read(each) for each in told] == [KINDS[kind]] * len(told)
