"""The ledger made anew from what lies in the raw zone and what the logs say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from headwater.errors import HeadwaterError, LedgerError
from headwater.flow.commit import write_off
from headwater.flow.lying import measure_raw
from headwater.flow.records import FORGOTTEN, End, Records, manifest_objects, read_records
from headwater.flow.route import generation_of, key_of, route
from headwater.flow.smoke import data_of
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import (
    ArrivalId,
    Digest,
    FeedName,
    Key,
    RawName,
    arrival_id,
)
from headwater.ports.ledger import Ledger
from headwater.ports.store import Stat
from headwater.reading.counter import counter
from headwater.reading.measure import Measure

REPLAYS = 64
"""Generations that are looked for behind those whose ends are written down."""

_UNKNOWN = Digest("")  # nothing says any more what the bytes were
_ASIDE = frozenset({ArrivalState.DUPLICATE, ArrivalState.STALE})
_Place = tuple[FeedName | None, Key]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the new ledger holds."""

    arrivals: int
    manifests: int
    parts: int
    pending: int  # raw objects that no log or receipt speaks of: they are converted next


def rebuild(world: World, fresh: Ledger) -> Rebuilt:
    """Fill an empty ledger from raw and log; attempts, retry times and waits are not in them."""
    _fence_unended(world)
    known = read_records(world)
    arrivals = _arrivals(world, known)
    fresh.load(arrivals, known.manifests.values(), known.parts)
    fresh.halt(known.halts)
    fresh.upkeep(known.upkeep)
    pending = sum(arrival.state is ArrivalState.PENDING for arrival in arrivals)
    return Rebuilt(len(arrivals), len(known.manifests), len(known.parts), pending)


def require_ledger(world: World) -> None:
    """Refuse to start from an empty ledger where tables have rows: they would come twice."""
    if world.ledger.arrivals(limit=1):
        return
    for table in world.tables.names():
        if any(entry.manifest is not None for entry in world.tables.log(table)):
            raise LedgerError(
                f"the ledger is empty, but table {table} holds what it should know of",
                hint="make it anew from raw and log: headwater verify --rebuild",
            )


def _fence_unended(world: World) -> None:
    """Whoever still works from the old ledger is refused, since the new one starts it again."""
    for manifest, ended in manifest_objects(world):
        if ended:
            continue
        if world.tables.snapshot(manifest.table) is None:
            write_off(world, manifest, FORGOTTEN)
        elif world.tables.committed(manifest.table, manifest.id) is None:
            write_off(world, manifest, FORGOTTEN)
            world.tables.fence(manifest.table, [manifest.id])


def _arrivals(world: World, known: Records) -> list[Arrival]:
    """Arrivals of each raw object, in the order in which they landed."""
    told: dict[ArrivalId, Arrival] = {}
    untold: list[Arrival] = []
    for seen in sorted(_objects(world), key=_versions_first):
        # Another object may bear the same bytes under the same key: then this is its duplicate.
        found = [each for each in _told(seen, known) if each.id not in told]
        told.update((each.id, each) for each in found)
        untold += [] if found else [seen]
    gone = _without_object(known, told.values())
    everyone = [*told.values(), *gone]
    apart = {FeedName(feed.name) for feed in world.feeds if feed.on_rewrite.apart}
    return list(_superseded([*everyone, *_placed(untold, everyone, apart)], apart))


def _objects(world: World) -> Iterator[Arrival]:
    """What lies in the raw zone, as it would arrive for the first time."""
    for stat in data_of(world.zones.raw.list()):
        raw = RawName(stat.name)
        feed = route(world.feeds, key_of(raw))
        try:
            lying = measure_raw(world, raw, counter(feed, Path(raw)))
        except HeadwaterError:
            continue  # gone while we looked, or unreadable: reconcile says so
        yield _seen(stat, FeedName(feed.name) if feed else None, lying)


def _versions_first(seen: Arrival) -> tuple[bool, datetime, RawName]:
    """Objects whose names say their generation go first: they know best what they are."""
    return generation_of(seen.raw) == 1, seen.landed_at, seen.raw


