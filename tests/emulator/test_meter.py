"""The box counts what it is asked, as AWS would bill it."""

import pytest
from botocore.exceptions import ClientError

from headwater.emulator.meter import READ_UNITS, WRITE_UNITS

KEYS = [{"AttributeName": "id", "KeyType": "HASH"}]
INDEX = {
    "IndexName": "by_colour",
    "KeySchema": [{"AttributeName": "colour", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


@pytest.fixture
def table(aws_in_the_box):
    client = aws_in_the_box.client("dynamodb")
    client.create_table(
        TableName="t",
        KeySchema=KEYS,
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("id", "colour")
        ],
        GlobalSecondaryIndexes=[INDEX],
        BillingMode="PAY_PER_REQUEST",
    )
    aws_in_the_box.calls(forget=True)
    return client


def item(size_bytes=0, **more):
    return {"id": {"S": "a"}, "more": {"S": "x" * size_bytes}, **more}


def test_calls_are_counted_by_service_and_kind(aws_in_the_box):
    bucket, s3 = aws_in_the_box.bucket(), aws_in_the_box.client("s3")
    aws_in_the_box.calls(forget=True)

    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    s3.get_object(Bucket=bucket, Key="a")
    s3.head_object(Bucket=bucket, Key="a")
    s3.list_objects_v2(Bucket=bucket)

    assert aws_in_the_box.calls() == {"s3:PUT": 1, "s3:GET": 1, "s3:HEAD": 1, "s3:LIST": 1}


def test_counts_are_those_of_one_account_and_begin_anew_when_asked_to(aws_in_the_box):
    aws_in_the_box.client("s3").list_buckets()

    assert aws_in_the_box.afresh().calls() == {}
    assert aws_in_the_box.calls(forget=True) == {"s3:LIST": 1}
    assert aws_in_the_box.calls() == {}


def test_a_write_is_billed_by_the_kilobyte_of_the_larger_item(aws_in_the_box, table):
    table.put_item(TableName="t", Item=item(2_500))
    table.put_item(TableName="t", Item=item(10))

    assert aws_in_the_box.calls()[WRITE_UNITS] == 3 + 3


def test_a_transaction_is_billed_twice(aws_in_the_box, table):
    table.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": item(1_500)}}])

    assert aws_in_the_box.calls()[WRITE_UNITS] == 4


def test_an_index_is_billed_when_it_sees_the_change(aws_in_the_box, table):
    table.put_item(TableName="t", Item=item(colour={"S": "red"}))
    assert aws_in_the_box.calls(forget=True)[WRITE_UNITS] == 1 + 1

    table.put_item(TableName="t", Item=item(9, colour={"S": "red"}))
    assert aws_in_the_box.calls(forget=True)[WRITE_UNITS] == 1

    table.put_item(TableName="t", Item=item(colour={"S": "blue"}))
    assert aws_in_the_box.calls(forget=True)[WRITE_UNITS] == 1 + 2


def test_an_item_without_its_key_is_refused_as_before(aws_in_the_box, table):
    with pytest.raises(ClientError, match="ValidationException"):
        table.put_item(TableName="t", Item={"colour": {"S": "red"}})

    assert WRITE_UNITS not in aws_in_the_box.calls()


def test_a_read_is_billed_by_four_kilobytes_and_half_where_it_may_be_old(aws_in_the_box, table):
    table.put_item(TableName="t", Item=item(5_000))

    table.get_item(TableName="t", Key={"id": {"S": "a"}}, ConsistentRead=True)
    table.get_item(TableName="t", Key={"id": {"S": "a"}})
    table.get_item(TableName="t", Key={"id": {"S": "nobody"}}, ConsistentRead=True)

    assert aws_in_the_box.calls()[READ_UNITS] == 2 + 1 + 1
