"""What checks found: in batches that were settled, and in those that one of them halted."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from headwater.adapters.aws.ledger import papers, places, settled
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import Item
from headwater.model.checks import Action
from headwater.model.codec import to_plain
from headwater.model.ids import FeedName
from headwater.ports.watching import CheckRun, Halt


def keep(table: Table, halts: Sequence[Halt]) -> None:
    """Keep what checks found in batches that were halted; the first word of each is kept."""
    for each in halts:
        entry = {
            "pk": places.halts_of(each.feed),
            "sk": f"{places.sortable(each.at)}#{each.manifest}",
            "manifest": each.manifest,
            "at": places.micros(each.at),
            "halted": True,
            "told": papers.pack({"checks": [to_plain(check) for check in each.checks]}),
        }
        settled.keep_first(table, places.halt_at(each.manifest), entry)


def runs(table: Table, feed: FeedName, batches: int) -> list[CheckRun]:
    """What checks found in the feed's last batches, the oldest first."""
    latest = list(islice(_latest(table, feed), batches))
    return [run for entry in reversed(latest) for run in _runs(entry)]


def failing_since(table: Table, feed: FeedName) -> Mapping[str, datetime]:
    """Since when each check fails that failed in its last run."""
    since: dict[str, datetime] = {}
    held: set[str] = set()
    for entry in _latest(table, feed):
        for run in _runs(entry):
            if not run.failed:
                held.add(run.check)
            elif run.check not in held:
                since[run.check] = run.at
    return since


def _latest(table: Table, feed: FeedName) -> Iterator[Item]:
    """Entries that tell of checks, the newest first; of one moment, a halted one before."""
    return heapq.merge(
        settled.entries(table, [feed], newest_first=True, tells="checks"),
        settled.entries(table, [feed], newest_first=True, of=places.halts_of),
        key=lambda entry: (entry["at"], "halted" in entry),
        reverse=True,
    )


def _runs(entry: Item) -> Iterator[CheckRun]:
    for each in settled.told(entry, "checks"):
        yield CheckRun(
            each["name"],
            Action(each["action"]),
            entry["manifest"],
            places.time_at(entry["at"]),
            each["examined"],
            each["failed"],
            halted="halted" in entry,
        )
