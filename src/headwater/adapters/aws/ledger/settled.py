"""What was settled, feed by feed in order of time: a summary of each receipt beside its name."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from headwater.adapters.aws.ledger import papers, places
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import ABSENT, Item, Key, Write, put
from headwater.model.arrival import ArrivalState
from headwater.model.codec import from_plain, to_plain
from headwater.model.ids import FeedName, ManifestId
from headwater.model.manifest import Manifest
from headwater.model.receipt import Receipt
from headwater.ports.ledger import Work

_READ = 20  # receipts, together


def entry_of(
    manifest: Manifest, receipt: Receipt, names: dict[str, str], now: datetime, seq: int
) -> Item:
    """The entry of one settled receipt: what is asked for without the receipt."""
    told = {
        "manners": [to_plain(each) for each in receipt.manners],
        "source": to_plain(receipt.source) if receipt.source.columns else None,
        "changes": [to_plain(each) for each in receipt.changes],
        "checks": [to_plain(each) for each in receipt.checks],
        "cost": _cost(receipt),
    }
    told = {name: value for name, value in told.items() if value}
    return {
        "pk": places.settled_of(manifest.feed),
        "sk": f"{places.sortable(now)}#{seq:015}",
        "manifest": manifest.id,
        "feed": manifest.feed,
        "table": manifest.table,
        "at": places.micros(now),
        "version": receipt.version,
        "finished_at": places.micros(receipt.finished_at),
        "rows_refused": sum(file.books.quarantined for file in receipt.files),
        "files_refused": sum(file.state is ArrivalState.QUARANTINED for file in receipt.files),
        "tells": list(told),
        "told": papers.pack(told) if told else None,
        **names,
    }


def entries(
    table: Table,
    feeds: Iterable[FeedName | None],
    *,
    newest_first: bool = False,
    tells: str | None = None,
    since: datetime | None = None,
    of: Callable[[FeedName | None], str] = places.settled_of,
) -> Iterator[Item]:
    """Entries of these feeds in the order of settling; of those alone that tell of something.

    Or of what else lies in such partitions, in order of time.
    """
    bound = places.sortable(since) if since is not None else "0"

    def found(feed: FeedName | None) -> Iterator[Item]:
        values: dict[str, Any] = {"pk": of(feed), "since": bound}
        if tells is not None:
            values["tells"] = tells
        return table.query(
            "#pk = :pk AND #sk >= :since",
            where=None if tells is None else "contains(#tells, :tells)",
            newest_first=newest_first,
            **values,
        )

    return heapq.merge(*map(found, feeds), key=lambda item: item["sk"], reverse=newest_first)


def keep_first(table: Table, once: Key, entry: Item, *besides: Write) -> None:
    """Keep an entry, and what goes with it, unless something was kept under that key."""
    kept = put({"pk": once[0], "sk": once[1]}, when=ABSENT)
    try:
        table.write(kept, put(entry), *besides)
    except Refused:  # by an earlier word, or by an earlier try of ours
        return


def told(entry: Item, name: str) -> Any:
    """What an entry tells of something."""
    return papers.unpack(entry["told"])[name]


def receipts(table: Table, settled: Iterable[Item]) -> Iterator[Receipt]:
    """The receipts of entries, in their order."""
    for some in batched((item for item in settled if "receipt" in item), _READ):
        wanted = [(ManifestId(item["manifest"]), str(item["receipt"])) for item in some]
        found = papers.read_all(table, wanted)
        for paper in wanted:
            yield from_plain(Receipt, found[paper])


def _cost(receipt: Receipt) -> dict[str, Any] | None:
    if receipt.cost is None:
        return None
    return {
        "nanos": receipt.cost.nanos,
        "currency": receipt.cost.currency,
        "files": len(receipt.files),
        "bytes_in": _bytes_in(receipt),
        "bytes_out": receipt.size_bytes_out,
        "cpu_seconds": receipt.cpu_seconds,
        "work": (Work.BATCHES if receipt.build is None else Work.BUILDS).value,
    }


def _bytes_in(receipt: Receipt) -> int:
    if receipt.build is None:
        return receipt.size_bytes_in
    return sum(each.size_bytes for each in receipt.build.inputs)
