"""The truth about work: arrivals, manifests, attempts, receipts.

Every method is one atomic step, safe to repeat. Each change of a state goes
through the table in model/moves.py. After a claim, every write repeats the
attempt; a worker that was overtaken gets LeaseLost and has changed nothing.
Rows are the table log's truth, and this ledger can be rebuilt from raw and log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.change import Change
from headwater.model.cost import Cost
from headwater.model.feed import Feed
from headwater.model.ids import (
    ArrivalId,
    AttemptId,
    Digest,
    FeedName,
    Key,
    ManifestId,
    RawName,
    TableName,
)
from headwater.model.manifest import Claim, Manifest, ManifestState
from headwater.model.manner import Manner
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.model.types import Schema
from headwater.ports.watching import Watching


@dataclass(frozen=True, slots=True)
class Sighting:
    """A raw object that was seen: what register makes an arrival of."""

    feed: FeedName | None  # None: no feed matches
    key: Key
    raw: RawName
    version: Digest
    size_bytes: int
    stamp: str
    records: int | None
    landed_at: datetime
    apart: bool = False  # whether versions under its key stand each for itself


class Outcome(StrEnum):
    """What register made of a sighting."""

    NEW = "new"  # the first version under its key
    REWRITE = "rewrite"  # other bytes than the newest under its key
    KNOWN = "known"  # this raw object, with this version, is an arrival already
    DUPLICATE = "duplicate"  # another raw object, bytes equal to the newest under its key
    UNROUTED = "unrouted"  # no feed; kept and shown


@dataclass(frozen=True, slots=True)
class Registration:
    """What register answers for one sighting."""

    outcome: Outcome
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed stands."""

    feed: FeedName | None
    arrivals: Mapping[ArrivalState, int]
    manifests: Mapping[ManifestState, int]
    pending_bytes: int
    oldest_pending: datetime | None
    next_retry: datetime | None
    rows_written: int  # of receipts whose rows are still visible, and so below
    rows_quarantined: int
    replaying: int = 0  # files that are being read again, or wait for it


@dataclass(frozen=True, slots=True)
class Brought:
    """What the files of one settled manifest changed, or would have changed, in the columns."""

    feed: FeedName
    manifest: ManifestId
    version: int | None  # of the table, where it was committed there
    at: datetime
    changes: tuple[Change, ...]


