"""Which feeds the ledger has anything of, and in which order it came."""

from __future__ import annotations

from collections.abc import Iterable

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.table import Table
from headwater.model.ids import FeedName


class Feeds:
    """The feeds that were met; each is noted once a process."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._met: set[FeedName | None] = set()

    def meet(self, feeds: Iterable[FeedName | None]) -> None:
        """Note feeds, before anything of theirs is written."""
        unknown = set(feeds) - self._met
        items = [
            {"pk": places.FEEDS, "sk": f"F#{feed or places.UNROUTED}", "feed": feed or ""}
            for feed in unknown
        ]
        self._table.put_all(items)
        self._met |= unknown

    def known(self) -> list[FeedName | None]:
        """Every feed, by name; None, of the unrouted, last."""
        found = self._table.query("#pk = :pk", pk=places.FEEDS)
        return sorted(map(places.feed_of, found), key=lambda feed: (not feed, feed or ""))

    def number(self, count: int) -> range:
        """That many numbers in the order of registration."""
        first = self._table.count(places.NUMBERS, count)
        return range(first, first + count)