def _seen(stat: Stat, feed: FeedName | None, measured: Measure) -> Arrival:
    raw = RawName(stat.name)
    return Arrival(
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


def _told(seen: Arrival, known: Records) -> Iterator[Arrival]:
    """The arrivals of an object whose ends are written down, whatever its feed is called now."""
    feeds = known.feeds.get(seen.key, set()) | known.dead | ({seen.feed} if seen.feed else set())
    for feed in sorted(feeds):
        # Not below what its name says: the same bytes may lie there as an older version, too.
        for generation in range(seen.generation, seen.generation + REPLAYS):
            identity = arrival_id(feed, seen.key, seen.version, generation)
            if identity in known.ends:
                arrival = replace(seen, id=identity, feed=feed, generation=generation)
                yield _ended(arrival, known.ends[identity], known)


def _ended(arrival: Arrival, end: End, known: Records) -> Arrival:
    state = ArrivalState.SUPERSEDED if arrival.id in known.replaced else end.state
    landed_at = end.landed_at or arrival.landed_at
    return replace(
        arrival, state=state, cause=end.cause, manifest=end.manifest, landed_at=landed_at
    )


def _without_object(known: Records, told: Iterable[Arrival]) -> Iterator[Arrival]:
    """Arrivals whose raw bytes are gone: their rows may be visible, and have to be replaceable."""
    there = {arrival.id for arrival in told}
    taken: dict[_Place, set[int]] = defaultdict(set)
    for arrival in told:
        taken[arrival.feed, arrival.key].add(arrival.generation)
    for identity, end in known.ends.items():
        if identity in there or end.key is None:
            continue
        generations = taken[end.feed, end.key]
        generation = next(free for free in count(1) if free not in generations)
        generations.add(generation)
        gone = Arrival(
            id=identity,
            feed=end.feed,
            key=end.key,
            raw=RawName(end.key),
            version=_UNKNOWN,
            generation=generation,
            size_bytes=end.size_bytes,
            stamp="",
            records=None,
            landed_at=known.manifests[end.manifest][1].started_at,
        )
        yield _ended(gone, end, known)


def _placed(
    untold: Iterable[Arrival], told: Sequence[Arrival], apart: Container[FeedName]
) -> Iterator[Arrival]:
    """Objects that nothing is written of, in the places that their names say.

    Two of them may have landed for one place: then the later is the newer version. Of feeds
    whose versions stand apart, each with bytes of its own is one.
    """
    stand = {
        (each.feed, each.key, each.version): each
        for each in told
        if each.feed in apart and each.state is not ArrivalState.SUPERSEDED
    }
    held = {(each.feed, each.key, each.generation): each for each in told}
    newest = {(each.feed, each.key): each for each in sorted(told, key=_generation)}
    taken = set(held)
    for seen in sorted(untold, key=_generation):
        place = (seen.feed, seen.key)
        before = newest.get(place)
        generation = seen.generation
        if before is not None and (*place, generation) in taken:
            generation = before.generation + 1
        feed = seen.feed or FeedName("")
        arrival = replace(
            seen,
            id=arrival_id(feed, seen.key, seen.version, generation),
            generation=generation,
            state=_state(
                seen,
                stand.get((*place, seen.version), before),
                held.get((*place, seen.generation)),
            ),
            replaces=before.id if before else None,
        )
        taken.add((*place, generation))
        if seen.feed in apart:
            stand.setdefault((*place, seen.version), arrival)
        if before is None or generation > before.generation:
            newest[place] = arrival
        yield arrival


def _state(seen: Arrival, before: Arrival | None, holder: Arrival | None) -> ArrivalState:
    if seen.feed is None:
        return ArrivalState.UNROUTED
    if before is not None and before.version == seen.version:
        return ArrivalState.DUPLICATE
    if holder is not None and holder.raw != seen.raw:
        return ArrivalState.STALE  # landed for a place that a version took which is done
    return ArrivalState.PENDING


def _superseded(arrivals: Iterable[Arrival], apart: Container[FeedName]) -> Iterator[Arrival]:
    """What a newer version or generation overtook: before it was read, or by being completed.

    Of feeds whose versions stand apart, only a generation of the same version does.
    """

    def place(each: Arrival) -> tuple[str | None, ...]:
        own = (each.raw, each.version) if each.feed in apart else ()
        return each.feed, each.key, *own

    newest: dict[tuple[str | None, ...], int] = {}
    completed: dict[tuple[str | None, ...], int] = {}
    arrivals = sorted(arrivals, key=_registration)
    for each in arrivals:
        if each.state not in _ASIDE:
            newest[place(each)] = max(each.generation, newest.get(place(each), 0))
        if each.state is ArrivalState.COMPLETED:
            completed[place(each)] = max(each.generation, completed.get(place(each), 0))
    for each in arrivals:
        limits = {
            ArrivalState.PENDING: newest,
            ArrivalState.QUARANTINED: completed,
            ArrivalState.DEAD: completed,
            ArrivalState.MISSING: completed,
        }.get(each.state, {})
        overtaken = each.generation < limits.get(place(each), 0)
        yield replace(each, state=ArrivalState.SUPERSEDED) if overtaken else each


def _registration(arrival: Arrival) -> tuple[bool, datetime, int, RawName]:
    """The order of registration: what lies under a name came after what is gone from there."""
    return arrival.version != _UNKNOWN, arrival.landed_at, arrival.generation, arrival.raw


def _generation(arrival: Arrival) -> int:
    return arrival.generation
