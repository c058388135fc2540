"""Rows of the ledger to values of the model, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.codec import from_plain, to_plain
from headwater.model.ids import FeedName, ManifestId, TableName
from headwater.model.manifest import Manifest, ManifestState
from headwater.model.manner import Manner
from headwater.model.part import Part
from headwater.model.receipt import FileBooks, Receipt
from headwater.ports.ledger import Brought, Upkeep

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
UNROUTED = ""  # the feed of what no feed matches; a null would escape the unique indexes

Values = dict[str, Any]


def micros(time: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (time - _EPOCH) // _MICROSECOND


def listed(items: Iterable[str]) -> str:
    """A list as a query takes it."""
    return json.dumps(list(items))


def listed_or_null(items: Iterable[str]) -> str | None:
    """The same; None where an empty list means no filter."""
    items = list(items)
    return listed(items) if items else None


def read_arrival(row: tuple[Any, ...]) -> Arrival:
    """An arrival from the first columns of its table."""
    return Arrival(
        id=row[0],
        feed=row[1] or None,
        key=row[2],
        raw=row[3],
        version=row[4],
        generation=row[5],
        size_bytes=row[6],
        stamp=row[7],
        records=row[8],
        landed_at=time_at(row[9]),
        state=ArrivalState(row[10]),
        cause=from_plain(Cause, json.loads(row[11])) if row[11] else None,
        manifest=row[12],
        replaces=row[13],
    )


def write_arrival(arrival: Arrival) -> Values:
    """The same columns, by name."""
    return {
        "id": arrival.id,
        "feed": arrival.feed or UNROUTED,
        "key": arrival.key,
        "raw": arrival.raw,
        "version": arrival.version,
        "generation": arrival.generation,
        "size_bytes": arrival.size_bytes,
        "stamp": arrival.stamp,
        "records": arrival.records,
        "landed_at": micros(arrival.landed_at),
        "state": arrival.state.value,
        "cause": write_cause(arrival.cause),
        "manifest": arrival.manifest,
        "replaces": arrival.replaces,
    }


def write_cause(cause: Cause | None) -> str | None:
    """A cause as text, or null."""
    return None if cause is None else json.dumps(to_plain(cause))


def read_manifest(row: tuple[Any, ...]) -> Manifest:
    """A manifest from the columns of its table, and its arrivals as the last."""
    return Manifest(
        id=row[0],
        feed=row[1],
        table=row[2],
        arrivals=tuple(json.loads(row[-1])),
        size_bytes=row[3],
        created_at=time_at(row[4]),
        state=ManifestState(row[5]),
        attempt=row[6],
        worker=row[7],
        lease_until=time_or_none(row[8]),
        retry_at=time_or_none(row[9]),
        error=row[10],
    )


def write_manifest(manifest: Manifest) -> Values:
    """The same columns, by name, without the arrivals."""
    return {
        "id": manifest.id,
        "feed": manifest.feed,
        "table_name": manifest.table,
        "size_bytes": manifest.size_bytes,
        "created_at": micros(manifest.created_at),
        "state": manifest.state.value,
        "attempt": manifest.attempt,
        "worker": manifest.worker,
        "lease_until": manifest.lease_until and micros(manifest.lease_until),
        "retry_at": manifest.retry_at and micros(manifest.retry_at),
        "error": manifest.error,
    }


def read_receipt(text: str) -> Receipt:
    """A receipt from its JSON text."""
    return from_plain(Receipt, json.loads(text))


def read_manners(row: tuple[Any, ...]) -> list[Manner]:
    """How files are spelled, as the query `manners` selects it."""
    return [from_plain(Manner, each) for each in json.loads(row[0])]


def read_brought(row: tuple[Any, ...]) -> Brought:
    """What a receipt says of columns, as the query `brought` selects it."""
    feed, manifest, version, at, changes = row
    return from_plain(
        Brought,
        {
            "feed": feed,
            "manifest": manifest,
            "version": version,
            "at": at,
            "changes": json.loads(changes),
        },
    )


def write_receipt(receipt: Receipt, settled_at: datetime | None) -> Values:
    """A receipt's row; without a time it is staged, not settled."""
    return {
        "manifest": receipt.manifest,
        "feed": receipt.feed,
        "body": json.dumps(to_plain(receipt)),
        "settled_at": settled_at and micros(settled_at),
    }


def write_upkeep(done: Upkeep) -> Values:
    """What a commit of a compaction took, as a row."""
    return {
        "attempt": done.attempt,
        "feed": done.feed,
        "at": micros(done.at),
        "bytes_in": done.bytes_in,
        "bytes_out": done.bytes_out,
        "cpu_seconds": float(done.cpu_seconds),
        "cost": json.dumps(to_plain(done.cost)),
    }


def write_books(file: FileBooks) -> Values:
    """What an arrival's row keeps of its books."""
    return {
        "id": file.arrival,
        "rows_written": file.books.written,
        "rows_quarantined": file.books.quarantined,
    }


def read_part(row: tuple[Any, ...]) -> Part:
    """A part, as the query `parts` selects it."""
    path, rows, size_bytes, partition, sha256, first, last = row
    pairs = tuple((name, value) for name, value in json.loads(partition))
    return Part(path, rows, size_bytes, pairs, sha256, first, last)


def write_part(part: Part, table: TableName, manifest: ManifestId, *, settled: bool) -> Values:
    """A part's row."""
    columns: Mapping[str, Any] = to_plain(part)
    return {
        **columns,
        "partition": json.dumps(columns["partition"]),
        "table_name": table,
        "manifest": manifest,
        "settled": int(settled),
    }


def feed_or_none(text: str) -> FeedName | None:
    """A feed's name, None for the unrouted."""
    return FeedName(text) if text else None


def time_or_none(value: int | None) -> datetime | None:
    """A time, where there is one."""
    return None if value is None else time_at(value)


def time_at(value: int) -> datetime:
    """A time from its microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)
