"""What goes wrong in the box goes wrong as it was asked to, and again in the same way."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from headwater.emulator.box import REGION
from headwater.emulator.plan import read_plan
from headwater.errors import UsageError
from tests.emulator.making import invoke, make_function, make_queue, notify, received, told_keys

_HERE = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
_TABLE = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
_ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def told(aws_in_the_box):
    """A bucket, and the queue that is told of it."""
    url, arn = make_queue(aws_in_the_box, "told")
    bucket = aws_in_the_box.bucket()
    notify(aws_in_the_box, bucket, queue=arn)
    received(aws_in_the_box, url)
    return bucket, url


def _put(box, bucket, keys):
    for key in keys:
        box.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")


def _impatient(box, service):
    found = {name.lower(): value for name, value in box.environment.items()}
    return boto3.client(
        service,
        endpoint_url=box.url,
        region_name=found["aws_region"],
        aws_access_key_id=found["aws_access_key_id"],
        aws_secret_access_key=found["aws_secret_access_key"],
        config=_ONCE,
    )


def test_events_are_doubled_and_lost(aws_in_the_box, told):
    bucket, url = told
    aws_in_the_box.spoil({"lost": 0.3, "duplicate": 0.5, "seed": 1})

    _put(aws_in_the_box, bucket, map(str, range(20)))

    keys, done = told_keys(aws_in_the_box, url), aws_in_the_box.spoiled()
    assert len(set(keys)) == 20 - done["lost"] < 20
    assert len(keys) == 20 - done["lost"] + done["duplicate"] > len(set(keys))


def test_what_a_topic_tells_is_lost_as_other_events_are(aws_in_the_box):
    url, arn = make_queue(aws_in_the_box, "told")
    sns = aws_in_the_box.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    aws_in_the_box.spoil({"lost": 1})

    sns.publish(TopicArn=topic, Message="hello")

    assert received(aws_in_the_box, url) == []


def test_a_late_event_comes_when_its_time_has_passed(aws_in_the_box, told):
    bucket, url = told
    aws_in_the_box.spoil({"late": 1, "late_seconds": 600})

    _put(aws_in_the_box, bucket, ["a"])
    before = told_keys(aws_in_the_box, url)
    aws_in_the_box.tick(601)
    assert aws_in_the_box.quiet()

    assert (before, told_keys(aws_in_the_box, url)) == ([], ["a"])


def test_an_event_is_overtaken_by_the_next_one(aws_in_the_box, told):
    bucket, url = told
    aws_in_the_box.spoil({"reordered": 1})
    _put(aws_in_the_box, bucket, ["first"])
    aws_in_the_box.spoil({})

    _put(aws_in_the_box, bucket, ["second"])

    assert told_keys(aws_in_the_box, url) == ["second", "first"]


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("s3", "list_buckets", "SlowDown"),
        ("sqs", "list_queues", "RequestThrottled"),
        ("dynamodb", "list_tables", "ProvisionedThroughputExceededException"),
        ("lambda", "list_functions", "TooManyRequestsException"),
        ("sns", "list_topics", "Throttling"),
        ("glue", "get_databases", "ThrottlingException"),
        ("stepfunctions", "list_state_machines", "ThrottlingException"),
        ("athena", "list_work_groups", "TooManyRequestsException"),
    ],
)
def test_each_service_says_in_its_own_words_that_it_is_asked_too_much(
    aws_in_the_box, service, call, code
):
    named = {"stepfunctions": "states"}.get(service, service)
    aws_in_the_box.spoil({f"throttle.{named}": 1})

    with pytest.raises(ClientError) as refused:
        getattr(_impatient(aws_in_the_box, service), call)()

    assert refused.value.response["Error"]["Code"] == code


def test_a_client_gets_over_the_calls_that_are_turned_away(aws_in_the_box):
    bucket = aws_in_the_box.bucket()
    aws_in_the_box.spoil({"throttle_nth.s3": 1})

    _put(aws_in_the_box, bucket, ["a"])

    assert aws_in_the_box.spoiled() == {"throttle": 1}


def test_a_lost_reply_comes_after_the_effect(aws_in_the_box):
    bucket = aws_in_the_box.bucket()
    aws_in_the_box.spoil({"drop_nth.s3:PUT": 1})

    with pytest.raises(ConnectionClosedError):
        _impatient(aws_in_the_box, "s3").put_object(Bucket=bucket, Key="a", Body=b"x")

    listed = aws_in_the_box.client("s3").list_objects_v2(Bucket=bucket)
    assert [each["Key"] for each in listed["Contents"]] == ["a"]


@pytest.mark.parametrize("service", ["s3", "sqs", "dynamodb"])
def test_a_call_that_fails_is_carried_out_and_then_answered_with_an_error(aws_in_the_box, service):
    aws_in_the_box.spoil({f"fail_nth.{service}": 1})
    client = _impatient(aws_in_the_box, service)
    ask, words, look = {
        "s3": ("create_bucket", {"Bucket": f"b-{aws_in_the_box.account}", **_HERE}, "list_buckets"),
        "sqs": ("create_queue", {"QueueName": "q"}, "list_queues"),
        "dynamodb": ("create_table", {"TableName": "t", **_TABLE}, "list_tables"),
    }[service]

    with pytest.raises(ClientError) as refused:
        getattr(client, ask)(**words)

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert refused.value.response["Error"]["Code"].startswith("Internal")
    assert {"Buckets", "QueueUrls", "TableNames"} & {
        name for name, value in getattr(client, look)().items() if value
    }
    assert aws_in_the_box.ask("GET", "faults")["counted"] == {f"fail:{service}": 2}


def test_a_function_is_killed_in_the_invocation_that_was_named(aws_in_the_box):
    make_function(aws_in_the_box, "works", "def handle(e, c): return 1")
    aws_in_the_box.spoil({"kill_nth.works": 2})

    errors = [invoke(aws_in_the_box, "works")[1] for _ in range(3)]

    assert errors == [None, "Unhandled", None]


def test_the_same_seed_has_the_same_things_go_wrong(aws_in_the_box, told):
    bucket, url = told

    seen = []
    for seed in (7, 7, 8):
        aws_in_the_box.spoil({"lost": 0.5, "seed": seed})
        _put(aws_in_the_box, bucket, map(str, range(16)))
        seen.append(told_keys(aws_in_the_box, url))

    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize(
    "words", [{"lots": 1}, {"lost": 2}, {"throttle": 0.5}, {"seed": "x"}, {"kill_nth.": 1}]
)
def test_a_fault_that_is_none_is_refused(words):
    with pytest.raises(UsageError):
        read_plan(words)
