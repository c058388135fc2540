"""The ledger made anew from what lies in the raw zone and what the logs say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from headwater.errors import HeadwaterError
from headwater.flow.commit import from_entry
from headwater.flow.register import counter
from headwater.flow.route import generation_of, key_of, route
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId, RawName, TableName, arrival_id
from headwater.model.manifest import Manifest, ManifestState
from headwater.model.part import Part
from headwater.model.receipt import FileBooks, Receipt
from headwater.ports.ledger import Ledger
from headwater.ports.store import Stat
from headwater.reading.measure import Measure, measure

REPLAYS = 64
"""Generations of one content that are looked for: its landing, and that many replays."""


@dataclass(slots=True)
class _Known:
    """What log and receipt objects say."""

    manifests: list[tuple[Manifest, Receipt]] = field(default_factory=list)
    parts: list[tuple[TableName, ManifestId, Part]] = field(default_factory=list)
    files: dict[ArrivalId, tuple[ManifestId, FileBooks]] = field(default_factory=dict)
    dead: dict[ArrivalId, tuple[ManifestId, Cause]] = field(default_factory=dict)
    replaced: set[ArrivalId] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the new ledger holds."""

    arrivals: int
    manifests: int
    parts: int
    pending: int  # raw objects that no log or receipt speaks of: they are converted next


def rebuild(world: World, fresh: Ledger) -> Rebuilt:
    """Fill an empty ledger from raw and log; attempts, retry times and waits are not in them."""
    known = _Known()
    for table in world.tables.names():
        _read_log(world, table, known)
    _read_receipts(world, known)
    arrivals = _arrivals(world, known)
    fresh.load(arrivals, known.manifests, known.parts)
    pending = sum(arrival.state is ArrivalState.PENDING for arrival in arrivals)
    return Rebuilt(len(arrivals), len(known.manifests), len(known.parts), pending)


def _read_log(world: World, table: TableName, known: _Known) -> None:
    for entry in world.tables.log(table):
        if entry.manifest is None or entry.receipt is None:
            continue
        committed = from_entry(entry.receipt, entry.version, entry.added)
        _remember(known, committed.receipt)
        known.parts += [(table, entry.manifest, part) for part in committed.parts]


def _read_receipts(world: World, known: _Known) -> None:
    """Receipts of manifests that wrote no row, and of those that were given up."""
    for stat in world.zones.manifests.list():
        if not stat.name.endswith(".receipt.json"):
            continue
        said = json.loads(world.zones.manifests.read(stat.name))
        if "dead" in said:
            _read_dead(world, stat.name, said["dead"], known)
        else:
            _remember(known, from_entry(said, None, ()).receipt)


def _read_dead(world: World, name: str, said: dict[str, str], known: _Known) -> None:
    body = json.loads(world.zones.manifests.read(name.replace(".receipt.json", ".json")))
    cause = Cause(said["code"], said["message"])
    for each in body["arrivals"]:
        known.dead[ArrivalId(each)] = (ManifestId(body["manifest"]), cause)


def _remember(known: _Known, receipt: Receipt) -> None:
    manifest = Manifest(
        id=receipt.manifest,
        feed=receipt.feed,
        table=receipt.table,
        arrivals=tuple(file.arrival for file in receipt.files),
        size_bytes=receipt.size_bytes_in,
        created_at=receipt.started_at,
        state=ManifestState.COMMITTED,
        attempt=receipt.attempt,
    )
    known.manifests.append((manifest, receipt))
    known.replaced.update(receipt.replaced)
    for file in receipt.files:
        known.files[file.arrival] = (receipt.manifest, file)


def _arrivals(world: World, known: _Known) -> list[Arrival]:
    """Arrivals of each raw object, in the order in which they landed."""
    found: list[Arrival] = []
    stats = sorted(world.zones.raw.list(), key=lambda stat: (stat.modified_at, stat.name))
    for stat in stats:
        raw = RawName(stat.name)
        feed = route(world.feeds, key_of(raw))
        path = Path(world.zones.raw.locate(raw))
        try:
            measured = measure(path, counter(feed, path))
        except HeadwaterError:
            continue  # gone while we looked, or unreadable: reconcile says so
        found += _of_object(stat, FeedName(feed.name) if feed else None, measured, known)
    return list(_ordered(found))


def _of_object(
    stat: Stat, feed: FeedName | None, measured: Measure, known: _Known
) -> Iterator[Arrival]:
    raw = RawName(stat.name)
    seen = Arrival(
        id=ArrivalId(""),
        feed=feed,
        key=key_of(raw),
        raw=raw,
        version=measured.digest,
        generation=generation_of(raw),
        size_bytes=measured.size_bytes,
        stamp=measured.stamp,
        records=measured.records,
        landed_at=stat.modified_at,
    )
    if feed is None:
        identity = arrival_id(FeedName(""), seen.key, seen.version, seen.generation)
        yield replace(seen, id=identity, state=ArrivalState.UNROUTED)
        return
    told = False
    for generation in range(seen.generation, seen.generation + REPLAYS):
        identity = arrival_id(feed, seen.key, seen.version, generation)
        if identity in known.files or identity in known.dead:
            told = True
            yield _told(replace(seen, id=identity, generation=generation), known)
    if not told:
        identity = arrival_id(feed, seen.key, seen.version, seen.generation)
        yield replace(seen, id=identity)


def _told(arrival: Arrival, known: _Known) -> Arrival:
    """An arrival that a receipt or a log entry speaks of."""
    if arrival.id in known.dead:
        manifest, cause = known.dead[arrival.id]
        return replace(arrival, state=ArrivalState.DEAD, cause=cause, manifest=manifest)
    manifest, file = known.files[arrival.id]
    state = ArrivalState.SUPERSEDED if arrival.id in known.replaced else file.state
    return replace(arrival, state=state, cause=file.cause, manifest=manifest)


def _ordered(arrivals: list[Arrival]) -> Iterator[Arrival]:
    """Link each to the one it follows; what a newer, ended one overtook is superseded."""
    newest: dict[tuple[FeedName | None, Key], Arrival] = {}
    for arrival in sorted(arrivals, key=lambda each: each.generation):
        place = (arrival.feed, arrival.key)
        if place not in newest or newest[place].generation < arrival.generation:
            newest[place] = arrival
    for arrival in arrivals:
        overtaken = arrival.generation < newest[arrival.feed, arrival.key].generation
        waiting = arrival.state is ArrivalState.PENDING
        yield replace(arrival, state=ArrivalState.SUPERSEDED) if overtaken and waiting else arrival
