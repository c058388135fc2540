"""What was refused is read again under the present configuration, doubling nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from headwater.flow.register import announcement
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId
from headwater.model.receipt import FileBooks
from headwater.points import point

REFUSED = (ArrivalState.QUARANTINED, ArrivalState.DEAD, ArrivalState.MISSING)
PAGE = 1_000


class Books:
    """What receipts say of arrivals, each receipt read once where its arrivals come together."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._manifest: ManifestId | None = None
        self._files: dict[ArrivalId, FileBooks] = {}

    def of(self, arrival: Arrival) -> FileBooks | None:
        """What the receipt says of one arrival; None before it is settled."""
        if arrival.manifest is None:
            return None
        if arrival.manifest != self._manifest:
            receipt = self._world.ledger.receipt(arrival.manifest)
            self._manifest = arrival.manifest
            self._files = {file.arrival: file for file in receipt.files} if receipt else {}
        return self._files.get(arrival.id)


def replay_refused(
    world: World, *, feed: FeedName | None = None, keys: Sequence[Key] = ()
) -> list[Arrival]:
    """Register every arrival with refused rows, or refused whole, with the next generation.

    Its commit takes the rows of the generation before away and adds the ones read now.
    """
    wanted = frozenset(keys)
    chosen = [
        arrival.id
        for arrival in refused_arrivals(world, feed=feed)
        if not wanted or arrival.key in wanted
    ]
    again = world.ledger.replay(chosen, world.clock())
    point("replay.k_of_n")
    world.queue.send([announcement(arrival.raw) for arrival in again])
    return again


def refused_arrivals(world: World, *, feed: FeedName | None = None) -> list[Arrival]:
    """Arrivals that are refused whole, or have refused rows, and are the newest of their key."""
    books = Books(world)
    refused = (
        arrival
        for arrival in pages(world, feed, (*REFUSED, ArrivalState.COMPLETED))
        if arrival.state in REFUSED
        or ((said := books.of(arrival)) is not None and said.books.quarantined)
    )
    return list(_newest(world, refused))


def pages(world: World, feed: FeedName | None, states: Sequence[ArrivalState]) -> Iterator[Arrival]:
    """Every arrival in these states, read page by page."""
    last: ArrivalId | None = None
    while page := world.ledger.arrivals(feed=feed, states=states, after=last, limit=PAGE):
        yield from page
        last = page[-1].id


def _newest(world: World, arrivals: Iterator[Arrival]) -> Iterable[Arrival]:
    while page := list(islice(arrivals, PAGE)):
        latest: set[ArrivalId] = set()
        for name in {arrival.feed for arrival in page if arrival.feed is not None}:
            keys = [arrival.key for arrival in page if arrival.feed == name]
            latest.update(each.id for each in world.ledger.newest(name, keys).values())
        yield from (arrival for arrival in page if arrival.id in latest)
