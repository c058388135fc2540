"""A lake on AWS in the box: bucket, queue, table, functions, machine; this process beside it."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from typing import Any

import pytest

from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from headwater.emulator.box import Box
from headwater.emulator.testing import _shared_box, aws_in_the_box
from headwater.machines.machine import Large, machine
from headwater.wiring.visit import open_from
from tests.emulator.making import make_function, notify

__all__ = ["_shared_box", "aws_in_the_box"]

FEEDS = "feeds:\n  sales: {match: sales/**, batch: {age: 0s, files: 1}}\n"


@dataclass(frozen=True)
class Deployed:
    """What was laid down, and how to reach it."""

    box: Box
    bucket: str
    place: str  # of headwater.yaml
    machine: str
    queue: str
    dead: str
    lake: Any

    def put(self, key, text):
        self.box.client("s3").put_object(Bucket=self.bucket, Key=f"raw/{key}", Body=text.encode())

    def rows(self, table="sales"):
        known = [each.table for each in self.lake.tables()]
        return sorted(self.lake.query(f"select * from {table}").rows()) if table in known else []

    def executions(self):
        states = self.box.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=self.machine)["executions"]
        return {each["name"]: each["status"] for each in listed}

    def error(self, execution):
        """What an execution of this name ended with."""
        states = self.box.client("stepfunctions")
        arn = self.machine.replace(":stateMachine:", ":execution:", 1)
        return states.describe_execution(executionArn=f"{arn}:{execution}")["error"]

    def waiting(self, url):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.box.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(told["Attributes"][name]) for name in names)


@pytest.fixture
def deploy(aws_in_the_box, monkeypatch, tmp_path):
    """Lay a lake down."""
    box = aws_in_the_box
    for name, value in box.environment.items():
        monkeypatch.setenv(name, value)
    lakes = []

    def lay_down(feeds=FEEDS, large=Large.NOTHING, **queue):
        bucket = box.bucket()
        create_table(box.client("dynamodb"), bucket)
        url = create_queue(bucket, **queue)
        document = f"lake: s3://{bucket}\nledger: dynamodb://{bucket}\nqueue: sqs://{bucket}\n"
        place = f"s3://{bucket}/headwater.yaml"
        box.client("s3").put_object(
            Bucket=bucket, Key="headwater.yaml", Body=(document + feeds).encode()
        )
        names = {each: _function(box, f"{each}-{bucket}", each, place) for each in _AFTER}
        arn = _machine(box, bucket, large, {**names, "lake": place, "job": bucket})
        arrivals = _function(box, f"arrivals-{bucket}", "arrivals", place, HEADWATER_MACHINE=arn)
        _map(box, url, arrivals, bucket)
        lakes.append(open_from(place, tmp_path / bucket))
        return Deployed(box, bucket, place, arn, url, f"{url}-dead", lakes[-1])

    yield lay_down
    for lake in lakes:
        lake.close()


_AFTER = ("convert", "commit", "fail")


def _function(box, name, module, place, **words):
    return make_function(
        box,
        name,
        f"from headwater.lambdas.{module} import handle",
        Timeout=60,
        MemorySize=3008,
        Environment={"Variables": {"HEADWATER_LAKE": place, **words}},
    )


def _machine(box, name, large, names):
    document = string.Template(json.dumps(machine(large))).safe_substitute(names)
    made = box.client("stepfunctions").create_state_machine(
        name=name, definition=document, roleArn=box.role()
    )
    return made["stateMachineArn"]


def _map(box, url, function, bucket):
    told = box.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = told["Attributes"]["QueueArn"]
    box.client("lambda").create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=function,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    notify(box, bucket, queue=arn)
