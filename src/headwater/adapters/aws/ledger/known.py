"""What the ledger knows of raw objects and keys, read as it is at the moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.items import state_of, under
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import Item, Key
from headwater.model.arrival import ArrivalState
from headwater.model.ids import FeedName, RawName
from headwater.model.ids import Key as ObjectKey
from headwater.ports.ledger import Sighting

Place = tuple[FeedName | None, ObjectKey]


class Known:
    """The pointers of raw objects, and the arrivals under keys, the greatest generation first.

    A key that nothing came under is the usual case, and takes no request of its own: its
    first generation is asked for together with those of the others.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._pointers: dict[RawName, Item] = {}
        self._pointed: dict[Key, Item] = {}
        self._under: dict[Place, list[Item]] = {}

    def look(self, sightings: Sequence[Sighting]) -> None:
        """Read what these sightings will be judged by."""
        firsts = {
            places.arrival_at(each.feed, each.key, 1): (each.feed, each.key) for each in sightings
        }
        raws = {places.raw_at(each.raw): each.raw for each in sightings}
        found = self._table.get_all([*firsts, *raws])
        self._pointers = {raw: found[at] for at, raw in raws.items() if at in found}
        self._under = {place: [] for at, place in firsts.items() if at not in found}
        self._pointed = self._table.get_all(map(_target, self._pointers.values()))

    def pointer(self, raw: RawName) -> Item | None:
        """What says which arrivals a raw object has."""
        return self._pointers.get(raw)

    def arrival(self, sighting: Sighting) -> Item | None:
        """The newest arrival of this raw object and version."""
        pointer = self._pointers.get(sighting.raw)
        if pointer is None:
            return None
        newest = self._pointed.get(_target(pointer))
        if newest is not None and newest["version"] == sighting.version:
            return newest
        return next(
            (
                item
                for feed, key in pointer["places"]
                for item in self.under(feed or None, key)
                if (item["raw"], item["version"]) == (sighting.raw, sighting.version)
            ),
            None,
        )

    def under(self, feed: FeedName | None, key: ObjectKey) -> list[Item]:
        """Every arrival under a key."""
        place = (feed, key)
        if place not in self._under:
            self._under[place] = list(under(self._table, feed, key))
        return self._under[place]

    def unrouted(self, raw: RawName) -> list[Item]:
        """The arrivals of a raw object that no feed matched."""
        pointer = self._pointers.get(raw)
        unrouted = [] if pointer is None else [key for feed, key in pointer["places"] if not feed]
        return [
            item
            for key in unrouted
            for item in self.under(None, key)
            if item["raw"] == raw and state_of(item) is ArrivalState.UNROUTED
        ]


def newest_of(items: Iterable[Item]) -> Item | None:
    """The greatest generation, duplicates aside, of arrivals in that order."""
    return next((item for item in items if state_of(item) is not ArrivalState.DUPLICATE), None)


def _target(pointer: Item) -> Key:
    return places.arrival_at(places.feed_of(pointer), pointer["key"], pointer["generation"])
