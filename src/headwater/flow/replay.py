"""What was refused is read again under the present configuration, doubling nothing."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.register import announcement
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import FeedName, Key
from headwater.model.receipt import FileBooks

REFUSED = (ArrivalState.QUARANTINED, ArrivalState.DEAD, ArrivalState.MISSING)


def replay_refused(
    world: World, *, feed: FeedName | None = None, keys: Sequence[Key] = ()
) -> list[Arrival]:
    """Register every arrival with refused rows, or refused whole, with the next generation.

    Its commit takes the rows of the generation before away and adds the ones read now.
    """
    chosen = [
        arrival.id
        for arrival in refused_arrivals(world, feed=feed)
        if not keys or arrival.key in keys
    ]
    again = world.ledger.replay(chosen, world.clock())
    world.queue.send([announcement(arrival.raw) for arrival in again])
    return again


def refused_arrivals(world: World, *, feed: FeedName | None = None) -> list[Arrival]:
    """Arrivals that are refused whole, or have refused rows, and are the newest of their key."""
    whole = pages(world, feed, REFUSED)
    partly = [
        arrival
        for arrival in pages(world, feed, (ArrivalState.COMPLETED,))
        if (books := books_of(world, arrival)) is not None and books.books.quarantined
    ]
    newest: list[Arrival] = []
    for arrival in (*whole, *partly):
        if arrival.feed is None:
            continue
        latest = world.ledger.newest(arrival.feed, [arrival.key]).get(arrival.key)
        if latest is not None and latest.id == arrival.id:
            newest.append(arrival)
    return newest


def pages(world: World, feed: FeedName | None, states: Sequence[ArrivalState]) -> list[Arrival]:
    """Every arrival in these states, page by page."""
    found: list[Arrival] = []
    while page := world.ledger.arrivals(
        feed=feed, states=states, after=found[-1].id if found else None
    ):
        found += page
    return found


def books_of(world: World, arrival: Arrival) -> FileBooks | None:
    """What the receipt says of one arrival; None before it is settled."""
    receipt = world.ledger.receipt(arrival.manifest) if arrival.manifest else None
    if receipt is None:
        return None
    return next((file for file in receipt.files if file.arrival == arrival.id), None)
