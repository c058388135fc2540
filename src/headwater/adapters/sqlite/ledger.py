"""The ledger in an SQLite file: each method one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from headwater.adapters.sqlite import attempts, batches, intake, rebuild, replays
from headwater.adapters.sqlite.database import Database
from headwater.adapters.sqlite.hold import Hold
from headwater.adapters.sqlite.rows import write_upkeep
from headwater.adapters.sqlite.watching import Watchings
from headwater.model.arrival import Arrival, Cause
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, FeedName, ManifestId, TableName
from headwater.model.manifest import Claim, Manifest
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.model.retry import lease_end
from headwater.points import point
from headwater.ports.ledger import Registration, Sighting, Upkeep


class SqliteLedger(Watchings):
    """Arrivals, manifests, attempts and receipts of one lake on one machine.

    What a user was promised (register, replay) and what a commit stands on (stage) is on
    the disk when the method returns. The rest may be undone by a power cut, and is then
    done again: see docs/decisions/0003-sqlite-through-apsw.md.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(Database(path, "ledger", hold=Hold(path)))

    def register(self, sightings: Sequence[Sighting]) -> list[Registration]:
        """Make arrivals of raw objects, all in one step; answer in the order given."""
        if not sightings:
            return []
        answers = self._database.write(lambda tx: intake.register(tx, sightings), durable=True)
        point("ev.registered")
        return answers

    def replay(
        self,
        arrivals: Sequence[ArrivalId],
        now: datetime,
        *,
        apart: bool = False,
        together: Feed | None = None,
    ) -> list[Arrival]:
        """Register the same raw object and version again, with the next generation."""
        return self._database.write(
            lambda tx: replays.replay(tx, arrivals, now, apart=apart, together=together),
            durable=True,
        )

    def batch(self, feed: Feed, now: datetime, *, flush: bool = False) -> Manifest | None:
        """Write down one manifest of the feed's oldest pending arrivals, if a batch is due."""
        if not self._database.read(lambda tx: batches.due(tx, feed, now, flush=flush)):
            return None  # those who only look do not stand in line for the write lock
        return self._database.write(lambda tx: batches.assign(tx, feed, now, flush=flush))

    def write_down(self, manifest: Manifest) -> bool:
        """Write down a manifest without arrivals; False if its id is there."""
        return self._database.write(lambda tx: batches.write_build(tx, manifest), durable=True)

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
        """Take the oldest manifest that is open and due, or whose lease has run out."""
        taking = attempts.Taking(worker, now, lease_end(now, lease), feeds, besides, only)
        if not self._database.read(lambda tx: attempts.claimable(tx, taking)):
            return None
        claim = self._database.write(lambda tx: attempts.claim(tx, taking))
        if claim is not None:
            point("claim.post")
        return claim

    def renew(self, claim: Claim, until: datetime) -> None:
        """Prolong the lease; LeaseLost if another attempt has it."""
        self._database.write(lambda tx: attempts.renew(tx, claim, until))

    def stage(self, claim: Claim, receipt: Receipt, parts: Sequence[Part]) -> None:
        """Record that parts are written and the books balance."""
        self._database.write(lambda tx: attempts.stage(tx, claim, receipt, parts), durable=True)
        point("stage.post")

    def settle(self, claim: Claim, receipt: Receipt, parts: Sequence[Part], now: datetime) -> None:
        """Record the commit: the manifest becomes committed, its arrivals what the receipt says."""
        self._database.write(lambda tx: attempts.settle(tx, claim, receipt, parts, now))
        point("ledger.post")

    def release(self, claim: Claim, error: str, retry_at: datetime) -> None:
        """Give the manifest back, to be tried again at that time."""
        self._database.write(lambda tx: attempts.release(tx, claim, error, retry_at))

    def bury(self, claim: Claim, cause: Cause, now: datetime) -> None:
        """Give the manifest up: it and its arrivals become dead."""
        del now  # kept by back-ends that log each move
        self._database.write(lambda tx: attempts.bury(tx, claim, cause))

    def upkeep(self, done: Sequence[Upkeep]) -> None:
        """Keep what commits of compactions took; the first word of each is kept."""
        rows = [write_upkeep(each) for each in done]
        if rows:
            self._database.write(lambda tx: tx.each("upkeep", rows))

    def load(
        self,
        arrivals: Iterable[Arrival],
        manifests: Iterable[tuple[Manifest, Receipt]],
        parts: Iterable[tuple[TableName, ManifestId, Part]],
    ) -> None:
        """Fill an empty ledger with what raw and log say."""
        # Lists, because the transaction may have to start again.
        everything = list(arrivals), list(manifests), list(parts)
        self._database.write(lambda tx: rebuild.load(tx, *everything), durable=True)

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()
