"""What the ledger knows over time, in SQLite: periods, events, who was told, runs of checks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headwater.adapters.sqlite.database import Transaction
from headwater.adapters.sqlite.questions import Questions
from headwater.adapters.sqlite.rows import UNROUTED, micros, time_at, time_or_none
from headwater.model.checks import Action
from headwater.model.codec import to_plain
from headwater.model.event import Event, EventKind, Happening
from headwater.model.ids import ArrivalId, FeedName
from headwater.model.standing import Came
from headwater.points import point
from headwater.ports.watching import Batch, CheckRun, Halt, Wanted

_LAST = "\U0010ffff"  # sorts behind whatever a name goes on with


class Watchings(Questions):
    """The half of the ledger that knows what is expected, and what was told."""

    def came(
        self, feed: FeedName, wanted: Sequence[Wanted], *, least: int = 1
    ) -> Mapping[tuple[int, int], Came]:
        """What came of each pattern in each period, by their numbers; nothing where none did."""
        listed = json.dumps([_wanted(each) for each in wanted])
        rows = self._all("came", feed=feed, wanted=listed, least=max(least, 1))
        return {(period, pattern): _came(figures) for period, pattern, *figures in rows}

    def landed(self, feed: FeedName, start: datetime, stop: datetime) -> Mapping[ArrivalId, int]:
        """Completed arrivals under keys of which a version landed then, and their records."""
        return dict(self._all("landed_within", feed=feed, start=micros(start), stop=micros(stop)))

    def first_landed(self, feed: FeedName) -> datetime | None:
        """When the first file of the feed landed that the ledger knows."""
        row = self._one("first_landed", feed=feed)
        return None if row is None else time_or_none(row[0])

    def watch(self, feed: FeedName | None, now: datetime) -> None:
        """Note that somebody looks at the feed, or None: at the lake; the first time is kept."""
        name = feed or UNROUTED
        self._database.write(lambda tx: tx.run("watch", feed=name, now=micros(now)))

    def watched(self, feed: FeedName | None) -> tuple[datetime, datetime] | None:
        """When somebody first and last looked, or None where nobody has."""
        row = self._one("watched", feed=feed or UNROUTED)
        return None if row is None else (time_at(row[0]), time_at(row[1]))

    def record(self, happenings: Sequence[Happening]) -> int:
        """Make events of what was not so before of its subject; answer how many."""
        rows = [_happening(each) for each in happenings]
        if not rows:
            return 0

        def write(tx: Transaction) -> int:
            return tx.each("record", rows)

        recorded = self._database.write(write, durable=True)
        point("notify.recorded")
        return recorded

    def dead_batches(self, since: datetime, limit: int = 100) -> list[Batch]:
        """Manifests written down since then that were given up, and of which there is no event."""
        rows = self._all("dead_batches", since=micros(since), limit=limit)
        return [Batch(feed, id_, code, error) for feed, id_, error, code in rows]

    def refusing_batches(self, since: datetime, limit: int = 100) -> list[Batch]:
        """Batches settled since then that refused anything, and of which there is no event."""
        rows = self._all("refusing_batches", since=micros(since), limit=limit)
        return [Batch(feed, id_, rows=lost, files=whole) for feed, id_, lost, whole in rows]

    def meet(self, notifier: str) -> None:
        """Note a notifier that is not known: it is told what is recorded from now on."""
        if self._one("knows_notifier", name=notifier) is None:
            self._database.write(lambda tx: tx.run("meet_notifier", name=notifier))

    def untold(
        self, notifier: str, now: datetime, until: datetime, limit: int = 100
    ) -> list[Event]:
        """Take events that a notifier is to be told, in order; nobody else gets them until then."""
        asked = {"name": notifier, "now": micros(now)}
        if self._one("any_untold", **asked) is None:
            return []

        def take(tx: Transaction) -> list[tuple[Any, ...]]:
            row = tx.one("take_notifier", until=micros(until), **asked)
            return [] if row is None else tx.all("untold", told=row[0], limit=limit)

        return [_event(row) for row in self._database.write(take)]

    def told(self, notifier: str, event: int, busy_until: datetime) -> None:
        """Note up to which event it was told, and when it may next be taken."""
        until = micros(busy_until)
        self._database.write(
            lambda tx: tx.run("told", name=notifier, event=event, until=until), durable=True
        )

    def halt(self, halts: Sequence[Halt]) -> None:
        """Keep what checks found in batches that were halted; the first word of each is kept."""
        rows = [_halt(each) for each in halts]
        if rows:
            self._database.write(lambda tx: tx.each("halt", rows))

    def check_runs(self, feed: FeedName, runs: int) -> list[CheckRun]:
        """What the checks of a feed found in its last batches, the oldest first."""
        rows = self._all("check_runs", feed=feed, runs=runs)
        return [
            CheckRun(name, Action(action), manifest, time_at(at), examined, failed, bool(halted))
            for manifest, at, halted, name, action, examined, failed in rows
        ]

    def failing_since(self, feed: FeedName) -> Mapping[str, datetime]:
        """Since when each check fails that failed in its last run."""
        return {name: time_at(at) for name, at in self._all("checks_failing_since", feed=feed)}


def _wanted(each: Wanted) -> dict[str, Any]:
    glob = each.glob
    if glob is None:
        low = high = depth = None
        spelled = "*"
    else:
        low = glob[: min((glob.find(wild) for wild in "*?" if wild in glob), default=len(glob))]
        high, depth = f"{low}{_LAST}", glob.count("/")
        spelled = glob.replace("[", "[[]")  # which is none of our own wild cards
    return {
        "period": each.period,
        "pattern": each.pattern,
        "start": None if each.start is None else micros(each.start),
        "stop": None if each.stop is None else micros(each.stop),
        "low": low,
        "high": high,
        "glob": spelled,
        "depth": depth,
    }


def _came(figures: list[Any]) -> Came:
    files, waiting, refused, rows, size_bytes, first, enough = figures
    first_at, enough_at = time_or_none(first), time_or_none(enough)
    return Came(files, waiting, refused, rows, size_bytes, first_at, enough_at)


def _happening(each: Happening) -> dict[str, Any]:
    return {
        "feed": each.feed,
        "subject": each.subject,
        "kind": each.kind.value,
        "at": micros(each.at),
        "since": None if each.since is None else micros(each.since),
        "message": each.message,
        "hint": each.hint,
    }


def _halt(each: Halt) -> dict[str, Any]:
    return {
        "manifest": each.manifest,
        "feed": each.feed,
        "at": micros(each.at),
        "checks": json.dumps(to_plain(each.checks)),
    }


def _event(row: tuple[Any, ...]) -> Event:
    seq, feed, subject, kind, at, message, hint, since, was = row
    return Event(
        id=seq,
        feed=feed,
        subject=subject,
        kind=EventKind(kind),
        at=time_at(at),
        message=message,
        hint=hint,
        since=time_or_none(since),
        was=None if was is None else EventKind(was),
    )
