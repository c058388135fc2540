"""How settled arrivals start again: the same object and version, with the next generation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.batches import plan
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.feeds import Feeds
from headwater.adapters.aws.ledger.gathering import Row, again, gather
from headwater.adapters.aws.ledger.intake import add
from headwater.adapters.aws.ledger.items import read_arrival, state_of, under, write_arrival
from headwater.adapters.aws.ledger.known import newest_of
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import Item
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, FeedName, arrival_id

_REPLAYABLE = frozenset(
    {
        ArrivalState.COMPLETED,
        ArrivalState.QUARANTINED,
        ArrivalState.DEAD,
        ArrivalState.MISSING,
    }
)


def find(table: Table, arrivals: Iterable[ArrivalId]) -> list[Item]:
    """The items of these arrivals, in that order; those that are not there are passed over."""
    ids = list(dict.fromkeys(arrivals))
    named = table.get_all(map(places.named, ids))
    keys = [
        places.arrival_at(places.feed_of(name), name["key"], name["generation"])
        for name in (named.get(places.named(id_)) for id_ in ids)
        if name is not None
    ]
    found = table.get_all(keys)
    return [found[key] for key in keys if key in found]


@dataclass(slots=True)
class Replay:
    """One call of replay."""

    table: Table
    feeds: Feeds
    apart: bool
    token: str = field(default_factory=places.new_token)

    def each(self, arrivals: Sequence[ArrivalId]) -> list[Arrival]:
        """Start each again by itself."""
        done = (self._start(item) for item in find(self.table, arrivals))
        return [arrival for arrival in done if arrival is not None]

    def together(self, arrivals: Sequence[ArrivalId], feed: Feed, now: datetime) -> list[Arrival]:
        """Start them again as one manifest."""
        for _ in self.table.rounds("replay"):
            items = find(self.table, arrivals)
            again_ = self._rows([item for item in items if places.feed_of(item) == feed.name])
            if not again_:
                return []
            rows, numbers = [row for _, row in again_], self.feeds.number(len(again_))
            manifest = gather(self.table, plan(self.feeds, feed, rows, now, numbers))
            if manifest is not None:
                taken = set(manifest.arrivals)
                started = (again(read_arrival(item), row) for item, row in again_)
                state = ArrivalState.PROCESSING
                return [
                    replace(each, state=state, manifest=manifest.id)
                    for each in started
                    if each.id in taken
                ]
        return []

    def _start(self, item: Item) -> Arrival | None:
        numbers: list[int] = []
        for _ in self.table.rounds("replay"):
            family = list(under(self.table, places.feed_of(item), item["key"]))
            mine = next((each for each in family if each["token"] == self._token(item)), None)
            if mine is not None:  # an earlier try, whose answer was lost
                return replace(read_arrival(mine), state=ArrivalState.PENDING, manifest=None)
            row = self._row(item, family, family[0]["generation"] + 1)
            if row is None:
                return None
            numbers = numbers or list(self.feeds.number(1))
            arrival = again(read_arrival(item), row)
            new = {**write_arrival(arrival, numbers[0], self._token(item)), "again": True}
            try:
                pointer = self.table.get(places.raw_at(arrival.raw))
                self.table.write(*add(new, arrival, pointer))
            except Refused:
                continue
            return arrival
        return None

    def _rows(self, items: Sequence[Item]) -> list[tuple[Item, Row]]:
        rows: list[tuple[Item, Row]] = []
        taken: dict[str, int] = {}
        for item in items:
            family = list(under(self.table, places.feed_of(item), item["key"]))
            generation = taken.get(item["key"], int(family[0]["generation"])) + 1
            row = self._row(item, family, generation)
            if row is not None:
                taken[item["key"]] = generation
                rows.append((item, row))
        return rows

    def _row(self, item: Item, family: Sequence[Item], generation: int) -> Row | None:
        """How it starts again, if it is the latest of its kind and has ended."""
        latest = newest_of(each for each in family if not self.apart or _is_same(each, item))
        if latest is None or latest["id"] != item["id"] or state_of(latest) not in _REPLAYABLE:
            return None
        feed = places.feed_of(item) or FeedName(places.UNROUTED)
        id_ = arrival_id(feed, item["key"], item["version"], generation)
        return [id_, item["key"], generation, item["size_bytes"], item["generation"]]

    def _token(self, item: Item) -> str:
        return f"{self.token}-{item['id']}"


def _is_same(one: Item, other: Item) -> bool:
    return (one["raw"], one["version"]) == (other["raw"], other["version"])
