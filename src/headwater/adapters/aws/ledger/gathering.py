"""How arrivals become a manifest: planned, taken one by one, published when all are taken.

    plan      a mark that names them; nobody reads it but who finishes it
    take      each arrival: pending to processing, or made anew, on its own condition
    publish   the manifest with those that were taken, and the mark goes: one transaction

Whoever dies in between leaves the mark, and the next batch of the feed goes on from it: each
step may be done again, by any number at once, and comes to the same members. What fits into one
transaction is planned, taken and published in one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from headwater.adapters.aws.ledger import papers, places
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.intake import add
from headwater.adapters.aws.ledger.items import (
    move,
    read_arrival,
    read_manifest,
    write_arrival,
    write_manifest,
    write_work,
)
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import ABSENT, Item, Key, Write, delete, put
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import ArrivalId, FeedName, ManifestId
from headwater.model.manifest import Manifest
from headwater.points import point

Row = list[str | int]  # id, key, generation, bytes; of what is made anew, that of the one before


@dataclass(frozen=True, slots=True)
class Plan:
    """Arrivals that are to be one manifest."""

    manifest: Manifest  # as it will be, with all of them
    rows: Sequence[Row]
    seq: int
    numbers: Sequence[int] = ()  # of arrivals that are made anew

    @property
    def anew(self) -> bool:
        """Whether the arrivals are not there yet."""
        return bool(self.numbers)

    @property
    def writes(self) -> int:
        """How many items each of them is taken with."""
        return 3 if self.anew else 1


def at(feed: FeedName, row: Row) -> Key:
    """Where an arrival of a manifest lies."""
    return places.arrival_at(feed, str(row[1]), int(row[2]))  # type: ignore[arg-type]


def rows_of(table: Table, head: Item) -> list[Row]:
    """The members of a manifest, in its order."""
    if not head["members"]:
        return []
    rows: list[Row] = papers.read(table, head["id"], head["members"])
    return rows


def gather(table: Table, plan: Plan) -> Manifest | None:
    """Make the manifest; None if others had taken every arrival."""
    if len(plan.rows) * plan.writes + 2 > table.step_items:
        table.write(_mark(table, plan))
        return _finish(table, plan)
    head = _head(table, plan, plan.rows)
    work = put(write_work(plan.manifest, plan.seq))
    try:
        table.write(put(head, when=ABSENT), work, *_takes(table, plan, plan.rows))
    except Refused:
        return _published(table, plan.manifest.id)
    point("man.assigned")
    return read_manifest(head, _ids(plan.rows))


def finish_gathering(table: Table, feed: FeedName) -> None:
    """Go on where somebody died who made a manifest of this feed."""
    marks = table.query(
        "#pk = :pk AND begins_with(#sk, :feed)",
        pk=places.MARKS,
        feed=f"{places.GATHERING}#{feed}#",
    )
    for mark in list(marks):
        _finish(table, _plan(table, mark))


def _finish(table: Table, plan: Plan) -> Manifest | None:
    rows = _take(table, plan)
    point("man.assigned")
    if not rows:
        table.write(delete(_mark_at(plan.manifest)))
        return None
    head = _head(table, plan, rows)
    try:
        table.write(
            put(head, when=ABSENT),
            put(write_work(plan.manifest, plan.seq)),
            delete(_mark_at(plan.manifest)),
        )
    except Refused:
        return _published(table, plan.manifest.id)
    return read_manifest(head, _ids(rows))


def _take(table: Table, plan: Plan) -> list[Row]:
    """Take what can be taken; answer what was, in order."""
    for some in batched(plan.rows, max(table.step_items // plan.writes, 1)):
        rows = some
        for _ in table.rounds("batch"):
            if not rows:
                break
            try:
                table.write(*_takes(table, plan, rows))
            except Refused:
                rows = _takeable(table, plan, rows)
            else:
                break
    found = table.get_all(at(plan.manifest.feed, row) for row in plan.rows)
    taken = {item["id"] for item in found.values() if item.get("manifest") == plan.manifest.id}
    return [row for row in plan.rows if row[0] in taken]


def _takeable(table: Table, plan: Plan, rows: Sequence[Row]) -> list[Row]:
    feed = plan.manifest.feed
    found = table.get_all(at(feed, row) for row in rows)
    if plan.anew:
        return [row for row in rows if at(feed, row) not in found]
    waits = {key for key, item in found.items() if item["state"] == ArrivalState.PENDING}
    return [row for row in rows if at(feed, row) in waits]


def _takes(table: Table, plan: Plan, rows: Sequence[Row]) -> list[Write]:
    if plan.anew:
        return [write for each in _anew(table, plan, rows) for write in each]
    changes = {"manifest": plan.manifest.id}
    return [move(at(plan.manifest.feed, row), ArrivalState.PROCESSING, changes) for row in rows]


def _anew(table: Table, plan: Plan, rows: Sequence[Row]) -> Iterator[list[Write]]:
    """Arrivals as those before them, processing from the first moment on."""
    feed = plan.manifest.feed
    numbers = dict(zip((row[0] for row in plan.rows), plan.numbers, strict=True))
    before = table.get_all(at(feed, [*row[:2], row[4]]) for row in rows)
    last = {before[at(feed, [*row[:2], row[4]])]["raw"]: row[0] for row in rows}
    pointers = table.get_all(map(places.raw_at, last))  # which name the last of several
    for row in rows:
        old = read_arrival(before[at(feed, [*row[:2], row[4]])])
        state = ArrivalState.PROCESSING
        arrival = replace(again(old, row), state=state, manifest=plan.manifest.id)
        item = write_arrival(arrival, numbers[row[0]], plan.manifest.id)
        writes = add({**item, "again": True}, arrival, pointers.get(places.raw_at(arrival.raw)))
        yield writes if last[old.raw] == row[0] else writes[:-1]


def again(before: Arrival, row: Row) -> Arrival:
    """An arrival like one before it, as a row says."""
    return replace(
        before,
        id=ArrivalId(str(row[0])),
        generation=int(row[2]),
        state=ArrivalState.PENDING,
        cause=None,
        manifest=None,
        replaces=before.id,
    )


def _head(table: Table, plan: Plan, rows: Sequence[Row]) -> Item:
    manifest = replace(
        plan.manifest, arrivals=_ids(rows), size_bytes=sum(int(row[3]) for row in rows)
    )
    kept = [row[:4] for row in rows]
    names = papers.lay(table, manifest.id, {papers.MEMBERS: kept})
    return write_manifest(manifest, plan.seq, names[papers.MEMBERS], "")


def _published(table: Table, id_: ManifestId) -> Manifest | None:
    """The manifest, where an earlier try of ours, or whoever went on from it, made it."""
    head = table.get(places.manifest_at(id_))
    return None if head is None else read_manifest(head, _ids(rows_of(table, head)))


def _ids(rows: Sequence[Row]) -> tuple[ArrivalId, ...]:
    return tuple(ArrivalId(str(row[0])) for row in rows)


def _mark_at(manifest: Manifest) -> Key:
    return places.MARKS, f"{places.GATHERING}#{manifest.feed}#{manifest.id}"


def _mark(table: Table, plan: Plan) -> Write:
    pk, sk = _mark_at(plan.manifest)
    body = {"rows": plan.rows, "numbers": list(plan.numbers)}
    name = papers.lay(table, plan.manifest.id, {papers.PLAN: body})[papers.PLAN]
    head = write_manifest(plan.manifest, plan.seq, name, "")
    return put({**head, "pk": pk, "sk": sk, "list": None})


def _plan(table: Table, mark: Item) -> Plan:
    body = papers.read(table, mark["id"], mark["members"])
    manifest = read_manifest(mark, _ids(body["rows"]))
    return Plan(manifest, body["rows"], mark["seq"], body["numbers"])
