"""Queues that feed functions: polled, in batches, with partial failures.

The double invokes a function inside the call that sends a message, one message at a
time, and takes any answer for success. AWS polls: what waits is taken in batches, what
an answer names in `batchItemFailures` stays in the queue, and what failed is seen again
once its visibility timeout has passed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from moto.awslambda.models import EventSourceMapping, lambda_backends
from moto.sqs import models
from moto.sqs.models import Message, Queue, sqs_backends

from headwater.emulator.agenda import Agenda
from headwater.emulator.clock import Clock
from headwater.emulator.functions.invoke import Functions
from headwater.emulator.functions.sandbox import Outcome
from headwater.emulator.patch import add

_AT_ONCE = 2
"""So many batches of one mapping run at a time where it says nothing: AWS begins with five."""


class Mappings:
    """What polls the queues that functions are mapped to."""

    def __init__(self, agenda: Agenda, clock: Clock, functions: Functions) -> None:
        """Take who does things, the clock, and how a function is run."""
        self._agenda = agenda
        self._clock = clock
        self._functions = functions
        self._running: Counter[str] = Counter()
        self._since: dict[str, datetime] = {}

    def step(self) -> None:
        """Take what waits in each queue, and hand it to its function."""
        for mapping, queue in _mapped():
            while self._running[mapping.uuid] < _at_once(mapping) and self._is_due(mapping, queue):
                messages = _receive(mapping, queue)
                if not messages:
                    break
                self._since.pop(mapping.uuid, None)
                self._running[mapping.uuid] += 1
                self._agenda.soon(self._batch(mapping, queue, messages))

    def is_quiet(self) -> bool:
        """Whether no queue holds what its function could be handed."""
        return not any(queue.messages for _, queue in _mapped())

    def _is_due(self, mapping: EventSourceMapping, queue: Queue) -> bool:
        """Whether enough waits for a batch, or has waited for as long as the mapping's window."""
        waiting = len(queue.messages)
        if not waiting:
            return False
        now = self._clock.now()
        since = self._since.setdefault(mapping.uuid, now)
        window = timedelta(seconds=mapping.max_batch_window or 0)
        return waiting >= mapping.batch_size or now - since >= window

    def _batch(self, mapping: EventSourceMapping, queue: Queue, messages: Sequence[Message]) -> Any:
        def hand_over() -> None:
            try:
                event = {"Records": [_record(queue, message) for message in messages]}
                function = lambda_backends[queue.account_id][queue.region].get_function(
                    mapping.function_arn
                )
                outcome = self._functions.run(function, event)
                kept = _failed(mapping, outcome, messages)
                for message in messages:
                    if message.id not in kept:
                        queue.delete_message(str(message.receipt_handle))
            finally:
                self._running[mapping.uuid] -= 1

        return hand_over


def install() -> None:
    """Keep the double from invoking functions inside the call that sends a message."""
    # A property without memory: what the double writes down there, it does not find again.
    add(models.Queue, "lambda_event_source_mappings", property(lambda _: {}, lambda *_: None))


def _mapped() -> Iterator[tuple[EventSourceMapping, Queue]]:
    for account, regions in list(lambda_backends.items()):
        for region, backend in list(regions.items()):
            for mapping in list(backend._event_source_mappings.values()):  # noqa: SLF001 - the double lists them nowhere else
                name = mapping.event_source_arn.rpartition(":")[2]
                queue = sqs_backends[account][region].queues.get(name)
                if mapping.enabled and queue is not None:
                    yield mapping, queue


def _at_once(mapping: EventSourceMapping) -> int:
    return int((mapping.scaling_config or {}).get("MaximumConcurrency", _AT_ONCE))


def _receive(mapping: EventSourceMapping, queue: Queue) -> list[Message]:
    return sqs_backends[queue.account_id][queue.region].receive_message(
        queue.name, mapping.batch_size, 0, int(queue.attributes["VisibilityTimeout"]), ["All"]
    )


def _record(queue: Queue, message: Message) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {
            name: {"stringValue": value.get("string_value"), "dataType": value.get("data_type")}
            for name, value in message.message_attributes.items()
        },
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }


def _failed(mapping: EventSourceMapping, outcome: Outcome, messages: Sequence[Message]) -> set[str]:
    """The messages that stay in the queue; all of them where the answer makes no sense."""
    everything = {message.id for message in messages}
    if outcome.failed:
        return everything
    if "ReportBatchItemFailures" not in (mapping.function_response_types or ()):
        return set()
    try:
        named = {
            each["itemIdentifier"]
            for each in (json.loads(outcome.payload) or {}).get("batchItemFailures") or ()
        }
    except (AttributeError, KeyError, TypeError):
        return everything
    if named - everything:
        return everything
    return named
