"""In which order files have landed: what decides which of two rows stays, whoever commits first."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.followed import followed_by, version_of
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId


def order_of(world: World, feed: Feed, members: Sequence[Arrival]) -> tuple[ArrivalId, ...]:
    """These arrivals and all that have landed behind the first of them, as they landed.

    Of one moment, as they were registered. A file that is read again keeps its place. To be
    asked after the table was looked at: whoever has rows there is registered by then.
    """
    if not feed.takes or not members:
        return ()
    first = min(each.landed_at for each in members)
    writers = {feed.name, *(each.name for each in world.feeds if each.table == feed.table)}
    every = [each for name in sorted(writers) for each in world.ledger.landed_since(name, first)]
    places: dict[tuple[object, ...], int] = {}
    for place, each in enumerate(every):
        places.setdefault(_first_reading(each), place)
    every.sort(key=lambda each: (each.landed_at, places[_first_reading(each)]))
    return tuple(each.id for each in every)


def follows(world: World, members: Sequence[Arrival]) -> dict[ArrivalId, tuple[ArrivalId, ...]]:
    """For each arrival those whose rows go once it is read."""
    before = followed_by(world, members)
    apart = {feed.name for feed in world.feeds if feed.on_rewrite.apart}
    return {
        each.id: tuple(
            other.id
            for other in before
            if other.key == each.key
            and (each.feed not in apart or version_of(other) == version_of(each))
        )
        for each in members
    }


def _first_reading(each: Arrival) -> tuple[object, ...]:
    """What an arrival has in common with those that read the same bytes again."""
    return each.feed, each.landed_at, version_of(each)
