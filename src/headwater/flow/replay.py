"""Which arrivals stand, and which of them were refused: what a replay is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId
from headwater.model.receipt import FileBooks

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


def refused_arrivals(world: World, *, feed: FeedName | None = None) -> list[Arrival]:
    """Arrivals that are refused whole, or have refused rows, and are the newest of their key."""
    books = Books(world)
    refused = (
        arrival
        for arrival in pages(world, feed, (*REFUSED, ArrivalState.COMPLETED))
        if arrival.state in REFUSED
        or ((said := books.of(arrival)) is not None and said.books.quarantined)
    )
    return list(standing(world, refused))


def pages(world: World, feed: FeedName | None, states: Sequence[ArrivalState]) -> Iterator[Arrival]:
    """Every arrival in these states, read page by page."""
    last: ArrivalId | None = None
    while page := world.ledger.arrivals(feed=feed, states=states, after=last, limit=PAGE):
        yield from page
        last = page[-1].id


def current(world: World, feed: FeedName, keys: Iterable[Key]) -> dict[ArrivalId, Arrival]:
    """The arrivals that stand under these keys: one each, or one of each version."""
    declared = world.find_feed(feed)
    if declared is None or not declared.on_rewrite.apart:
        return {each.id: each for each in world.ledger.newest(feed, keys).values()}
    found = world.ledger.latest(feed, keys)
    return {each.id: each for each in found if each.state is not ArrivalState.SUPERSEDED}


def standing(world: World, arrivals: Iterator[Arrival]) -> Iterator[Arrival]:
    """Those of the arrivals that no later one has followed."""
    while page := list(islice(arrivals, PAGE)):
        latest: set[ArrivalId] = set()
        for name in {arrival.feed for arrival in page if arrival.feed is not None}:
            keys = [arrival.key for arrival in page if arrival.feed == name]
            latest.update(current(world, name, keys))
        yield from (arrival for arrival in page if arrival.id in latest)
