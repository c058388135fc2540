"""Functions that nobody waits for are tried three times, and then told of."""

import json

from tests.emulator.making import make_function, make_queue, received

_FAILS = """
import boto3

def handle(event, context):
    boto3.client("sqs").send_message(QueueUrl=event["tries"], MessageBody="tried")
    raise ValueError("never")
"""


def _begin(box, name, tries):
    answer = box.client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps({"tries": tries})
    )
    assert answer["StatusCode"] == 202
    assert box.quiet()


def test_it_is_tried_after_one_minute_and_after_two_more(aws_in_the_box):
    tries, _ = make_queue(aws_in_the_box, "tries")
    make_function(aws_in_the_box, "fails", _FAILS)

    seen = []
    _begin(aws_in_the_box, "fails", tries)
    for seconds in (0, 59, 2, 118, 3, 10_000):
        aws_in_the_box.tick(seconds)
        assert aws_in_the_box.quiet()
        seen.append(len(received(aws_in_the_box, tries)))

    assert seen == [1, 0, 1, 0, 1, 0]


def test_what_failed_for_good_goes_to_the_dead_letter_queue(aws_in_the_box):
    tries, _ = make_queue(aws_in_the_box, "tries")
    dead, arn = make_queue(aws_in_the_box, "dead")
    make_function(aws_in_the_box, "fails", _FAILS, DeadLetterConfig={"TargetArn": arn})

    _begin(aws_in_the_box, "fails", tries)
    for _ in range(2):
        assert not received(aws_in_the_box, dead)
        aws_in_the_box.tick(121)
        assert aws_in_the_box.quiet()

    assert [json.loads(body) for body in received(aws_in_the_box, dead)] == [{"tries": tries}]


def test_a_destination_is_told_what_failed_and_how(aws_in_the_box):
    tries, _ = make_queue(aws_in_the_box, "tries")
    told, arn = make_queue(aws_in_the_box, "told")
    make_function(aws_in_the_box, "fails", _FAILS)
    aws_in_the_box.client("lambda").put_function_event_invoke_config(
        FunctionName="fails",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )

    _begin(aws_in_the_box, "fails", tries)

    (record,) = [json.loads(body) for body in received(aws_in_the_box, told)]
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["responsePayload"]["errorType"] == "ValueError"
