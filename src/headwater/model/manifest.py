"""A manifest: arrivals that are converted together, and the attempts at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.model.ids import ArrivalId, AttemptId, FeedName, ManifestId, TableName, attempt_id


class ManifestState(StrEnum):
    """Where a manifest stands."""

    OPEN = "open"  # written down; waits for a worker, or for its retry time
    CLAIMED = "claimed"  # an attempt holds the lease
    STAGED = "staged"  # parts are written and the books balance; the commit is next
    COMMITTED = "committed"  # the log has it and the ledger knows
    DEAD = "dead"  # every attempt failed


ENDED = frozenset({ManifestState.COMMITTED, ManifestState.DEAD})


@dataclass(frozen=True, slots=True)
class Manifest:
    """A fixed set of arrivals, written down before any work starts."""

    id: ManifestId
    feed: FeedName
    table: TableName
    arrivals: tuple[ArrivalId, ...]
    size_bytes: int
    created_at: datetime
    state: ManifestState = ManifestState.OPEN
    attempt: int = 0  # of the last claim; 0 before the first
    worker: str | None = None
    lease_until: datetime | None = None
    retry_at: datetime | None = None
    error: str | None = None  # of the last attempt that failed


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a manifest until the lease ends; every later write repeats it."""

    manifest: Manifest
    attempt: int
    worker: str

    @property
    def attempt_id(self) -> AttemptId:
        """What part names and fences carry."""
        return attempt_id(self.manifest.id, self.attempt)