class Work(StrEnum):
    """What costs something."""

    BATCHES = "batches"  # of files
    BUILDS = "builds"  # of a model
    COMPACTIONS = "compactions"  # commits that joined parts


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What one commit of a compaction took."""

    attempt: AttemptId
    feed: FeedName  # or the model: whoever writes the table
    at: datetime
    bytes_in: int
    bytes_out: int
    cpu_seconds: float
    cost: Cost


@dataclass(frozen=True, slots=True)
class Spending:
    """What the work of one kind for a feed or a model comes to in a month."""

    feed: FeedName
    month: str  # 2026-11, of when they were finished, in UTC
    currency: str
    nanos: int  # what they would have cost on AWS
    batches: int
    files: int
    bytes_in: int
    bytes_out: int
    cpu_seconds: float
    work: Work = Work.BATCHES


class Ledger(Watching, Protocol):
    """Arrivals, manifests, attempts and receipts."""

    # Intake

    def register(self, sightings: Sequence[Sighting]) -> list[Registration]:
        """Make arrivals of raw objects, all in one step; answer in the order given.

        Known raw object and version: KNOWN, nothing changes (its stamp is refreshed).
        Otherwise, under the same feed and key, against the arrival of the greatest
        generation, duplicates aside: none: NEW with generation 1. Equal version: a DUPLICATE
        arrival is recorded with the next generation and that state. Other version: REWRITE,
        pending, next generation, replaces = that arrival; that arrival, if still pending,
        becomes superseded. Where the sighting stands apart, nothing is superseded, and a version
        equal to any that stands under the key is the DUPLICATE. A sighting without a feed is
        recorded as unrouted; when the same raw object is later sighted with a feed, the unrouted
        arrival becomes superseded and the new one is registered as above.
        """
        ...

    def replay(
        self,
        arrivals: Sequence[ArrivalId],
        now: datetime,
        *,
        apart: bool = False,
        together: Feed | None = None,
    ) -> list[Arrival]:
        """Register the same raw object and version again, pending, with the next generation.

        Takes settled arrivals that are the greatest generation under their key (or, apart, of
        their version), duplicates aside, and are completed, quarantined, dead or missing;
        passes over the rest. They have landed when they did. Together: in the same step they
        become one manifest of that feed, however many they are, and are processing.
        """
        ...

    # Batches

    def batch(self, feed: Feed, now: datetime, *, flush: bool = False) -> Manifest | None:
        """Write down one manifest of the feed's oldest pending arrivals, if a batch is due.

        Due: limits.files of them, or limits.size_bytes together, or the oldest pending for
        limits.age, or flush. Takes arrivals in the order of registration, never more than
        limits.files, and stops before the one that would pass limits.size_bytes (a single
        larger one goes alone). Passes over an arrival while another under its key is
        processing, or waits for longer. None if nothing is due. The arrivals become processing.
        """
        ...

    def write_down(self, manifest: Manifest) -> bool:
        """Write down a manifest without arrivals, as a build is; False if its id is there.

        It is open, and claimed, staged, settled and buried as others are.
        """
        ...

    # Work

    def claim(
        self,
        worker: str,
        now: datetime,
        lease: timedelta,
        *,
        feeds: Sequence[FeedName] | None = None,
        besides: Sequence[ManifestId] = (),
        only: ManifestId | None = None,
    ) -> Claim | None:
        """Take the oldest manifest that is open and due, or whose lease has run out.

        One statement chooses, marks and answers; the attempt is one more than the last.
        Those named as besides are passed over; with only, all others.
        """
        ...

    def renew(self, claim: Claim, until: datetime) -> None:
        """Prolong the lease; LeaseLost if another attempt has it."""
        ...

    def stage(self, claim: Claim, receipt: Receipt, parts: Sequence[Part]) -> None:
        """Record that parts are written and the books balance; LeaseLost as above."""
        ...

    def settle(self, claim: Claim, receipt: Receipt, parts: Sequence[Part], now: datetime) -> None:
        """Record the commit: the manifest becomes committed, its arrivals what the receipt says.

        Older generations under the keys of completed arrivals become superseded; of the
        same version only, where the receipt says that versions stand apart. The
        receipt and the parts (with their hashes) are kept. Repeating it for a manifest
        that is committed changes nothing. LeaseLost as above.
        """
        ...

    def release(self, claim: Claim, error: str, retry_at: datetime) -> None:
        """Give the manifest back, to be tried again at that time; LeaseLost as above."""
        ...

    def bury(self, claim: Claim, cause: Cause, now: datetime) -> None:
        """Give the manifest up: it and its arrivals become dead; LeaseLost as above."""
        ...

    # Questions

    def arrival(self, arrival: ArrivalId) -> Arrival | None:
        """One arrival, or None."""
        ...

    def members(self, manifest: ManifestId) -> list[Arrival]:
        """The manifest's arrivals, in its order."""
        ...

    def arrivals(
        self,
        *,
        feed: FeedName | None = None,
        states: Sequence[ArrivalState] = (),
        key: Key | None = None,
        after: ArrivalId | None = None,
        limit: int = 1000,
    ) -> list[Arrival]:
        """Arrivals in the order of registration, a page behind `after`; filters narrow it."""
        ...

    def by_raw(self, raws: Iterable[RawName]) -> dict[RawName, Arrival]:
        """The newest arrival of each raw object that has one."""
        ...

    def newest(self, feed: FeedName, keys: Iterable[Key]) -> dict[Key, Arrival]:
        """The arrival of the greatest generation, duplicates aside, under each key that has one."""
        ...

    def latest(self, feed: FeedName, keys: Iterable[Key]) -> list[Arrival]:
        """The greatest generation of each version under these keys, duplicates aside."""
        ...

    def visible(self, feed: FeedName, keys: Iterable[Key]) -> list[Arrival]:
        """Every completed arrival under these keys: whose rows a reader sees."""
        ...

    def landed_since(self, feed: FeedName, at: datetime) -> list[Arrival]:
        """Arrivals of the feed in any state that landed then or later.

        In the order in which they landed; of one moment, in that of registration.
        """
        ...

    def manifest(self, manifest: ManifestId) -> Manifest | None:
        """One manifest, or None."""
        ...

    def manifests(
        self, *, states: Sequence[ManifestState] = (), feed: FeedName | None = None
    ) -> list[Manifest]:
        """Manifests in the order they were written down; filters narrow it."""
        ...

    def receipt(self, manifest: ManifestId) -> Receipt | None:
        """The receipt of a committed manifest, or the staged one of one that is not."""
        ...

    def receipts(self, *, feed: FeedName | None = None, limit: int = 100) -> list[Receipt]:
        """Receipts of committed manifests, the newest first."""
        ...

    def spent(self, feed: FeedName, month: str, currency: str) -> int:
        """What a feed's work of a month cost, in billionths of the currency; quick to answer.

        The sum of what `spending` tells.
        """
        ...

    def upkeep(self, done: Sequence[Upkeep]) -> None:
        """Keep what commits of compactions took; the first word of each is kept."""
        ...

    def spending(self, *, feed: FeedName | None = None, since: str = "") -> list[Spending]:
        """What settled receipts cost, by feed, month from `since` on, and currency, in that order.

        Receipts that say nothing of costs are left out.
        """
        ...

    def manners(self, feed: FeedName) -> list[Manner]:
        """How the files of the feed's latest settled receipt that tells are spelled."""
        ...

    def source(self, feed: FeedName) -> Schema:
        """The columns before the steps, of the feed's latest settled receipt that tells."""
        ...

    def brought(self, table: TableName) -> list[Brought]:
        """What settled receipts of the table say of its columns, in the order of settling."""
        ...

    def parts(self, table: TableName) -> Iterator[Part]:
        """Every part a settled receipt wrote into the table, with its hash."""
        ...

    def standing(self) -> list[Standing]:
        """How each feed stands, by name; None, the unrouted, last."""
        ...

    # Rebuild

    def load(
        self,
        arrivals: Iterable[Arrival],
        manifests: Iterable[tuple[Manifest, Receipt]],
        parts: Iterable[tuple[TableName, ManifestId, Part]],
    ) -> None:
        """Fill an empty ledger with what raw and log say; LedgerError if it is not empty."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
