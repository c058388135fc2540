"""An arrival: one version of one object, and the states it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.model.ids import ArrivalId, Digest, FeedName, Key, ManifestId, RawName


class ArrivalState(StrEnum):
    """Where an arrival stands; docs/states.md says who sets and who ends each."""

    PENDING = "pending"  # registered, in no manifest yet
    PROCESSING = "processing"  # in a manifest that has not ended
    COMPLETED = "completed"  # its rows are in the table
    QUARANTINED = "quarantined"  # refused whole; the cause says why
    DEAD = "dead"  # every attempt failed; the cause holds the last error
    SUPERSEDED = "superseded"  # a newer version or generation took its place
    DUPLICATE = "duplicate"  # equal bytes under the same key were here before
    STALE = "stale"  # older than what is already visible under its key
    UNROUTED = "unrouted"  # no feed matches; kept and shown
    MISSING = "missing"  # its raw object was gone before it could be read


SETTLED = frozenset(ArrivalState) - {ArrivalState.PENDING, ArrivalState.PROCESSING}
"""States that no worker will change by itself."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a file or row was refused: a stable code and one sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One version of one object."""

    id: ArrivalId
    feed: FeedName | None  # None while unrouted
    key: Key
    raw: RawName
    version: Digest
    generation: int  # raised by each version under the key, and by each replay
    size_bytes: int
    stamp: str  # the store's word for "this very content is still there"
    records: int | None  # counted while hashing; None where only a parser can tell
    landed_at: datetime
    state: ArrivalState = ArrivalState.PENDING
    cause: Cause | None = None
    manifest: ManifestId | None = None
    replaces: ArrivalId | None = None  # the arrival under the same key that this one follows

    @property
    def settled(self) -> bool:
        """Whether no worker will change it by itself."""
        return self.state in SETTLED
