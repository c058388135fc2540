"""Who is told of events, how, and of which."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from headwater.model.event import Event, EventKind


@dataclass(frozen=True, slots=True)
class Command:
    """A program that gets the event as JSON on its stdin."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file that gets a line of JSON for each event."""

    path: Path


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that the event is posted to as JSON."""

    url: str = field(repr=False)  # may hold a secret, as header lines may
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of SNS that the event is published to."""

    name: str  # or its ARN


@dataclass(frozen=True, slots=True)
class Notify:
    """One who is told."""

    name: str  # by which the ledger knows what it was told
    way: Command | File | Webhook | Topic
    on: frozenset[EventKind] = frozenset(EventKind)
    patience: timedelta = timedelta(seconds=10)

    def wants(self, event: Event) -> bool:
        """Whether it is to be told of this; of a recovery, if it was of what recovered."""
        told = event.was if event.kind is EventKind.RECOVERED else event.kind
        return told in self.on
