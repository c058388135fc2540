"""Items of the table to values of the model, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import Item, Key, Write, one_of, update
from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.codec import from_plain, to_plain
from headwater.model.ids import ArrivalId, FeedName
from headwater.model.ids import Key as ObjectKey
from headwater.model.manifest import Manifest, ManifestState
from headwater.model.moves import arrival_sources


def read_arrival(item: Item) -> Arrival:
    """An arrival from its item."""
    return Arrival(
        id=item["id"],
        feed=places.feed_of(item),
        key=item["key"],
        raw=item["raw"],
        version=item["version"],
        generation=item["generation"],
        size_bytes=item["size_bytes"],
        stamp=item["stamp"],
        records=item.get("records"),
        landed_at=places.time_at(item["landed_at"]),
        state=state_of(item),
        cause=read_cause(item.get("cause")),
        manifest=item.get("manifest"),
        replaces=item.get("replaces"),
    )


def write_arrival(arrival: Arrival, seq: int, token: str) -> Item:
    """The item of an arrival; only what is pending lies in the index of what waits."""
    pk, sk = places.arrival_at(arrival.feed, arrival.key, arrival.generation)
    feed = arrival.feed or places.UNROUTED
    return {
        "pk": pk,
        "sk": sk,
        "list": places.arrivals_of(arrival.feed),
        "waits": feed if arrival.state is ArrivalState.PENDING else None,
        "seq": seq,
        "id": arrival.id,
        "feed": feed,
        "key": arrival.key,
        "raw": arrival.raw,
        "version": arrival.version,
        "generation": arrival.generation,
        "size_bytes": arrival.size_bytes,
        "stamp": arrival.stamp,
        "records": arrival.records,
        "landed_at": places.micros(arrival.landed_at),
        "state": arrival.state.value,
        "cause": write_cause(arrival.cause),
        "manifest": arrival.manifest,
        "replaces": arrival.replaces,
        "rows_written": 0,
        "rows_quarantined": 0,
        "token": token,
    }


def write_name(arrival: Arrival) -> Item:
    """What says where an arrival of this id lies; it never changes."""
    pk, sk = places.named(arrival.id)
    key = {"feed": arrival.feed or places.UNROUTED, "key": arrival.key}
    return {"pk": pk, "sk": sk, **key, "generation": arrival.generation}


def move(
    at: Key, target: ArrivalState, changes: Mapping[str, Any], *, only: ArrivalState | None = None
) -> Write:
    """An arrival's next state, if it may follow the one that it has."""
    sources = arrival_sources(target)
    when, values = one_of("state", sources if only is None else [only])
    return update(at, {**changes, "state": target.value}, without=["waits"], when=when, **values)


def state_of(item: Item) -> ArrivalState:
    """The state of an arrival's item."""
    return ArrivalState(item["state"])


def read_cause(text: str | None) -> Cause | None:
    """A cause from its text."""
    return None if text is None else from_plain(Cause, json.loads(text))


def write_cause(cause: Cause | None) -> str | None:
    """A cause as text, or nothing."""
    return None if cause is None else json.dumps(to_plain(cause))


def read_manifest(head: Item, arrivals: tuple[ArrivalId, ...]) -> Manifest:
    """A manifest from its head."""
    return Manifest(
        id=head["id"],
        feed=head["feed"],
        table=head["table"],
        arrivals=arrivals,
        size_bytes=head["size_bytes"],
        created_at=places.time_at(head["created_at"]),
        state=ManifestState(head["state"]),
        attempt=head["attempt"],
        worker=head.get("worker"),
        lease_until=places.time_or_none(head.get("lease_until")),
        retry_at=places.time_or_none(head.get("retry_at")),
        error=head.get("error"),
    )


def write_manifest(manifest: Manifest, seq: int, members: str, token: str) -> Item:
    """The head of a manifest; members says where its arrivals are listed."""
    pk, sk = places.manifest_at(manifest.id)
    return {
        "pk": pk,
        "sk": sk,
        "list": places.manifests_of(manifest.feed),
        "seq": seq,
        "id": manifest.id,
        "feed": manifest.feed,
        "table": manifest.table,
        "size_bytes": manifest.size_bytes,
        "created_at": places.micros(manifest.created_at),
        "state": manifest.state.value,
        "attempt": manifest.attempt,
        "worker": manifest.worker,
        "lease_until": manifest.lease_until and places.micros(manifest.lease_until),
        "retry_at": manifest.retry_at and places.micros(manifest.retry_at),
        "error": manifest.error,
        "members": members,
        "token": token,
    }


def write_work(manifest: Manifest, seq: int) -> Item:
    """What says that a manifest has not ended."""
    pk, sk = places.work_at(seq)
    return {"pk": pk, "sk": sk, "manifest": manifest.id, "feed": manifest.feed}


def under(table: Table, feed: FeedName | None, key: ObjectKey) -> Iterator[Item]:
    """The arrivals of a feed under a key, the greatest generation first."""
    return table.query(
        "#pk = :pk AND begins_with(#sk, :feed)",
        newest_first=True,
        pk=places.under_key(key),
        feed=f"{feed or places.UNROUTED}#",
    )
