"""Queues: whoever sends, receives or deletes takes a turn, and what waits is found at once.

The double lets them all at a queue together: a call fails because another has changed
what it reads, and a message is lost that is sent while one is deleted. It takes handles that
are void by now. It looks at the clock twice for every message of a queue each time it is
asked for one.
"""

from __future__ import annotations

import time
from functools import wraps
from threading import Lock, RLock
from typing import Any
from weakref import WeakKeyDictionary

from moto.core import utils
from moto.sqs import models
from moto.sqs.models import Message, Queue, SQSBackend

from headwater.emulator.patch import Function, add, exchange

_LOOK_SECONDS = 0.5
_turns: WeakKeyDictionary[Queue, RLock] = WeakKeyDictionary()
_making = Lock()


def install() -> None:
    """Let everybody take turns."""
    add(models.Queue, "messages", property(_visible))
    add(models.Message, "had_receipt_handle", _has_handle)
    exchange(models.Queue, "add_message", _in_turn)
    exchange(models.Queue, "delete_message", _in_turn)
    exchange(models.SQSBackend, "receive_message", _waiting_between)


def _has_handle(message: Message, handle: str) -> bool:
    """A message that is received again forgets the handle it had; the double keeps every one."""
    return bool(handle) and message.receipt_handle == handle


def _visible(queue: Queue) -> list[Message]:
    now = utils.unix_time_millis()
    return [
        message
        for message in queue._messages  # noqa: SLF001 - what this stands in for reads it
        if message.visible_at < now and message.delayed_until <= now
    ]


def _turn(queue: Queue) -> RLock:
    with _making:
        return _turns.setdefault(queue, RLock())


def _in_turn(old: Function) -> Function:
    @wraps(old)
    def taken(self: Queue, *args: Any, **named: Any) -> Any:
        with _turn(self):
            return old(self, *args, **named)

    return taken


def _waiting_between(old: Function) -> Function:
    """Receive in turns, and wait for messages between them."""

    def receive_message(
        self: SQSBackend,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        *args: Any,
        **named: Any,
    ) -> list[Message]:
        queue = self.get_queue(queue_name)
        end = time.monotonic() + (wait_seconds_timeout or 0)
        while True:
            with _turn(queue):
                found: list[Message] = old(self, queue_name, count, 0, *args, **named)
            left = end - time.monotonic()
            if found or left <= 0:
                return found
            queue.wait_for_messages(min(left, _LOOK_SECONDS))  # type: ignore[arg-type]

    return receive_message
