"""Arrivals whose place others take: earlier ones under the same keys."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.ports.engine import Conversion, Fate


def followed(world: World, members: Sequence[Arrival], conversion: Conversion) -> list[Arrival]:
    """Completed arrivals that the files just read take the place of."""
    results = zip(members, conversion.results, strict=True)
    return followed_by(world, [each for each, result in results if result.fate is Fate.READ])


def followed_by(world: World, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Completed arrivals under the same keys; of the same version, where versions stand apart."""
    later = [each for each in arrivals if each.generation > 1 and each.feed is not None]
    if not later or later[0].feed is None:
        return []
    visible = world.ledger.visible(later[0].feed, [each.key for each in later])
    feed = world.find_feed(later[0].feed)
    if feed is None or not feed.on_rewrite.apart:
        return visible
    versions = {version_of(each) for each in later}
    return [each for each in visible if version_of(each) in versions]


def version_of(arrival: Arrival) -> tuple[str, str, str]:
    """What all generations of one version under one key have in common."""
    return arrival.key, arrival.raw, arrival.version
