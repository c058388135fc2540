"""Raw objects become arrivals: measured once, known for ever."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from os.path import commonprefix
from pathlib import Path

from headwater.errors import HeadwaterError, ObjectMissing, SourceMissing
from headwater.flow.lying import measure_raws
from headwater.flow.route import generation_of, key_of, route
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.feed import Feed
from headwater.model.ids import FeedName, Key, RawName
from headwater.points import point
from headwater.ports.ledger import Registration, Sighting
from headwater.ports.store import Stat
from headwater.reading.counter import counter
from headwater.reading.measure import Measure

_logger = logging.getLogger(__name__)


def announcement(raw: RawName) -> str:
    """The body of the message that says a raw object is there."""
    return json.dumps({"raw": raw})


def register(world: World, stats: Sequence[Stat]) -> list[Registration]:
    """The same of objects that a listing or a look has shown."""
    return register_raws(world, [RawName(stat.name) for stat in stats])


def register_raws(world: World, raws: Sequence[RawName]) -> list[Registration]:
    """Measure objects that lie in the raw zone and make arrivals of them.

    Whoever put them there may not have synced them: what the ledger knows of has to last.
    One that is gone, is being written while it is measured, or cannot be read is passed
    over, so that it does not stop its neighbours: it is announced or found again.
    """
    feed_of = {raw: route(world.feeds, key_of(raw)) for raw in raws}
    measures = _secured(
        world, raws, measure_raws(world, raws, lambda raw: counter(feed_of[raw], Path(raw)))
    )
    sightings = []
    for raw, measured in zip(raws, measures, strict=True):
        if isinstance(measured, HeadwaterError):
            if not isinstance(measured, SourceMissing | ObjectMissing):
                _logger.warning("%s is not registered: %s", raw, measured)
            continue
        sightings.append(sighting(world, raw, feed_of[raw], measured))
    if not sightings:
        return []
    point("in.before_register")
    registrations = world.ledger.register(sightings)
    point("in.after_register")
    return registrations


def register_older(world: World, taken: Collection[RawName]) -> None:
    """Register what lies beside these objects, under the same keys, and nobody knows of.

    Whoever landed it died before it was registered. It is older than these: found later, it
    would take the place of the newer version.
    """
    generations = {key_of(raw): generation_of(raw) for raw in taken if generation_of(raw) > 1}
    if not generations:
        return
    prefix = commonprefix(list(generations))  # noqa: RUF071 - of names, letter by letter
    beside = [
        stat
        for stat in world.zones.raw.list(prefix)
        if _is_earlier(RawName(stat.name), generations) and stat.name not in taken
    ]
    known = world.ledger.by_raw(RawName(stat.name) for stat in beside)
    register(world, [stat for stat in beside if RawName(stat.name) not in known])


def _is_earlier(raw: RawName, generations: Mapping[Key, int]) -> bool:
    return generation_of(raw) <= generations.get(key_of(raw), 0)


def _secured(
    world: World, raws: Sequence[RawName], measures: Sequence[Measure | HeadwaterError]
) -> list[Measure | HeadwaterError]:
    """The measures, but for those of objects that cannot be made to last."""
    if world.zones.raw.abilities.lasting:
        return list(measures)
    good = [
        raw
        for raw, each in zip(raws, measures, strict=True)
        if not isinstance(each, HeadwaterError)
    ]
    refused = dict(zip(good, world.zones.raw.secure(good), strict=True)) if good else {}
    return [refused.get(raw) or each for raw, each in zip(raws, measures, strict=True)]


def sighting(world: World, raw: RawName, feed: Feed | None, measured: Measure) -> Sighting:
    """What the ledger is told of a raw object."""
    return Sighting(
        feed=FeedName(feed.name) if feed else None,
        key=key_of(raw),
        raw=raw,
        version=measured.digest,
        size_bytes=measured.size_bytes,
        stamp=measured.stamp,
        records=measured.records,
        landed_at=world.clock(),
        apart=feed is not None and feed.on_rewrite.apart,
    )


def is_known(
    world: World, stats: Sequence[Stat], known: Mapping[RawName, Arrival] | None = None
) -> list[bool]:
    """For each object, whether the ledger has this very content and nothing is to be done.

    `known` is what the ledger has of them, where somebody has just asked.
    """
    if known is None:
        known = world.ledger.by_raw(RawName(stat.name) for stat in stats)
    answers = []
    for stat in stats:
        arrival = known.get(RawName(stat.name))
        same = arrival is not None and arrival.stamp == stat.stamp
        if arrival is not None and arrival.state is ArrivalState.UNROUTED:
            same = same and route(world.feeds, key_of(arrival.raw)) is None
        answers.append(same)
    return answers
