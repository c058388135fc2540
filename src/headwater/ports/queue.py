"""What wakes the workers: messages that come at least once, in any order.

SQS semantics. Losing or doubling a message costs time, never data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NewType, Protocol

ReceiptHandle = NewType("ReceiptHandle", str)

BATCH = 10
"""Most messages in one receive, as SQS has it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in somebody's hands until its visibility runs out."""

    id: str
    body: str
    handle: ReceiptHandle  # of this very receive; a later receive makes it void
    receives: int  # this one included


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages are where."""

    waiting: int
    in_flight: int
    dead: int


class Queue(Protocol):
    """One queue and its dead letters."""

    def send(self, bodies: Sequence[str]) -> None:
        """Put messages in; durable when it returns. Any number of them."""
        ...

    def receive(self, limit: int = BATCH, *, hidden_for: timedelta) -> list[Message]:
        """Take up to ten visible messages; nobody else sees them for that long.

        A message received more often than the queue's max_receives goes to the dead
        letters instead. An empty answer does not mean the queue is empty for ever.
        """
        ...

    def extend(self, handles: Sequence[ReceiptHandle], *, hidden_for: timedelta) -> None:
        """Hide messages for that long from now; a void handle changes nothing.

        Zero gives them back at once.
        """
        ...

    def delete(self, handles: Sequence[ReceiptHandle]) -> None:
        """Remove messages for good; a void handle changes nothing."""
        ...

    def depth(self) -> Depth:
        """How many messages wait, are in somebody's hands, are dead letters."""
        ...

    def dead_letters(self, limit: int = BATCH) -> list[Message]:
        """Look at dead letters, oldest first, without taking them."""
        ...

    def redrive(self) -> int:
        """Put every dead letter back with its count of receives at zero; answer how many."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
