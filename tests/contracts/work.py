"""Sightings, feeds, receipts and parts for the ledger's tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from headwater.model.arrival import ArrivalState
from headwater.model.feed import BatchLimits, Feed
from headwater.model.part import Part
from headwater.model.receipt import Books, FileBooks, Receipt
from headwater.ports.ledger import Sighting

NOW = datetime(2025, 4, 2, 12, 0, 0, 123457, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=60)
DAY = timedelta(days=1)

SALES = Feed("sales", ("sales/**",), "sales_clean")
RETURNS = Feed("returns", ("returns/**",), "returns_clean")


def sighting(key="a.csv", version="v1", **changes):
    """One of the feed sales, unless it is said otherwise."""
    feed = changes.pop("feed", "sales")
    seen = Sighting(
        feed=feed,
        key=key,
        raw=f"{feed}/{version}/{key}",
        version=version,
        size_bytes=100,
        stamp="1",
        records=11,
        landed_at=NOW,
    )
    return replace(seen, **changes)


def sightings(count, **changes):
    return [sighting(f"{number:05}.csv", **changes) for number in range(count)]


def limited(feed=SALES, **limits):
    return replace(feed, batch=BatchLimits(**limits))


def arrive(ledger, *seen):
    """Register and answer the arrivals."""
    return [registration.arrival for registration in ledger.register(seen)]


def claim(ledger, now=NOW, worker="w1", **narrow):
    return ledger.claim(worker, now, LEASE, **narrow)


def start(ledger, *seen, feed=SALES):
    """Register, batch and claim."""
    arrive(ledger, *(seen or [sighting()]))
    ledger.batch(feed, NOW, flush=True)
    return claim(ledger)


def finish(ledger, held, now=NOW, **ends):
    """Stage and settle."""
    receipt, parts = receipt_of(held, **ends), parts_of(held)
    ledger.stage(held, receipt, parts)
    ledger.settle(held, receipt, parts, now)
    return receipt


def complete(ledger, *seen, now=NOW):
    """Take sightings all the way; answer the arrivals."""
    held = start(ledger, *seen)
    finish(ledger, held, now)
    return ledger.members(held.manifest.id)


def receipt_of(held, state=ArrivalState.COMPLETED, cause=None, books=None):
    if books is None:
        completed = state is ArrivalState.COMPLETED
        books = Books(10, 9, 1) if completed else Books(10, quarantined=10)
    files = tuple(
        FileBooks(arrival, f"key of {arrival}", 100, state, books, cause)
        for arrival in held.manifest.arrivals
    )
    return Receipt(
        manifest=held.manifest.id,
        feed=held.manifest.feed,
        table=held.manifest.table,
        attempt=held.attempt,
        files=files,
        parts=2,
        size_bytes_out=300,
        engine="duckdb, fast",
        started_at=NOW,
        finished_at=NOW + SECOND,
    )


def parts_of(held, sha256="5ha"):
    return [
        Part(
            path=f"day={day:02}/part-{held.attempt_id}-{day:05}.parquet",
            rows=5,
            size_bytes=150,
            partition=(("day", f"{day:02}"), ("region", None)),
            sha256=sha256,
            first_arrival=min(held.manifest.arrivals),
            last_arrival=max(held.manifest.arrivals),
        )
        for day in (1, 2)
    ]
