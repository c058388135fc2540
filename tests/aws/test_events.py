"""Messages of S3, by each way that they come, announce the objects that were put."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.adapters.aws.events import Announced, announced
from headwater.adapters.aws.queue import SqsQueue, create_queue
from headwater.errors import InputError
from tests.contracts.queue import MINUTE


def record(key="sales/a.csv", event="ObjectCreated:Put", **more):
    there = {"key": key, "size": 7, "eTag": "e1", "sequencer": "0A", **more}
    return {"eventName": event, "s3": {"bucket": {"name": "raw"}, "object": there}}


def notification(*records):
    return json.dumps({"Records": records})


def in_sns(message):
    return json.dumps({"Type": "Notification", "TopicArn": "arn:t", "Message": message})


def bridged(key="sales/a.csv", kind="Object Created", **more):
    there = {"key": key, "size": 7, "etag": "e1", "sequencer": "0A", **more}
    detail = {"bucket": {"name": "raw"}, "object": there}
    return json.dumps({"source": "aws.s3", "detail-type": kind, "detail": detail})


A = Announced("raw", "sales/a.csv", 7, "e1", None, "0A")


@pytest.mark.parametrize(
    "body", [notification(record()), in_sns(notification(record())), bridged(), in_sns(bridged())]
)
def test_an_object_is_announced_by_each_way(body):
    assert announced(body) == (A,)


def test_the_version_is_told_where_the_bucket_keeps_some():
    assert announced(notification(record(versionId="v1")))[0].version == "v1"
    assert announced(bridged(**{"version-id": "v1"}))[0].version == "v1"


def test_keys_of_records_are_decoded_and_those_of_the_bridge_are_plain():
    assert announced(notification(record("a+b%2Bc/%C5%BE%25")))[0].key == "a b+c/ž%"
    assert announced(bridged("a+b%2Bc"))[0].key == "a+b%2Bc"


def test_several_records_are_several_objects():
    body = notification(record("a"), record("b", "ObjectRemoved:Delete"), record("c"))

    assert [each.key for each in announced(body)] == ["a", "c"]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "raw"}),
        in_sns(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})),
        notification(record(event="ObjectRemoved:DeleteMarkerCreated")),
        notification(record(event="LifecycleExpiration:Delete")),
        bridged(kind="Object Deleted"),
        notification(),
    ],
)
def test_tests_and_deletions_announce_nothing(body):
    assert announced(body) == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "sales/a.csv",
        "[]",
        "null",
        "{}",
        json.dumps({"Records": [{}]}),
        json.dumps({"Records": 3}),
        notification(record(event="ObjectTagging:Put")),
        notification(record(key="%ff")),
        notification(record(size="many")),
        bridged(kind="Object Restore Completed"),
        in_sns("hello"),
        "[" * 100_000,
    ],
)
def test_anything_else_is_poison_and_named(body):
    with pytest.raises(InputError, match="the message '") as told:
        announced(body)

    assert len(told.value.message) < 400
    assert told.value.message.isprintable()


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Records",
                        "s3",
                        "object",
                        "bucket",
                        "key",
                        "eventName",
                        "Event",
                        "Type",
                        "Message",
                        "source",
                        "detail",
                        "detail-type",
                        "name",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_whatever_comes_is_announced_or_poison(said):
    try:
        announced(json.dumps(said))
    except InputError:
        return


def test_what_the_bucket_sends_to_a_queue_is_understood(as_aws):
    bucket, url = as_aws.bucket(), create_queue("notified")
    s3, sqs = as_aws.client("s3"), as_aws.client("sqs")
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {"QueueArn": told["Attributes"]["QueueArn"], "Events": ["s3:ObjectCreated:*"]}
            ]
        },
    )
    s3.put_object(Bucket=bucket, Key="sales/a b+ž.csv", Body=b"1")

    messages = SqsQueue(url).receive(hidden_for=MINUTE)

    keys = [each.key for message in messages for each in announced(message.body)]
    assert keys == ["sales/a b+ž.csv"]
