"""When pending arrivals become a manifest, and which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.feeds import Feeds
from headwater.adapters.aws.ledger.gathering import Plan, Row, finish_gathering, gather
from headwater.adapters.aws.ledger.items import state_of, under, write_manifest, write_work
from headwater.adapters.aws.ledger.schema import WAITING
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import ABSENT, Item, put
from headwater.model.arrival import ArrivalState
from headwater.model.feed import BatchLimits, Feed
from headwater.model.ids import ArrivalId, FeedName, manifest_id
from headwater.model.manifest import Manifest

_LOOKED_AT = 100  # of what waits, together


def batch(table: Table, feeds: Feeds, feed: Feed, now: datetime, *, flush: bool) -> Manifest | None:
    """Write the manifest down, if a batch is due; its arrivals are processing."""
    finish_gathering(table, feed.name)
    for _ in table.rounds("batch"):
        waiting = _waiting(table, feed)
        if not waiting or not (flush or _is_due(waiting, feed.batch, now)):
            return None
        chosen = _fitting(waiting, feed.batch)
        manifest = gather(table, plan(feeds, feed, [_row(item) for item in chosen], now))
        if manifest is not None:
            return manifest
    return None


def plan(
    feeds: Feeds, feed: Feed, rows: Sequence[Row], now: datetime, numbers: Sequence[int] = ()
) -> Plan:
    """One manifest of arrivals."""
    manifest = Manifest(
        id=manifest_id(int(now.timestamp())),
        feed=feed.name,
        table=feed.table,
        arrivals=tuple(ArrivalId(str(row[0])) for row in rows),
        size_bytes=0,
        created_at=now,
    )
    feeds.meet([feed.name])
    [seq] = feeds.number(1)
    return Plan(manifest, rows, seq, numbers)


def write_build(table: Table, feeds: Feeds, manifest: Manifest) -> bool:
    """A manifest without arrivals, unless one of that id is there."""
    feeds.meet([manifest.feed])
    if table.get(places.manifest_at(manifest.id)) is not None:
        return False
    token = places.new_token()
    [seq] = feeds.number(1)
    try:
        table.write(
            put(write_manifest(manifest, seq, "", token), when=ABSENT),
            put(write_work(manifest, seq)),
        )
    except Refused:
        head = table.get(places.manifest_at(manifest.id))
        return head is not None and head["token"] == token
    return True


def _waiting(table: Table, feed: Feed) -> list[Item]:
    """What a batch may take, the oldest first, until there is enough for one."""
    found: list[Item] = []
    size = 0
    for item in _pending(table, feed.name):
        if len(found) == feed.batch.files or size > feed.batch.size_bytes:
            break
        found.append(item)
        size += item["size_bytes"]
    return found


def _pending(table: Table, feed: FeedName) -> Iterator[Item]:
    """The index may be a moment old: each is looked at as it is."""
    listed = table.query("#waits = :feed", index=WAITING, feed=feed)
    for some in batched(listed, _LOOKED_AT):
        keys = [(item["pk"], item["sk"]) for item in some]
        found = table.get_all(keys)
        for key in keys:
            item = found.get(key)
            if item and state_of(item) is ArrivalState.PENDING and _is_alone(table, feed, item):
                yield item


def _is_alone(table: Table, feed: FeedName, item: Item) -> bool:
    """Whether no other under its key is being read, or waits for longer."""
    if item["generation"] == 1:  # what follows it waits for it
        return True
    for other in under(table, feed, item["key"]):
        state, before = state_of(other), other["generation"] < item["generation"]
        if other["id"] == item["id"]:
            continue
        if state is ArrivalState.PROCESSING or (before and state is ArrivalState.PENDING):
            return False
    return True


def _row(item: Item) -> Row:
    return [item["id"], item["key"], item["generation"], item["size_bytes"]]


def _is_due(waiting: Sequence[Item], limits: BatchLimits, now: datetime) -> bool:
    return (
        len(waiting) >= limits.files
        or sum(item["size_bytes"] for item in waiting) >= limits.size_bytes
        or min(item["landed_at"] for item in waiting) <= places.micros(now - limits.age)
    )


def _fitting(waiting: Sequence[Item], limits: BatchLimits) -> Sequence[Item]:
    total = 0
    for count, item in enumerate(waiting):
        total += item["size_bytes"]
        if count and total > limits.size_bytes:
            return waiting[:count]
    return waiting
