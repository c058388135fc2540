"""Fills an empty ledger with what raw and the tables' logs say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from headwater.adapters.aws.ledger import papers, places
from headwater.adapters.aws.ledger.costs import counters
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.feeds import Feeds
from headwater.adapters.aws.ledger.intake import point_at
from headwater.adapters.aws.ledger.items import (
    write_arrival,
    write_manifest,
    write_name,
    write_work,
)
from headwater.adapters.aws.ledger.settled import entry_of
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import ABSENT, Item, decode, delete, put
from headwater.errors import LedgerError
from headwater.model.arrival import Arrival
from headwater.model.codec import to_plain
from headwater.model.ids import ArrivalId, ManifestId, RawName, TableName
from headwater.model.manifest import ENDED, Manifest
from headwater.model.part import Part
from headwater.model.receipt import FileBooks, Receipt

Parts = dict[tuple[TableName, ManifestId], list[Any]]


def load(
    table: Table,
    feeds: Feeds,
    arrivals: list[Arrival],
    manifests: list[tuple[Manifest, Receipt]],
    parts: Iterable[tuple[TableName, ManifestId, Part]],
) -> None:
    """Write everything; until it is all there, a mark keeps everybody from reading."""
    _require_each_once([each.id for each in arrivals])
    _require_each_once([manifest.id for manifest, _ in manifests])
    _begin(table)
    grouped: Parts = {}
    for name, manifest, part in parts:
        grouped.setdefault((name, manifest), []).append(to_plain(part))
    feeds.meet([None, *(each.feed for each in arrivals), *(each.feed for each, _ in manifests)])
    table.put_all(_arrivals(feeds, arrivals, manifests))
    table.put_all(_manifests(table, feeds, arrivals, manifests, grouped))
    table.put_all(counters((manifest.feed, receipt) for manifest, receipt in manifests))
    table.put_all(_leftovers(table, grouped))
    table.write(delete(places.LOADING))


def require_empty(table: Table) -> None:
    """LedgerError where the table has anything that a load would get mixed up with."""
    if table.get_all([places.NUMBERS, places.LOADING]):
        raise _not_empty(table)


def _begin(table: Table) -> None:
    """Mark the ledger as being loaded; a counter says of any ledger that has anything."""
    token = places.new_token()
    counter, mark = ({"pk": pk, "sk": sk} for pk, sk in (places.NUMBERS, places.LOADING))
    try:
        table.write(put({**counter, "n": 0}, when=ABSENT), put({**mark, "token": token}))
    except Refused:
        if (table.get(places.LOADING) or {}).get("token") != token:
            raise _not_empty(table) from None


def _not_empty(table: Table) -> LedgerError:
    return LedgerError(
        f"the DynamoDB table {table.name} is not empty, and functions may write to it: only an "
        f"empty one is loaded",
        hint="restore it to a time when it was well; or have Terraform replace it, unprotected, "
        "and run headwater verify --rebuild then",
    )


def _require_each_once(ids: list[Any]) -> None:
    if len(set(ids)) != len(ids):
        raise LedgerError(
            "what is to be loaded names an arrival or a manifest twice",
            hint="nothing was changed; please report it with this message",
        )


def _arrivals(
    feeds: Feeds, arrivals: list[Arrival], manifests: list[tuple[Manifest, Receipt]]
) -> Iterator[Mapping[str, Any]]:
    books = {file.arrival: file for _, receipt in manifests for file in receipt.files}
    homes = {id_: manifest.id for manifest, _ in manifests for id_ in manifest.arrivals}
    before = {each.id: each for each in arrivals}
    pointers: dict[RawName, Item] = {}
    for number, arrival in zip(feeds.number(len(arrivals)), arrivals, strict=True):
        item = write_arrival(arrival, number, "")
        item |= {"manifest": homes.get(arrival.id, arrival.manifest)}
        item |= _books(books.get(arrival.id))
        yield {**item, "again": _is_again(arrival, before) or None}
        yield write_name(arrival)
        pointer = point_at(arrival, pointers.get(arrival.raw))["Put"]["Item"]
        pointers[arrival.raw] = decode(pointer)
    yield from pointers.values()


def _books(file: FileBooks | None) -> Item:
    if file is None:
        return {}
    books = file.books
    return {
        "rows_written": books.written,
        "rows_quarantined": books.quarantined,
        "counted": books.counted,
    }


def _is_again(arrival: Arrival, before: Mapping[ArrivalId, Arrival]) -> bool:
    old = before.get(arrival.replaces) if arrival.replaces else None
    return old is not None and (old.raw, old.version) == (arrival.raw, arrival.version)


def _manifests(
    table: Table,
    feeds: Feeds,
    arrivals: list[Arrival],
    manifests: list[tuple[Manifest, Receipt]],
    grouped: Parts,
) -> Iterator[Item]:
    known = {each.id: each for each in arrivals}
    for number, (manifest, receipt) in zip(feeds.number(len(manifests)), manifests, strict=True):
        mine = [known[id_] for id_ in manifest.arrivals]
        values = {
            papers.MEMBERS: [
                [each.id, each.key, each.generation, each.size_bytes] for each in mine
            ],
            papers.RECEIPT: to_plain(receipt),
            papers.PARTS: grouped.pop((manifest.table, manifest.id), []),
        }
        names = papers.lay(table, manifest.id, values)
        members = names.pop(papers.MEMBERS)
        yield {**write_manifest(manifest, number, members, ""), **names}
        yield entry_of(manifest, receipt, names, receipt.finished_at, number)
        if manifest.state not in ENDED:
            yield write_work(manifest, number)


def _leftovers(table: Table, grouped: Parts) -> Iterator[Item]:
    """Parts of manifests that nobody knows any more."""
    for (name, manifest), parts in grouped.items():
        names = papers.lay(table, manifest, {papers.PARTS: parts})
        place = {"pk": places.settled_of(None), "sk": f"{0:020}#{name}#{manifest}"}
        yield {**place, "manifest": manifest, "feed": "", "table": name, **names}
