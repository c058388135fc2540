"""A queue of SQS and its dead letters."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cached_property
from typing import Any

from headwater.adapters.aws.door import door
from headwater.adapters.aws.settings import AwsSettings
from headwater.adapters.objects.writing import TRIES, pause_seconds
from headwater.errors import StoreError, UsageError
from headwater.points import point
from headwater.ports.queue import BATCH, Depth, Message, ReceiptHandle

MAX_RECEIVES = 50
KEPT = timedelta(days=14)  # as long as SQS can
_BATCH_BYTES = 250_000  # of bodies in one request
_LONGEST_SECONDS = 43_200  # that a message may be hidden
_THREADS = 8
_LOOK = timedelta(seconds=10)  # dead letters are hidden for while they are looked at
_LOOKED_AT = 1_000
_COUNTS = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
]
# What SQS says of a handle that is no more a message's.
_VOID = frozenset({"ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue"})


class SqsQueue:
    """One queue, and the one that its redrive policy names for dead letters."""

    def __init__(self, place: str, settings: AwsSettings | None = None) -> None:
        """Take its URL; or its name, which is looked up when something is first asked."""
        self._place = place
        self._sqs = (settings or AwsSettings()).client("sqs")
        self._policy: tuple[str, int] | None = None

    def send(self, bodies: Sequence[str]) -> None:
        """Put messages in, ten a request; durable when it returns.

        Some may be in if it fails: whoever repeats it sends those twice.
        """
        batches = list(_batches(bodies))
        if not batches:
            return
        with ThreadPoolExecutor(min(len(batches), _THREADS)) as pool:
            list(pool.map(self._send, batches))

    def receive(self, limit: int = BATCH, *, hidden_for: timedelta) -> list[Message]:
        """Take up to ten visible messages; nobody else sees them for that long."""
        if not 1 <= limit <= BATCH:
            raise UsageError(
                f"a receive takes 1 to {BATCH} messages, not {limit}",
                hint="ask again for more; the queue keeps them",
            )
        return [_message(each) for each in self._receive(self._url, limit, hidden_for)]

    def extend(self, handles: Sequence[ReceiptHandle], *, hidden_for: timedelta) -> None:
        """Hide messages for that long from now; a void handle changes nothing."""
        seconds = {"VisibilityTimeout": _seconds(hidden_for)}
        self._each_of(
            self._url,
            self._sqs.change_message_visibility_batch,
            [{"ReceiptHandle": handle} | seconds for handle in handles if handle],
        )

    def delete(self, handles: Sequence[ReceiptHandle]) -> None:
        """Remove messages for good; a void handle changes nothing."""
        point("q.before_ack")
        entries = [{"ReceiptHandle": handle} for handle in handles if handle]
        self._each_of(self._url, self._sqs.delete_message_batch, entries)
        point("q.after_ack")

    def depth(self) -> Depth:
        """How many messages wait, are in somebody's hands, are dead letters: about so many."""
        waiting, in_flight = self._count(self._url)
        return Depth(waiting, in_flight, sum(self._count(self._dead()[0])))

    def dead_letters(self, limit: int = BATCH) -> list[Message]:
        """Look at dead letters, oldest first; their handles are void.

        SQS shows a message only to who takes it: for as long as this looks, another that
        looks sees fewer.
        """
        url, receives = self._dead()
        taken: list[dict[str, Any]] = []
        try:
            while len(taken) < _LOOKED_AT and (more := self._receive(url, BATCH, _LOOK)):
                taken += more
        finally:
            self._each_of(
                url,
                self._sqs.change_message_visibility_batch,
                [{"ReceiptHandle": m["ReceiptHandle"], "VisibilityTimeout": 0} for m in taken],
            )
        taken.sort(key=lambda each: int(each["Attributes"]["SentTimestamp"]))
        return [
            Message(each["MessageId"], each["Body"], ReceiptHandle(""), receives)
            for each in taken[:limit]
        ]

    def redrive(self) -> int:
        """Put every dead letter back with its count of receives at zero; answer how many.

        Each is sent before it is deleted: whoever dies between the two doubles it.
        """
        url, _ = self._dead()
        moved = 0
        while taken := self._receive(url, BATCH, timedelta(minutes=5)):
            self.send([each["Body"] for each in taken])
            handles = [{"ReceiptHandle": each["ReceiptHandle"]} for each in taken]
            self._each_of(url, self._sqs.delete_message_batch, handles)
            moved += len(taken)
        return moved

    def close(self) -> None:
        """Let go of the connections."""
        self._sqs.close()

    @cached_property
    def _url(self) -> str:
        if "://" in self._place:
            return self._place
        with door(self._place):
            url: str = self._sqs.get_queue_url(QueueName=self._place)["QueueUrl"]
        return url

    def _send(self, bodies: Sequence[str]) -> None:
        self._each_of(
            self._url, self._sqs.send_message_batch, [{"MessageBody": body} for body in bodies]
        )

    def _receive(self, url: str, limit: int, hidden_for: timedelta) -> list[dict[str, Any]]:
        with door(url):
            answer = self._sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=limit,
                VisibilityTimeout=_seconds(hidden_for),
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def _each_of(
        self, url: str, ask: Callable[..., dict[str, Any]], entries: Sequence[dict[str, Any]]
    ) -> None:
        """Ask for ten at a time, and again for those that failed by no fault of ours."""
        for start in range(0, len(entries), BATCH):
            left = list(entries[start : start + BATCH])
            for attempt in range(TRIES):
                left = self._failed(url, ask, left)
                if not left:
                    break
                time.sleep(pause_seconds(attempt))
            else:
                raise StoreError(
                    f"{url} has refused {len(left)} messages {TRIES} times", hint="try again"
                )

    def _failed(
        self, url: str, ask: Callable[..., dict[str, Any]], entries: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        with door(url):
            answer = ask(
                QueueUrl=url,
                Entries=[{"Id": str(place)} | entry for place, entry in enumerate(entries)],
            )
        failed: list[dict[str, Any]] = []
        for each in answer.get("Failed", ()):
            if each["Code"].rpartition(".")[2] in _VOID:
                continue
            if each.get("SenderFault"):
                raise StoreError(
                    f"{url} does not take a message: {each['Code']} {each.get('Message', '')}",
                    hint="see what the queue allows",
                )
            failed.append(entries[int(each["Id"])])
        return failed

    def _count(self, url: str) -> tuple[int, int]:
        with door(url):
            told = self._sqs.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=_COUNTS,
            )["Attributes"]
        waiting, delayed, hidden = (int(told[name]) for name in _COUNTS)
        return waiting + delayed, hidden

    def _dead(self) -> tuple[str, int]:
        """The queue of dead letters, and how often a message is received before it is one."""
        if self._policy is None:
            with door(self._url):
                told = self._sqs.get_queue_attributes(
                    QueueUrl=self._url, AttributeNames=["RedrivePolicy"]
                )
                policy = json.loads(told.get("Attributes", {}).get("RedrivePolicy", "{}"))
                if not policy:
                    raise StoreError(
                        f"{self._url} has no queue for dead letters",
                        hint="give it a redrive policy",
                    )
                name = policy["deadLetterTargetArn"].rpartition(":")[2]
                url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
            self._policy = (url, int(policy["maxReceiveCount"]))
        return self._policy


