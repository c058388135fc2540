"""What tests put into the box."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile


def package(**modules):
    """A function's package, in memory."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, code in modules.items():
            archive.writestr(f"{name}.py", textwrap.dedent(code))
    return made.getvalue()


def make_function(box, name, code, **words):
    """A function whose handler is `app.handle`; its ARN."""
    made = box.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=box.role(),
        Handler="app.handle",
        Code={"ZipFile": package(app=code)},
        **{"Timeout": 20, "MemorySize": 512, **words},
    )
    return made["FunctionArn"]


def invoke(box, name, event=None, **words):
    """What an invocation answers, and whether as an error."""
    answer = box.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), **words)
    payload = answer["Payload"].read()
    return (json.loads(payload) if payload else None), answer.get("FunctionError")


def make_queue(box, name, **attributes):
    """A queue; its URL and its ARN."""
    sqs = box.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, told["Attributes"]["QueueArn"]


def received(box, url):
    """The bodies of all that waits in a queue, which does not wait there afterwards."""
    sqs, bodies = box.client("sqs"), []
    while True:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        if not answer.get("Messages"):
            return bodies
        for message in answer["Messages"]:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def notify(box, bucket, **configured):
    """Let a bucket tell of what is created in it: queue=, topic=, function=ARN, bridge=True."""
    events = {"Events": ["s3:ObjectCreated:*"]}
    said = {}
    if "queue" in configured:
        said["QueueConfigurations"] = [{"QueueArn": configured["queue"], **events}]
    if "topic" in configured:
        said["TopicConfigurations"] = [{"TopicArn": configured["topic"], **events}]
    if "function" in configured:
        said["LambdaFunctionConfigurations"] = [
            {"LambdaFunctionArn": configured["function"], **events}
        ]
    if configured.get("bridge"):
        said["EventBridgeConfiguration"] = {}
    box.client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration=said
    )


def told_keys(box, url):
    """The keys of the objects that a queue was told of, as they are written in the events."""
    events = [json.loads(body) for body in received(box, url)]
    return [
        record["s3"]["object"]["key"] for event in events for record in event.get("Records", ())
    ]


def make_machine(box, name, **states):
    """A state machine that starts with the first state named; its ARN."""
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    made = box.client("stepfunctions").create_state_machine(
        name=name, definition=definition, roleArn=box.role()
    )
    return made["stateMachineArn"]


def execute(box, machine, **event):
    """Run an execution to its end: its status, its output, and the error if it failed."""
    states = box.client("stepfunctions")
    started = states.start_execution(stateMachineArn=machine, input=json.dumps(event))
    assert box.quiet(60)
    told = states.describe_execution(executionArn=started["executionArn"])
    return told["status"], json.loads(told.get("output", "null")), told.get("error")
