"""Whether what was laid down answers: each resource, and the way of a file that is no data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from headwater.adapters.aws.bucket import S3Bucket
from headwater.adapters.aws.door import door
from headwater.adapters.aws.heard import heard
from headwater.adapters.aws.settings import AwsSettings, S3Settings
from headwater.adapters.objects.probe import probe
from headwater.errors import HeadwaterError, StoreError

_NOBODY = "smoke"
"""A manifest that no ledger knows, so that a function has nothing to do and says so."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One resource, and what it said."""

    name: str
    well: bool
    found: str


def answers(places: Mapping[str, Any], settings: AwsSettings) -> Iterator[Answered]:
    """Ask each resource that Terraform named, functions last: they stand on all the others.

    Nothing is left of that in any table, and nobody is told of anything.
    """
    ask = _Asking(settings)
    for zone, bucket in places["buckets"].items():
        yield _asked(f"bucket of {zone}", partial(ask.bucket, bucket))
    yield _asked("names taken once", partial(ask.names, places["buckets"]["manifests"]))
    yield _asked("queue", partial(ask.queue, places["queue_url"]))
    for table in (places["table"], *places["workflow_tables"].values()):
        yield _asked(f"table {table}", partial(ask.table, table))
    yield _asked("database", partial(ask.database, places["database"]))
    yield _asked("state machine", partial(ask.machine, places["machine"]))
    for name, arn in places["functions"].items():
        event = {} if name == "arrivals" else {"manifest": _NOBODY}
        yield _asked(f"function {name}", partial(ask.function, arn, event))
    yield _asked("a file's way", partial(heard, places["buckets"], settings))


def _asked(name: str, ask: Callable[[], str]) -> Answered:
    try:
        return Answered(name, well=True, found=ask())
    except HeadwaterError as error:
        return Answered(name, well=False, found=error.message)


class _Asking:
    """One question for each kind of resource."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._client = settings.client

    def bucket(self, name: str) -> str:
        with door(name):
            self._client("s3").head_bucket(Bucket=name)
        return name

    def names(self, bucket: str) -> str:
        probe(S3Bucket(bucket, S3Settings(self._settings)))
        return "a write under a name that is taken is refused"

    def queue(self, url: str) -> str:
        name = "ApproximateNumberOfMessages"
        with door(url):
            told = self._client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return f"{told['Attributes'][name]} messages wait"

    def table(self, name: str) -> str:
        with door(name):
            told = self._client("dynamodb").describe_table(TableName=name)["Table"]
        return _as_wished(name, "ACTIVE", told["TableStatus"])

    def database(self, name: str) -> str:
        with door(name):
            self._client("glue").get_database(Name=name)
        return name

    def machine(self, arn: str) -> str:
        with door(arn):
            told = self._client("stepfunctions").describe_state_machine(stateMachineArn=arn)
        return _as_wished(arn, "ACTIVE", told["status"])

    def function(self, arn: str, event: Mapping[str, Any]) -> str:
        with door(arn):
            told = self._client("lambda").invoke(FunctionName=arn, Payload=json.dumps(event))
        said: str = told["Payload"].read().decode()
        if "FunctionError" in told:
            raise StoreError(f"{arn} failed: {json.loads(said).get('errorMessage', said)}")
        return said


def _as_wished(name: str, wished: str, state: str) -> str:
    if state != wished:
        raise StoreError(f"{name} is {state.lower()}")
    return state.lower()
