"""Events: what somebody wants to be told of, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.model.ids import FeedName


class EventKind(StrEnum):
    """What happened."""

    LATE = "late"
    MISSING = "missing"
    PARTIAL = "partial"
    DIFFERS = "differs"
    VOLUME = "volume"  # figures far from those of earlier periods
    FAILED = "failed"  # a batch was given up
    HALTED = "halted"  # a check stopped a batch
    QUARANTINED = "quarantined"  # rows or files were refused
    RECOVERED = "recovered"  # what stood badly is met


@dataclass(frozen=True, slots=True)
class Happening:
    """What is so of a subject at a moment; an event if it was not so before."""

    feed: FeedName
    subject: str  # a period's name, or a manifest
    kind: EventKind
    at: datetime
    message: str  # a sentence
    hint: str  # what to do
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event, in the order in which they were recorded."""

    id: int  # who was told of it twice knows it by this
    feed: FeedName
    subject: str
    kind: EventKind
    at: datetime
    message: str
    hint: str
    since: datetime | None = None
    was: EventKind | None = None  # what the subject stood like before
