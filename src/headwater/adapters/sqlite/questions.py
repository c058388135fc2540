"""What the ledger is asked: reads that change nothing and wait for nobody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from headwater.adapters.sqlite.database import Database, Transaction
from headwater.adapters.sqlite.rows import (
    feed_or_none,
    listed,
    listed_or_null,
    micros,
    read_arrival,
    read_brought,
    read_manifest,
    read_manners,
    read_part,
    read_receipt,
    time_or_none,
)
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.codec import from_plain
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId, RawName, TableName
from headwater.model.manifest import Manifest, ManifestState
from headwater.model.manner import Manner
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.model.types import Schema
from headwater.ports.ledger import Brought, Spending, Standing, Work

PARTS_PAGE = 1_000


class Questions:
    """The reading half of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def arrival(self, arrival: ArrivalId) -> Arrival | None:
        """One arrival, or None."""
        row = self._one("arrival", id=arrival)
        return None if row is None else read_arrival(row)

    def members(self, manifest: ManifestId) -> list[Arrival]:
        """The manifest's arrivals, in its order."""
        return [read_arrival(row) for row in self._all("members", manifest=manifest)]

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
        narrow: dict[str, Any] = {"feed": feed, "states": listed_or_null(states), "limit": limit}
        query = "arrivals"
        if key is not None:
            query, narrow["key"] = "arrivals_under_key", key

        def page(tx: Transaction) -> list[tuple[Any, ...]]:
            place = (0,) if after is None else tx.one("place", id=after)
            return [] if place is None else tx.all(query, after=place[0], **narrow)

        return [read_arrival(row) for row in self._database.read(page)]

    def by_raw(self, raws: Iterable[RawName]) -> dict[RawName, Arrival]:
        """The newest arrival of each raw object that has one."""
        found = (read_arrival(row) for row in self._all("known", raws=listed(raws)))
        return {arrival.raw: arrival for arrival in found}  # in order: the last one stays

    def newest(self, feed: FeedName, keys: Iterable[Key]) -> dict[Key, Arrival]:
        """The arrival of the greatest generation under each key, duplicates aside."""
        found = (read_arrival(row) for row in self._all("newest", feed=feed, keys=listed(keys)))
        return {arrival.key: arrival for arrival in found}

    def latest(self, feed: FeedName, keys: Iterable[Key]) -> list[Arrival]:
        """The greatest generation of each version under these keys, duplicates aside."""
        rows = self._all("newest_apart", feed=feed, keys=listed(set(keys)))
        return [read_arrival(row) for row in rows]

    def visible(self, feed: FeedName, keys: Iterable[Key]) -> list[Arrival]:
        """Every completed arrival under these keys: whose rows a reader sees."""
        rows = self._all("visible", feed=feed, keys=listed(set(keys)))
        return [read_arrival(row) for row in rows]

    def landed_since(self, feed: FeedName, at: datetime) -> list[Arrival]:
        """Arrivals of the feed in any state that landed then or later, as they landed."""
        return [read_arrival(row) for row in self._all("landed_since", feed=feed, at=micros(at))]

    def manifest(self, manifest: ManifestId) -> Manifest | None:
        """One manifest, or None."""
        row = self._one("manifest", manifest=manifest)
        return None if row is None else read_manifest(row)

    def manifests(
        self, *, states: Sequence[ManifestState] = (), feed: FeedName | None = None
    ) -> list[Manifest]:
        """Manifests in the order they were written down; filters narrow it."""
        rows = self._all("manifests", feed=feed, states=listed_or_null(states))
        return [read_manifest(row) for row in rows]

    def receipt(self, manifest: ManifestId) -> Receipt | None:
        """The receipt of a committed manifest, or the staged one of one that is not."""
        row = self._one("receipt", manifest=manifest)
        return None if row is None else read_receipt(row[0])

    def receipts(self, *, feed: FeedName | None = None, limit: int = 100) -> list[Receipt]:
        """Receipts of committed manifests, the newest first."""
        return [read_receipt(row[0]) for row in self._all("receipts", feed=feed, limit=limit)]

    def spending(self, *, feed: FeedName | None = None, since: str = "") -> list[Spending]:
        """What settled receipts cost, by feed, month from `since` on, and currency."""
        begin = datetime.fromisoformat(f"{since}-01T00:00:00+00:00") if since else None
        settled_since = 0 if begin is None else micros(begin)
        rows = self._all("spending", feed=feed, since=since, settled_since=settled_since)
        return [replace(Spending(*row[:-1]), work=Work(row[-1])) for row in rows]

    def spent(self, feed: FeedName, month: str, currency: str) -> int:
        """What a feed's work of a month cost, in billionths of the currency."""
        begin = micros(datetime.fromisoformat(f"{month}-01T00:00:00+00:00"))
        row = self._one("spent", feed=feed, month=month, currency=currency, begin=begin)
        return int(row[0]) if row else 0

    def manners(self, feed: FeedName) -> list[Manner]:
        """How the files of the feed's latest settled receipt that tells are spelled."""
        row = self._one("manners", feed=feed)
        return [] if row is None else read_manners(row)

    def source(self, feed: FeedName) -> Schema:
        """The columns before the steps, of the feed's latest settled receipt that tells."""
        row = self._one("source", feed=feed)
        return Schema() if row is None else from_plain(Schema, json.loads(row[0]))

    def brought(self, table: TableName) -> list[Brought]:
        """What settled receipts of the table say of its columns, in the order of settling."""
        return [read_brought(row) for row in self._all("brought", table_name=table)]

    def parts(self, table: TableName) -> Iterator[Part]:
        """Every part a settled receipt wrote into the table, with its hash, by path."""
        after = ""
        while rows := self._all("parts", table_name=table, after=after, limit=PARTS_PAGE):
            yield from map(read_part, rows)
            after = rows[-1][0]

    def standing(self) -> list[Standing]:
        """How each feed stands, by name; None, the unrouted, last."""
        return self._database.read(_standings)

    def _all(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        return self._database.read(lambda tx: tx.all(query, **values))

    def _one(self, query: str, **values: Any) -> tuple[Any, ...] | None:
        return self._database.read(lambda tx: tx.one(query, **values))


def _standings(tx: Transaction) -> list[Standing]:
    arrivals = _by_feed(tx.all("arrivals_by_state"))
    manifests = _by_feed(tx.all("manifests_by_state"))
    pending = {feed: (size, oldest) for feed, size, oldest in tx.all("pending")}
    replaying = dict(tx.all("replaying"))
    feeds = sorted(arrivals.keys() | manifests.keys(), key=lambda feed: (not feed, feed))
    return [
        replace(
            _standing(feed, arrivals.get(feed, []), manifests.get(feed, []), pending.get(feed)),
            replaying=replaying.get(feed, 0),
        )
        for feed in feeds
    ]


def _by_feed(rows: list[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    grouped: dict[str, list[tuple[Any, ...]]] = {}
    for feed, *rest in rows:
        grouped.setdefault(feed, []).append(tuple(rest))
    return grouped


def _standing(
    feed: str,
    arrivals: list[tuple[Any, ...]],
    manifests: list[tuple[Any, ...]],
    pending: tuple[int, int] | None,
) -> Standing:
    size, oldest = pending or (0, None)
    retries = [retry for _, _, retry in manifests if retry is not None]
    return Standing(
        feed=feed_or_none(feed),
        arrivals={ArrivalState(state): count for state, count, _, _ in arrivals},
        manifests={ManifestState(state): count for state, count, _ in manifests},
        pending_bytes=size,
        oldest_pending=time_or_none(oldest),
        next_retry=time_or_none(min(retries, default=None)),
        rows_written=sum(written for _, _, written, _ in arrivals),
        rows_quarantined=sum(quarantined for _, _, _, quarantined in arrivals),
    )
