"""The ledger on DynamoDB that also tells how workflows stand: of each file, when and how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headwater.adapters.aws.ledger import DynamoLedger, places
from headwater.adapters.aws.ledger.gathering import rows_of
from headwater.adapters.aws.workflows import Workflows
from headwater.model.arrival import Cause
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId
from headwater.model.manifest import Claim
from headwater.model.part import Part
from headwater.model.receipt import Receipt

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class TellingLedger(DynamoLedger):
    """The same promises. An end that the log knows is told before it is recorded.

    So whoever dies in between is followed by one who tells it again. Any other word is
    refused where an end was told.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Take a client and the ledger's table."""
        super().__init__(client, table)
        self._workflows = Workflows(client, table)

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
        """Take the oldest manifest that waits, and tell that an attempt begins."""
        held = super().claim(worker, now, lease, feeds=feeds, besides=besides, only=only)
        if held is not None and self._is_told(held):
            self._workflows.began(held, self._keys(held))
        return held

    def settle(self, claim: Claim, receipt: Receipt, parts: Sequence[Part], now: datetime) -> None:
        """Tell how it ended, and record the commit."""
        if self._is_told(claim):
            self._workflows.ended(claim, receipt, now)
        super().settle(claim, receipt, parts, now)

    def release(self, claim: Claim, error: str, retry_at: datetime) -> None:
        """Give the manifest back, and tell that it waits."""
        super().release(claim, error, retry_at)
        if self._is_told(claim):
            self._workflows.waits(claim, self._keys(claim), error)

    def bury(self, claim: Claim, cause: Cause, now: datetime) -> None:
        """Tell that it was given up, and give it up."""
        if self._is_told(claim):
            self._workflows.given_up(claim, self._keys(claim), cause, now)
        super().bury(claim, cause, now)

    def _is_told(self, held: Claim) -> bool:
        """Whether there is a file to tell of: a build has none."""
        return bool(held.manifest.arrivals) and self._workflows.tells

    def _keys(self, held: Claim) -> dict[ArrivalId, Key]:
        head = self._table.get(places.manifest_at(held.manifest.id))
        rows = rows_of(self._table, head) if head is not None else []
        return {ArrivalId(str(row[0])): Key(str(row[1])) for row in rows}
