"""The ledger in a DynamoDB table: each method a conditional step that may be done again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headwater.adapters.aws.ledger import attempts, batches, costs, endings, rebuild
from headwater.adapters.aws.ledger.intake import Intake
from headwater.adapters.aws.ledger.replays import Replay
from headwater.adapters.aws.ledger.table import STEP_ITEMS, Table
from headwater.adapters.aws.ledger.watching import Watchings
from headwater.model.arrival import Arrival, Cause
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, FeedName, ManifestId, TableName
from headwater.model.manifest import Claim, Manifest
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.model.retry import lease_end
from headwater.points import point
from headwater.ports.ledger import Registration, Sighting, Upkeep

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoLedger(Watchings):
    """Arrivals, manifests, attempts and receipts of one lake, for any number of machines."""

    def __init__(self, client: DynamoDBClient, table: str, *, step_items: int = STEP_ITEMS) -> None:
        """Take a client, and how many items one transaction may touch."""
        super().__init__(Table(client, table, step_items=step_items))

    def register(self, sightings: Sequence[Sighting]) -> list[Registration]:
        """Make arrivals of raw objects, each key in one step; answer in the order given."""
        if not sightings:
            return []
        answers = Intake(self._table, self._feeds).register(sightings)
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
        endings.finish_endings(self._table)
        replay = Replay(self._table, self._feeds, apart)
        if together is None:
            return replay.each(arrivals)
        return replay.together(arrivals, together, now)

    def batch(self, feed: Feed, now: datetime, *, flush: bool = False) -> Manifest | None:
        """Write down one manifest of the feed's oldest pending arrivals, if a batch is due."""
        return batches.batch(self._table, self._feeds, feed, now, flush=flush)

    def write_down(self, manifest: Manifest) -> bool:
        """Write down a manifest without arrivals; False if its id is there."""
        return batches.write_build(self._table, self._feeds, manifest)

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
        claim = attempts.claim(self._table, taking)
        if claim is not None:
            point("claim.post")
        return claim

    def renew(self, claim: Claim, until: datetime) -> None:
        """Prolong the lease; LeaseLost if another attempt has it."""
        attempts.renew(self._table, claim, until)

    def stage(self, claim: Claim, receipt: Receipt, parts: Sequence[Part]) -> None:
        """Record that parts are written and the books balance."""
        attempts.stage(self._table, claim, receipt, parts)
        point("stage.post")

    def settle(self, claim: Claim, receipt: Receipt, parts: Sequence[Part], now: datetime) -> None:
        """Record the commit: the manifest becomes committed, its arrivals what the receipt says."""
        endings.settle(self._table, claim, receipt, parts, now)
        point("ledger.post")

    def release(self, claim: Claim, error: str, retry_at: datetime) -> None:
        """Give the manifest back, to be tried again at that time."""
        attempts.release(self._table, claim, error, retry_at)

    def bury(self, claim: Claim, cause: Cause, now: datetime) -> None:
        """Give the manifest up: it and its arrivals become dead."""
        endings.bury(self._table, claim, cause, now)

    def upkeep(self, done: Sequence[Upkeep]) -> None:
        """Keep what commits of compactions took; the first word of each is kept."""
        self._feeds.meet(each.feed for each in done)
        costs.keep(self._table, done)

    def load(
        self,
        arrivals: Iterable[Arrival],
        manifests: Iterable[tuple[Manifest, Receipt]],
        parts: Iterable[tuple[TableName, ManifestId, Part]],
    ) -> None:
        """Fill an empty ledger with what raw and log say."""
        rebuild.load(self._table, self._feeds, list(arrivals), list(manifests), parts)

    def require_empty(self) -> None:
        """LedgerError where anything is in it; what is empty may be loaded."""
        rebuild.require_empty(self._table)

    def close(self) -> None:
        """Let go of the connections."""
        self._table.close()
