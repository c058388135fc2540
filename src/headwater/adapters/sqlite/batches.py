"""When pending arrivals become a manifest, and which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headwater.adapters.sqlite.database import Transaction
from headwater.adapters.sqlite.rows import listed, micros, write_manifest
from headwater.errors import IllegalMove
from headwater.model.arrival import ArrivalState
from headwater.model.feed import BatchLimits, Feed
from headwater.model.ids import ArrivalId, manifest_id
from headwater.model.manifest import Manifest
from headwater.model.moves import arrival_sources
from headwater.points import point

Waiting = list[tuple[ArrivalId, int, int]]  # id, bytes, landed at


def due(tx: Transaction, feed: Feed, now: datetime, *, flush: bool) -> Waiting:
    """The arrivals of the next batch; none if it may wait."""
    rows: list[Any] = tx.all("due", feed=feed.name, files=feed.batch.files)
    return _fitting(rows, feed.batch) if rows and (flush or _is_due(rows, feed, now)) else []


def assign(tx: Transaction, feed: Feed, now: datetime, *, flush: bool) -> Manifest | None:
    """Write the manifest down, if a batch is due; its arrivals are processing."""
    chosen = due(tx, feed, now, flush=flush)
    if not chosen:
        return None
    return write_down(tx, feed, [(id_, size) for id_, size, _ in chosen], now)


def write_down(
    tx: Transaction, feed: Feed, chosen: Sequence[tuple[ArrivalId, int]], now: datetime
) -> Manifest:
    """Write one manifest of pending arrivals, which become processing."""
    manifest = Manifest(
        id=manifest_id(int(now.timestamp())),
        feed=feed.name,
        table=feed.table,
        arrivals=tuple(id_ for id_, _ in chosen),
        size_bytes=sum(size for _, size in chosen),
        created_at=now,
    )
    tx.run("add_manifest", **write_manifest(manifest))
    sources = listed(arrival_sources(ArrivalState.PROCESSING))
    rows = [
        {"id": id_, "manifest": manifest.id, "position": position, "sources": sources}
        for position, id_ in enumerate(manifest.arrivals)
    ]
    if tx.each("assign", rows) != len(rows):
        raise IllegalMove(f"an arrival of manifest {manifest.id} cannot become processing")
    point("man.assigned")
    return manifest


def write_build(tx: Transaction, manifest: Manifest) -> bool:
    """A manifest without arrivals, unless one of that id is there."""
    if tx.one("attempt", manifest=manifest.id) is not None:
        return False
    tx.run("add_manifest", **write_manifest(manifest))
    return True


def _is_due(rows: Waiting, feed: Feed, now: datetime) -> bool:
    limits = feed.batch
    return (
        len(rows) >= limits.files
        or sum(size for _, size, _ in rows) >= limits.size_bytes
        or min(landed for _, _, landed in rows) <= micros(now - limits.age)
    )


def _fitting(rows: Waiting, limits: BatchLimits) -> Waiting:
    total = 0
    for count, (_, size, _) in enumerate(rows):
        total += size
        if count and total > limits.size_bytes:
            return rows[:count]
    return rows
