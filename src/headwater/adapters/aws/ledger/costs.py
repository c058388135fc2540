"""What work cost: counted by month as it is settled, and told by feed, month and currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from headwater.adapters.aws.ledger import papers, places, settled
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import Item, Write, add
from headwater.model.cost import Cost
from headwater.model.ids import FeedName
from headwater.model.receipt import Receipt
from headwater.ports.ledger import Spending, Upkeep, Work

_GROUP = tuple[FeedName, str, str, Work]


def counted(feed: FeedName, receipt: Receipt) -> list[Write]:
    """What a receipt adds to the month it was finished in."""
    if receipt.cost is None:
        return []
    return [_counted(feed, f"{receipt.finished_at:%Y-%m}", receipt.cost)]


def counters(receipts: Iterable[tuple[FeedName, Receipt]]) -> Iterator[Item]:
    """The same of many receipts, as items of a ledger that has none."""
    sums: dict[tuple[FeedName, str, str], int] = {}
    for feed, receipt in receipts:
        if receipt.cost is not None:
            month = f"{receipt.finished_at:%Y-%m}"
            group = (feed, month, receipt.cost.currency)
            sums[group] = sums.get(group, 0) + receipt.cost.nanos
    for group, nanos in sums.items():
        pk, sk = places.spent_at(*group)
        yield {"pk": pk, "sk": sk, "n": nanos}


def keep(table: Table, done: Sequence[Upkeep]) -> None:
    """Keep what commits of compactions took; the first word of each is kept and counted."""
    for each in done:
        month = f"{each.at:%Y-%m}"
        once = places.upkeep_at(each.attempt)
        settled.keep_first(table, once, _entry(each), _counted(each.feed, month, each.cost))


def spent(table: Table, feed: FeedName, month: str, currency: str) -> int:
    """What a feed's work of a month cost: one item says it."""
    found = table.get(places.spent_at(feed, month, currency))
    return 0 if found is None else int(found["n"])


def spending(table: Table, feeds: Sequence[FeedName | None], since: str) -> list[Spending]:
    """What settled receipts and compactions cost, by feed, month, currency and kind of work."""
    sums: dict[_GROUP, list[Any]] = {}
    begin = places.month_begin(since) if since else None
    for entry in (
        *settled.entries(table, feeds, tells="cost", since=begin),
        *settled.entries(table, feeds, tells="cost", since=begin, of=places.upkeep_of),
    ):
        month = f"{places.time_at(entry['finished_at']):%Y-%m}"
        if month < since:
            continue
        cost = settled.told(entry, "cost")
        group = (entry["feed"], month, cost["currency"], Work(cost["work"]))
        row = sums.setdefault(group, [0, 0, 0, 0, 0, 0.0])
        figures = (cost["nanos"], 1, cost["files"], cost["bytes_in"], cost["bytes_out"])
        for place, figure in enumerate((*figures, cost["cpu_seconds"])):
            row[place] += figure
    return [replace(Spending(*group[:3], *sums[group]), work=group[3]) for group in sorted(sums)]


def _counted(feed: FeedName, month: str, cost: Cost) -> Write:
    return add(places.spent_at(feed, month, cost.currency), cost.nanos)


def _entry(done: Upkeep) -> Item:
    cost = {
        "nanos": done.cost.nanos,
        "currency": done.cost.currency,
        "files": 0,
        "bytes_in": done.bytes_in,
        "bytes_out": done.bytes_out,
        "cpu_seconds": done.cpu_seconds,
        "work": Work.COMPACTIONS.value,
    }
    return {
        "pk": places.upkeep_of(done.feed),
        "sk": f"{places.sortable(done.at)}#{done.attempt}",
        "feed": done.feed,
        "finished_at": places.micros(done.at),
        "tells": ["cost"],
        "told": papers.pack({"cost": cost}),
    }
