"""What S3 announces of objects: one event for each, with what AWS tells.

The double announces an upload of several parts twice, and tags where nobody set any; it
tells neither versions nor the order of events, encodes the slashes of keys, hands
EventBridge times that are no times, and waits for the functions that it calls.
"""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterator
from functools import partial, wraps
from threading import local
from typing import Any
from urllib.parse import quote_plus

from moto.events.models import events_backends
from moto.s3 import models, notifications, responses
from moto.s3.models import FakeBucket, FakeKey

from headwater.emulator.clock import Clock
from headwater.emulator.deliveries import Deliveries
from headwater.emulator.patch import Function, exchange
from headwater.emulator.targets import send

_WITHIN = (
    (responses.S3Response, "put_object", "s3:ObjectCreated:"),
    (responses.S3Response, "copy_object", "s3:ObjectCreated:"),
    (models.S3Backend, "complete_multipart_upload", "s3:ObjectCreated:CompleteMultipartUpload"),
)
"""Calls that the double makes of several others, and how the one event is called that each is."""


class Announcer:
    """Whoever hears of objects, hears it from here."""

    def __init__(self, deliveries: Deliveries, clock: Clock) -> None:
        """Take how events travel, and the clock."""
        self._deliveries = deliveries
        self._clock = clock
        self._sequence = itertools.count(1)
        self._call = local()

    def within(self, call: Function, name: str) -> Function:
        """The same call, of which only the events of this name are told."""

        @wraps(call)
        def told(*args: Any, **named: Any) -> Any:
            self._call.only = name
            try:
                return call(*args, **named)
            finally:
                self._call.only = ""

        return told

    def announce(self, account: str, name: Any, bucket: FakeBucket, key: FakeKey) -> None:
        """Tell everybody whom the bucket's configuration names."""
        configured, called = bucket.notification_configuration, str(getattr(name, "value", name))
        if configured is None or key is None:
            return
        if not called.startswith(getattr(self._call, "only", "")):
            return
        sequencer = f"{next(self._sequence):016X}"
        named = (*configured.cloud_function, *configured.queue, *configured.topic)
        for each in named:
            if each.matches(called, key.name):
                record = self._record(called, bucket, key, each.id, sequencer)
                self._tell(each.arn, json.dumps({"Records": [record]}))
        if configured.event_bridge is not None:
            event = self._bridged(account, called, bucket, key, sequencer)
            for rule in _rules(account, bucket.region_name):
                rule.send_to_targets(event)

    def _tell(self, arn: str, payload: str) -> None:
        self._deliveries.deliver(arn, lambda: send(arn, payload))

    def _record(
        self, name: str, bucket: FakeBucket, key: FakeKey, configured: str, sequencer: str
    ) -> dict[str, Any]:
        return {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": bucket.region_name,
            "eventTime": self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "eventName": name.removeprefix("s3:"),
            "userIdentity": {"principalId": "AWS:anybody"},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configured,
                "bucket": {"name": bucket.name, "arn": bucket.arn},
                "object": {
                    "key": quote_plus(key.name, safe="/*"),
                    **_object(bucket, key, "eTag", "versionId"),
                    "sequencer": sequencer,
                },
            },
        }

    def _bridged(
        self, account: str, name: str, bucket: FakeBucket, key: FakeKey, sequencer: str
    ) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": notifications._detail_type(name),  # noqa: SLF001 - the table of AWS's words
            "source": "aws.s3",
            "account": account,
            "time": self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": bucket.region_name,
            "resources": [bucket.arn],
            "detail": {
                "version": "0",
                "bucket": {"name": bucket.name},
                "object": {
                    "key": key.name,
                    **_object(bucket, key, "etag", "version-id"),
                    "sequencer": sequencer,
                },
                "request-id": uuid.uuid4().hex[:16].upper(),
                "requester": account,
                "source-ip-address": "127.0.0.1",
                "reason": _reason(name),
            },
        }


def install(announcer: Announcer) -> None:
    """Let the double's S3 announce by us."""
    exchange(notifications, "send_event", lambda _: announcer.announce)

    for owner, name, told in _WITHIN:
        exchange(owner, name, partial(announcer.within, name=told))


def _object(bucket: FakeBucket, key: FakeKey, etag: str, version: str) -> dict[str, Any]:
    told = {"size": key.size, etag: key.etag.replace('"', "")}
    return {**told, version: key.version_id} if bucket.is_versioned else told


def _reason(name: str) -> str:
    happened = name.rsplit(":", maxsplit=1)[-1]
    reasons = {
        "Put": "PutObject",
        "Post": "POST Object",
        "Copy": "CopyObject",
        "Delete": "DeleteObject",
    }
    return reasons.get(happened, happened)


def _rules(account: str, region: str) -> Iterator[Any]:
    bus = events_backends[account][region].event_buses["default"]
    yield from list(bus.rules.values())
