"""Which files of a feed have landed since a time: what decides which of two rows stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from headwater.adapters.aws.ledger import places, settled
from headwater.adapters.aws.ledger.gathering import at, rows_of
from headwater.adapters.aws.ledger.schema import LANDED
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import Item, Key
from headwater.model.ids import FeedName

_READ = 100  # manifests, together


def since(table: Table, feed: FeedName, time: datetime) -> list[Item]:
    """Arrivals that landed then or later, in the order of landing, then of registration.

    The index may be a moment old, and a file that it does not have yet would count as older
    than all. So the files are looked up besides of every batch that has not ended, or was
    settled since: whoever has rows in the table is in one of them.
    """
    listed = table.query(
        "#list = :list AND #landed_at >= :since",
        index=LANDED,
        list=places.arrivals_of(feed),
        since=places.micros(time),
    )
    keys = {(item["pk"], item["sk"]) for item in listed}
    keys.update(_in_batches(table, feed, time))
    found = table.get_all(sorted(keys)).values()
    behind = (item for item in found if item["landed_at"] >= places.micros(time))
    return sorted(behind, key=lambda item: (item["landed_at"], item["seq"]))


def _in_batches(table: Table, feed: FeedName, time: datetime) -> Iterator[Key]:
    # Settled last: a batch that ends meanwhile is met there.
    work = table.query("#pk = :pk", pk=places.WORK)
    batches = [item["manifest"] for item in work if item["feed"] == feed]
    batches += [entry["manifest"] for entry in settled.entries(table, [feed], since=time)]
    for some in batched(dict.fromkeys(batches), _READ):
        for head in table.get_all(map(places.manifest_at, some)).values():
            yield from (at(feed, row) for row in rows_of(table, head))
