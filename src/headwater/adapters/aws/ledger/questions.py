"""What the ledger is asked; every answer finishes first what somebody left half spread."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from headwater.adapters.aws.ledger import costs, landed, papers, places, settled
from headwater.adapters.aws.ledger.endings import finish_endings
from headwater.adapters.aws.ledger.feeds import Feeds
from headwater.adapters.aws.ledger.gathering import rows_of
from headwater.adapters.aws.ledger.items import read_arrival, read_manifest, state_of, under
from headwater.adapters.aws.ledger.known import newest_of
from headwater.adapters.aws.ledger.replays import find
from headwater.adapters.aws.ledger.schema import LISTED, WAITING
from headwater.adapters.aws.ledger.standings import standing_of
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import Item, one_of
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.codec import from_plain
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId, RawName, TableName
from headwater.model.manifest import ENDED, Manifest, ManifestState
from headwater.model.manner import Manner
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.model.types import Schema
from headwater.ports.ledger import Brought, Spending, Standing

_READ = 100  # manifests, together
_LIVE = frozenset(ManifestState) - ENDED


class Questions:
    """The reading half of the ledger."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._feeds = Feeds(table)

    def arrival(self, arrival: ArrivalId) -> Arrival | None:
        """One arrival, or None."""
        finish_endings(self._table)
        return next(map(read_arrival, find(self._table, [arrival])), None)

    def members(self, manifest: ManifestId) -> list[Arrival]:
        """The manifest's arrivals, in its order."""
        finish_endings(self._table)
        head = self._table.get(places.manifest_at(manifest))
        if head is None:
            return []
        feed = FeedName(head["feed"])
        keys = [
            places.arrival_at(feed, Key(str(row[1])), int(row[2]))
            for row in rows_of(self._table, head)
        ]
        found = self._table.get_all(keys)
        return [read_arrival(found[key]) for key in keys]

    def arrivals(
        self,
        *,
        feed: FeedName | None = None,
        states: Sequence[ArrivalState] = (),
        key: Key | None = None,
        after: ArrivalId | None = None,
        limit: int = 1000,
    ) -> list[Arrival]:
        """Arrivals in the order of registration, a page behind `after`; filters narrow it."""
        finish_endings(self._table)
        number = 0
        if after is not None:
            found = find(self._table, [after])
            if not found:
                return []
            number = found[0]["seq"]
        items: Iterable[Item]
        if key is not None:
            items = self._under_key(key, feed, states, number)
        else:
            feeds = self._feeds.known() if feed is None else [feed]
            if set(states) == {ArrivalState.PENDING}:
                items = self._pending(feeds, number)
            else:
                items = self._listed(map(places.arrivals_of, feeds), states, number, limit)
        return [read_arrival(item) for item in islice(items, limit)]

    def by_raw(self, raws: Iterable[RawName]) -> dict[RawName, Arrival]:
        """The newest arrival of each raw object that has one."""
        finish_endings(self._table)
        pointers = self._table.get_all(map(places.raw_at, raws))
        keys = [
            places.arrival_at(places.feed_of(item), item["key"], item["generation"])
            for item in pointers.values()
        ]
        found = map(read_arrival, self._table.get_all(keys).values())
        return {arrival.raw: arrival for arrival in found}

    def newest(self, feed: FeedName, keys: Iterable[Key]) -> dict[Key, Arrival]:
        """The arrival of the greatest generation under each key, duplicates aside."""
        finish_endings(self._table)
        met = self._met(feed, keys)
        found = ((key, newest_of(under(self._table, feed, key))) for key in met)
        return {key: read_arrival(item) for key, item in found if item is not None}

    def latest(self, feed: FeedName, keys: Iterable[Key]) -> list[Arrival]:
        """The greatest generation of each version under these keys, duplicates aside."""
        finish_endings(self._table)
        found: dict[tuple[Key, RawName, str], Arrival] = {}
        for item in self._family(feed, keys):
            if state_of(item) is not ArrivalState.DUPLICATE:
                found.setdefault((item["key"], item["raw"], item["version"]), read_arrival(item))
        return sorted(found.values(), key=lambda arrival: arrival.generation)

    def visible(self, feed: FeedName, keys: Iterable[Key]) -> list[Arrival]:
        """Every completed arrival under these keys: whose rows a reader sees."""
        finish_endings(self._table)
        family = self._family(feed, keys)
        found = (item for item in family if state_of(item) is ArrivalState.COMPLETED)
        return [read_arrival(item) for item in sorted(found, key=lambda item: item["seq"])]

    def landed_since(self, feed: FeedName, at: datetime) -> list[Arrival]:
        """Arrivals of the feed in any state that landed then or later, as they landed."""
        finish_endings(self._table)
        return [read_arrival(item) for item in landed.since(self._table, feed, at)]

    def manifest(self, manifest: ManifestId) -> Manifest | None:
        """One manifest, or None."""
        head = self._table.get(places.manifest_at(manifest))
        return None if head is None else next(self._manifests([head]))

    def manifests(
        self, *, states: Sequence[ManifestState] = (), feed: FeedName | None = None
    ) -> list[Manifest]:
        """Manifests in the order they were written down; filters narrow it."""
        if states and _LIVE.issuperset(states):
            heads = self._alive(feed, states)
        else:
            feeds = self._feeds.known() if feed is None else [feed]
            lists = [places.manifests_of(each) for each in feeds if each is not None]
            heads = self._listed(lists, states, 0)
        return list(self._manifests(heads))

    def receipt(self, manifest: ManifestId) -> Receipt | None:
        """The receipt of a committed manifest, or the staged one of one that is not."""
        head = self._table.get(places.manifest_at(manifest))
        if head is None or "receipt" not in head:
            return None
        return from_plain(Receipt, papers.read(self._table, manifest, head["receipt"]))

    def receipts(self, *, feed: FeedName | None = None, limit: int = 100) -> list[Receipt]:
        """Receipts of committed manifests, the newest first."""
        found = settled.entries(self._table, self._of(feed), newest_first=True)
        return list(islice(settled.receipts(self._table, islice(found, limit)), limit))

    def spending(self, *, feed: FeedName | None = None, since: str = "") -> list[Spending]:
        """What settled receipts cost, by feed, month from `since` on, and currency."""
        return costs.spending(self._table, self._of(feed), since)

    def spent(self, feed: FeedName, month: str, currency: str) -> int:
        """What a feed's work of a month cost, in billionths of the currency."""
        return costs.spent(self._table, feed, month, currency)

    def manners(self, feed: FeedName) -> list[Manner]:
        """How the files of the feed's latest settled receipt that tells are spelled."""
        told = self._last_told(feed, "manners") or []
        return [from_plain(Manner, each) for each in told]

    def source(self, feed: FeedName) -> Schema:
        """The columns before the steps, of the feed's latest settled receipt that tells."""
        told = self._last_told(feed, "source")
        return Schema() if told is None else from_plain(Schema, told)

    def brought(self, table: TableName) -> list[Brought]:
        """What settled receipts of the table say of its columns, in the order of settling."""
        found = settled.entries(self._table, self._feeds.known(), tells="changes")
        return [_brought(entry) for entry in found if entry["table"] == table]

    def parts(self, table: TableName) -> Iterator[Part]:
        """Every part a settled receipt wrote into the table, with its hash."""
        for entry in settled.entries(self._table, self._feeds.known()):
            if entry["table"] == table and "parts" in entry:
                plain = papers.read(self._table, entry["manifest"], entry["parts"])
                yield from (from_plain(Part, each) for each in plain)

    def standing(self) -> list[Standing]:
        """How each feed stands, by name; None, the unrouted, last."""
        finish_endings(self._table)
        found = (standing_of(self._table, feed) for feed in self._feeds.known())
        return [each for each in found if each.arrivals or each.manifests]

    def _of(self, feed: FeedName | None) -> Sequence[FeedName | None]:
        return self._feeds.known() if feed is None else [feed]

    def _last_told(self, feed: FeedName, name: str) -> Any:
        found = settled.entries(self._table, [feed], newest_first=True, tells=name)
        entry = next(found, None)
        return None if entry is None else settled.told(entry, name)

    def _family(self, feed: FeedName, keys: Iterable[Key]) -> Iterator[Item]:
        for key in self._met(feed, keys):
            yield from under(self._table, feed, key)

    def _met(self, feed: FeedName, keys: Iterable[Key]) -> list[Key]:
        """Those keys that anything came under: asked for together, as most are new."""
        firsts = {places.arrival_at(feed, key, 1): key for key in keys}
        found = self._table.get_all(firsts)
        return [key for at, key in firsts.items() if at in found]

    def _under_key(
        self, key: Key, feed: FeedName | None, states: Sequence[ArrivalState], number: int
    ) -> list[Item]:
        found = self._table.query("#pk = :pk", pk=places.under_key(key))
        return sorted(
            (
                item
                for item in found
                if item["seq"] > number
                and (feed is None or item["feed"] == feed)
                and (not states or state_of(item) in states)
            ),
            key=lambda item: item["seq"],
        )

    def _pending(self, feeds: Iterable[FeedName | None], number: int) -> Iterator[Item]:
        """What waits has an index of its own: the many that have ended are not read."""
        listed = [
            self._table.query(
                "#waits = :feed AND #seq > :number",
                index=WAITING,
                page=_READ,
                feed=feed,
                number=number,
            )
            for feed in feeds
            if feed is not None
        ]
        for some in batched(heapq.merge(*listed, key=lambda item: item["seq"]), _READ):
            keys = [(item["pk"], item["sk"]) for item in some]
            found = self._table.get_all(keys)
            waiting = (found[key] for key in keys if key in found)
            yield from (item for item in waiting if state_of(item) is ArrivalState.PENDING)

    def _listed(
        self, lists: Iterable[str], states: Sequence[str], number: int, limit: int | None = None
    ) -> Iterator[Item]:
        where, chosen = one_of("state", states) if states else (None, {})
        values: dict[str, Any] = {"number": number, **chosen}
        page = None if states else limit  # of what is read, not of what fits
        found = [
            self._table.query(
                "#list = :list AND #seq > :number",
                index=LISTED,
                where=where,
                page=page,
                list=each,
                **values,
            )
            for each in lists
        ]
        return heapq.merge(*found, key=lambda item: item["seq"])

    def _alive(self, feed: FeedName | None, states: Sequence[ManifestState]) -> Iterator[Item]:
        work = self._table.query("#pk = :pk", pk=places.WORK)
        mine = (item for item in work if feed is None or item["feed"] == feed)
        for some in batched(mine, _READ):
            keys = [places.manifest_at(item["manifest"]) for item in some]
            heads = self._table.get_all(keys)
            yield from (
                heads[key] for key in keys if key in heads and heads[key]["state"] in states
            )

    def _manifests(self, heads: Iterable[Item]) -> Iterator[Manifest]:
        for some in batched(heads, _READ):
            wanted = [(head["id"], head["members"]) for head in some if head["members"]]
            rows = papers.read_all(self._table, wanted)
            for head in some:
                mine = rows.get((head["id"], head["members"]), ())
                yield read_manifest(head, tuple(ArrivalId(str(row[0])) for row in mine))


def _brought(entry: Item) -> Brought:
    changes = settled.told(entry, "changes")
    at = places.time_at(entry["finished_at"])
    return from_plain(
        Brought,
        {
            "feed": entry["feed"],
            "manifest": entry["manifest"],
            "version": entry.get("version"),
            "at": at.isoformat().replace("+00:00", "Z"),
            "changes": changes,
        },
    )
