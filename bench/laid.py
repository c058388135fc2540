"""A lake laid down in the box: bucket, table, queue, functions and machine, as on AWS."""

from __future__ import annotations

import io
import json
import string
import zipfile
from typing import Any

from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from headwater.emulator.box import Box
from headwater.machines.machine import Large, machine

FEEDS = "feeds:\n  orders: {match: orders/**, batch: {files: 1, age: 0s}}\n"
_STEPS = ("convert", "commit", "fail")
_MESSAGES = 10


def lay_down(box: Box) -> tuple[str, str]:
    """Make all that files need that are put into the bucket; the bucket, and its configuration."""
    bucket = box.bucket()
    create_table(box.client("dynamodb"), bucket)
    queue = create_queue(bucket)
    document = f"lake: s3://{bucket}\nledger: dynamodb://{bucket}\nqueue: sqs://{bucket}\n{FEEDS}"
    place = f"s3://{bucket}/headwater.yaml"
    box.client("s3").put_object(Bucket=bucket, Key="headwater.yaml", Body=document.encode())
    names = {each: _function(box, bucket, each, place) for each in _STEPS}
    arn = _machine(box, bucket, {**names, "lake": place, "job": bucket})
    arrivals = _function(box, bucket, "arrivals", place, HEADWATER_MACHINE=arn)
    _listen(box, bucket, queue, arrivals)
    return bucket, place


def _function(box: Box, bucket: str, module: str, place: str, **words: str) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", f"from headwater.lambdas.{module} import handle")
    made = box.client("lambda").create_function(
        FunctionName=f"{module}-{bucket}",
        Runtime="python3.11",
        Role=box.role(),
        Handler="app.handle",
        Code={"ZipFile": packed.getvalue()},
        Timeout=60,
        MemorySize=3008,
        Environment={"Variables": {"HEADWATER_LAKE": place, **words}},
    )
    return str(made["FunctionArn"])


def _machine(box: Box, name: str, names: dict[str, str]) -> str:
    document = string.Template(json.dumps(machine(Large.NOTHING))).safe_substitute(names)
    made = box.client("stepfunctions").create_state_machine(
        name=name, definition=document, roleArn=box.role()
    )
    return str(made["stateMachineArn"])


def _listen(box: Box, bucket: str, queue: str, function: str) -> None:
    told: Any = box.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = told["Attributes"]["QueueArn"]
    box.client("lambda").create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=function,
        BatchSize=_MESSAGES,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    box.client("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