def create_queue(
    name: str, settings: AwsSettings | None = None, *, max_receives: int = MAX_RECEIVES
) -> str:
    """Make a queue and one for its dead letters, as tests and the emulator need; the URL."""
    sqs = (settings or AwsSettings()).client("sqs")
    kept = str(int(KEPT.total_seconds()))
    with door(name):
        dead = sqs.create_queue(
            QueueName=f"{name}-dead", Attributes={"MessageRetentionPeriod": kept}
        )["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        policy = {
            "deadLetterTargetArn": told["Attributes"]["QueueArn"],
            "maxReceiveCount": max_receives,
        }
        attributes = {"MessageRetentionPeriod": kept, "RedrivePolicy": json.dumps(policy)}
        made: str = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return made


def _batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    """Ten bodies each, or as many as one request may hold."""
    batch: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if batch and (len(batch) == BATCH or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch


def _message(said: dict[str, Any]) -> Message:
    return Message(
        id=said["MessageId"],
        body=said["Body"],
        handle=ReceiptHandle(said["ReceiptHandle"]),
        receives=int(said["Attributes"]["ApproximateReceiveCount"]),
    )


def _seconds(span: timedelta) -> int:
    """Whole ones, rather too many than too few."""
    return min(max(math.ceil(span.total_seconds()), 0), _LONGEST_SECONDS)
