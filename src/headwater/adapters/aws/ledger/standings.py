"""How a feed stands: counted over its arrivals and manifests, as the index lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.items import state_of
from headwater.adapters.aws.ledger.schema import LISTED
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import Item
from headwater.model.arrival import ArrivalState
from headwater.model.ids import FeedName
from headwater.model.manifest import ManifestState
from headwater.ports.ledger import Standing


def standing_of(table: Table, feed: FeedName | None) -> Standing:
    """How one feed stands."""
    arrivals = _listed(table, places.arrivals_of(feed))
    manifests = [] if feed is None else _listed(table, places.manifests_of(feed))
    waiting = [item for item in arrivals if state_of(item) is ArrivalState.PENDING]
    landed = [item["landed_at"] for item in waiting if "again" not in item]
    retries = [
        item["retry_at"]
        for item in manifests
        if "retry_at" in item and item["state"] == ManifestState.OPEN
    ]
    return Standing(
        feed=feed,
        arrivals=Counter(map(state_of, arrivals)),
        manifests=Counter(ManifestState(item["state"]) for item in manifests),
        pending_bytes=sum(item["size_bytes"] for item in waiting),
        oldest_pending=places.time_or_none(min(landed, default=None)),
        next_retry=places.time_or_none(min(retries, default=None)),
        rows_written=_rows(arrivals, "rows_written", {ArrivalState.COMPLETED}),
        rows_quarantined=_rows(
            arrivals, "rows_quarantined", {ArrivalState.COMPLETED, ArrivalState.QUARANTINED}
        ),
        replaying=sum("again" in item and _is_unended(item) for item in arrivals),
    )


def _listed(table: Table, name: str) -> Sequence[Item]:
    return list(table.query("#list = :list", index=LISTED, list=name))


def _rows(arrivals: Sequence[Item], attribute: str, states: set[ArrivalState]) -> int:
    return sum(int(item[attribute]) for item in arrivals if state_of(item) in states)


def _is_unended(item: Item) -> bool:
    return state_of(item) in {ArrivalState.PENDING, ArrivalState.PROCESSING}
