"""Rules pass events on to queues, functions and state machines, and on time."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from headwater.emulator.events.times import read_times
from headwater.errors import UsageError
from tests.emulator.making import make_function, make_machine, make_queue, received

_EVENT = {"Source": "mine", "DetailType": "Done", "Detail": json.dumps({"n": 1, "to": ["x"]})}


def _rule(box, target, pattern=None, **words):
    events = box.client("events")
    events.put_rule(Name="mine", EventPattern=json.dumps(pattern or {"source": ["mine"]}), **words)
    events.put_targets(Rule="mine", Targets=[{"Id": "1", **target}])


def _put(box):
    box.client("events").put_events(Entries=[_EVENT])
    assert box.quiet()


def test_a_function_is_sent_the_event(aws_in_the_box):
    seen, _ = make_queue(aws_in_the_box, "seen")
    function = make_function(
        aws_in_the_box,
        "told",
        """
        import os, boto3

        def handle(event, context):
            body = str(event["detail"]["n"])
            boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=body)
        """,
        Environment={"Variables": {"SEEN": seen}},
    )
    _rule(aws_in_the_box, {"Arn": function})

    _put(aws_in_the_box)

    assert received(aws_in_the_box, seen) == ["1"]


def test_a_state_machine_is_started_with_the_event(aws_in_the_box):
    machine = make_machine(aws_in_the_box, "told", Pass={"Type": "Pass", "End": True})
    _rule(aws_in_the_box, {"Arn": machine})

    _put(aws_in_the_box)

    states = aws_in_the_box.client("stepfunctions")
    (run,) = states.list_executions(stateMachineArn=machine)["executions"]
    told = states.describe_execution(executionArn=run["executionArn"])
    assert json.loads(told["output"])["detail"]["n"] == 1


@pytest.mark.parametrize(
    ("words", "payload"),
    [
        ({"Input": '{"constant": 1}'}, {"constant": 1}),
        ({"InputPath": "$.detail"}, {"n": 1, "to": ["x"]}),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"n": "$.detail.n"},
                    "InputTemplate": '{"is": <n>}',
                }
            },
            {"is": 1},
        ),
    ],
)
def test_a_target_is_sent_what_it_asks_for(aws_in_the_box, words, payload):
    url, arn = make_queue(aws_in_the_box, "told")
    _rule(aws_in_the_box, {"Arn": arn, **words})

    _put(aws_in_the_box)

    assert [json.loads(body) for body in received(aws_in_the_box, url)] == [payload]


def test_a_disabled_rule_passes_nothing_on(aws_in_the_box):
    url, arn = make_queue(aws_in_the_box, "told")
    _rule(aws_in_the_box, {"Arn": arn}, State="DISABLED")

    _put(aws_in_the_box)

    assert received(aws_in_the_box, url) == []


def test_a_schedule_sends_when_the_clock_says_so_and_no_other_event(aws_in_the_box):
    url, arn = make_queue(aws_in_the_box, "told")
    events = aws_in_the_box.client("events")
    events.put_rule(Name="tick", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule="tick", Targets=[{"Id": "1", "Arn": arn}])

    _put(aws_in_the_box)
    aws_in_the_box.tick(250)
    early = received(aws_in_the_box, url)
    aws_in_the_box.tick(51)

    assert early == []
    (event,) = [json.loads(body) for body in received(aws_in_the_box, url)]
    assert event["detail-type"] == "Scheduled Event"


_NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 hour)", _NOON),
        ("rate(3 days)", None),
        ("cron(0 6 * * ? *)", datetime(2026, 3, 4, 6, tzinfo=UTC)),
        ("cron(15 10 ? * 4 2026)", datetime(2026, 3, 4, 10, 15, tzinfo=UTC)),
        ("cron(15 10 ? * MON-FRI *)", datetime(2026, 3, 4, 10, 15, tzinfo=UTC)),
        ("cron(15 10 ? * 3 *)", None),
        ("cron(15 10 ? * * 2027)", None),
    ],
)
def test_a_schedule_is_due_when_aws_says(expression, due):
    since = _NOON - timedelta(hours=12)

    found = read_times(expression).latest(since, _NOON)

    assert found == due


@pytest.mark.parametrize("expression", ["rate(5)", "cron(0 6 * * *)", "cron(0 6 L * ? *)"])
def test_a_schedule_that_the_box_cannot_read_is_refused(expression):
    with pytest.raises(UsageError, match="does not know when"):
        read_times(expression)
