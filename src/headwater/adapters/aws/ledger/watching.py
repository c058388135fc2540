"""What the ledger knows over time: periods, events, who was told, runs of checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from headwater.adapters.aws.ledger import came, checked, events, places, settled
from headwater.adapters.aws.ledger.endings import finish_endings
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.questions import Questions
from headwater.adapters.aws.ledger.table import batched
from headwater.adapters.aws.ledger.writes import ABSENT, Item, update
from headwater.model.event import Event, Happening
from headwater.model.ids import ArrivalId, FeedName
from headwater.model.standing import Came
from headwater.points import point
from headwater.ports.watching import Batch, CheckRun, Halt, Wanted

_WATCHES = "WATCH"
_READ = 100


class Watchings(Questions):
    """The half of the ledger that knows what is expected, and what was told."""

    def came(
        self, feed: FeedName, wanted: Sequence[Wanted], *, least: int = 1
    ) -> Mapping[tuple[int, int], Came]:
        """What came of each pattern in each period, by their numbers; nothing where none did."""
        finish_endings(self._table)
        return came.came(self._table, feed, wanted, least)

    def landed(self, feed: FeedName, start: datetime, stop: datetime) -> Mapping[ArrivalId, int]:
        """Completed arrivals under keys of which a version landed then, and their records."""
        finish_endings(self._table)
        found = came.landed_within(self._table, feed, start, stop)
        return came.records(self._table, feed, dict.fromkeys(item["key"] for item in found))

    def first_landed(self, feed: FeedName) -> datetime | None:
        """When the first file of the feed landed that the ledger knows."""
        return came.first_landed(self._table, feed)

    def watch(self, feed: FeedName | None, now: datetime) -> None:
        """Note that somebody looks at the feed, or None: at the lake; the first time is kept."""
        at = (_WATCHES, f"F#{feed or places.UNROUTED}")
        looked = places.micros(now)
        for write in (
            update(at, {"since": looked, "looked": looked}, when=ABSENT),
            update(at, {"looked": looked}, when="#looked < :now", now=looked),
        ):
            try:
                self._table.write(write)
            except Refused:
                continue
            return

    def watched(self, feed: FeedName | None) -> tuple[datetime, datetime] | None:
        """When somebody first and last looked, or None where nobody has."""
        item = self._table.get((_WATCHES, f"F#{feed or places.UNROUTED}"))
        if item is None:
            return None
        return places.time_at(item["since"]), places.time_at(item["looked"])

    def record(self, happenings: Sequence[Happening]) -> int:
        """Make events of what was not so before of its subject; answer how many."""
        if not happenings:
            return 0
        recorded = events.record(self._table, happenings)
        point("notify.recorded")
        return recorded

    def dead_batches(self, since: datetime, limit: int = 100) -> list[Batch]:
        """Manifests written down since then that were given up, and of which there is no event."""
        found = self._table.query(
            "#pk = :pk AND #sk >= :since", pk=places.DEAD, since=places.sortable(since)
        )
        return [
            Batch(item["feed"], item["manifest"], item.get("code"), item.get("error"))
            for item in islice(self._without_event(found), limit)
        ]

    def refusing_batches(self, since: datetime, limit: int = 100) -> list[Batch]:
        """Batches settled since then that refused anything, and of which there is no event."""
        found = settled.entries(self._table, self._feeds.known(), since=since)
        refusing = (item for item in found if _refuses(item))
        return [
            Batch(
                item["feed"],
                item["manifest"],
                rows=item["rows_refused"],
                files=item["files_refused"],
            )
            for item in islice(self._without_event(refusing), limit)
        ]

    def meet(self, notifier: str) -> None:
        """Note a notifier that is not known: it is told what is recorded from now on."""
        events.meet(self._table, notifier)

    def untold(
        self, notifier: str, now: datetime, until: datetime, limit: int = 100
    ) -> list[Event]:
        """Take events that a notifier is to be told, in order; nobody else gets them until then."""
        return events.untold(self._table, notifier, now, until, limit)

    def told(self, notifier: str, event: int, busy_until: datetime) -> None:
        """Note up to which event it was told, and when it may next be taken."""
        events.told(self._table, notifier, event, busy_until)

    def halt(self, halts: Sequence[Halt]) -> None:
        """Keep what checks found in batches that were halted; the first word of each is kept."""
        checked.keep(self._table, halts)

    def check_runs(self, feed: FeedName, runs: int) -> list[CheckRun]:
        """What the checks of a feed found in its last batches, the oldest first."""
        return checked.runs(self._table, feed, runs)

    def failing_since(self, feed: FeedName) -> Mapping[str, datetime]:
        """Since when each check fails that failed in its last run."""
        return checked.failing_since(self._table, feed)

    def _without_event(self, batches: Iterable[Item]) -> Iterator[Item]:
        for some in batched(batches, _READ):
            keys = [places.subject_at(item["feed"], item["manifest"]) for item in some]
            known = events.subjects_of(self._table, keys)
            yield from (item for item, key in zip(some, keys, strict=True) if key not in known)


def _refuses(entry: Item) -> bool:
    return bool(entry.get("rows_refused") or entry.get("files_refused"))
