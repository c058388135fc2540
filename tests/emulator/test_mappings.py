"""Queues feed functions in batches; what a batch names as failed stays."""

import json

from tests.emulator.making import make_function, make_queue, received

_ECHOES = """
import json, os, boto3

def handle(event, context):
    bodies = [record["body"] for record in event["Records"]]
    boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(bodies))
    if "raise" in bodies:
        raise ValueError("asked to")
    failed = [each["messageId"] for each in event["Records"] if each["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
"""


def _mapped(box, **words):
    seen, _ = make_queue(box, "seen")
    url, arn = make_queue(box, "work", VisibilityTimeout="30")
    make_function(box, "echoes", _ECHOES, Environment={"Variables": {"SEEN": seen}})
    box.client("lambda").create_event_source_mapping(
        EventSourceArn=arn, FunctionName="echoes", **words
    )
    return url, seen


def _send(box, url, *bodies):
    entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
    box.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    assert box.quiet()


def _seen(box, seen):
    return sorted(body for batch in _batches(box, seen) for body in batch)


def _batches(box, seen):
    return [sorted(json.loads(body)) for body in received(box, seen)]


def test_what_waits_is_handed_over_and_deleted(aws_in_the_box):
    url, seen = _mapped(aws_in_the_box, BatchSize=10)

    _send(aws_in_the_box, url, "a", "b")
    aws_in_the_box.tick(3600)

    assert _seen(aws_in_the_box, seen) == ["a", "b"]
    assert not received(aws_in_the_box, url)


def test_a_batch_waits_for_its_window_or_its_size(aws_in_the_box):
    url, seen = _mapped(aws_in_the_box, BatchSize=3, MaximumBatchingWindowInSeconds=300)

    for body in ("a", "b", "c"):
        aws_in_the_box.client("sqs").send_message(QueueUrl=url, MessageBody=body)
    assert aws_in_the_box.quiet()

    assert _batches(aws_in_the_box, seen) == [["a", "b", "c"]]


def test_only_what_failed_is_seen_again_and_not_before_its_time(aws_in_the_box):
    url, seen = _mapped(aws_in_the_box, FunctionResponseTypes=["ReportBatchItemFailures"])

    _send(aws_in_the_box, url, "good", "bad")
    assert _seen(aws_in_the_box, seen) == ["bad", "good"]
    aws_in_the_box.tick(20)
    assert aws_in_the_box.quiet()
    assert _batches(aws_in_the_box, seen) == []
    aws_in_the_box.tick(11)
    assert aws_in_the_box.quiet()

    assert _batches(aws_in_the_box, seen) == [["bad"]]


def test_a_batch_whose_handler_raised_is_seen_again(aws_in_the_box):
    url, seen = _mapped(aws_in_the_box)

    _send(aws_in_the_box, url, "raise")
    aws_in_the_box.tick(31)
    assert aws_in_the_box.quiet()

    assert _batches(aws_in_the_box, seen) == [["raise"], ["raise"]]


def test_a_disabled_mapping_hands_nothing_over(aws_in_the_box):
    url, seen = _mapped(aws_in_the_box, Enabled=False)

    _send(aws_in_the_box, url, "a")

    assert _batches(aws_in_the_box, seen) == []
