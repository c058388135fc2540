"""How work ends: the manifest first, with a mark; its arrivals behind it; then the mark goes.

An arrival of a manifest that has ended is what the manifest says, whatever its own item says
yet: who asks the ledger anything finishes what is marked before he reads. What fits into one
transaction ends in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from headwater.adapters.aws.ledger import papers, places
from headwater.adapters.aws.ledger.attempts import change, lay, require, state_of
from headwater.adapters.aws.ledger.costs import counted
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.gathering import Row, at, rows_of
from headwater.adapters.aws.ledger.items import move, read_cause, under, write_cause
from headwater.adapters.aws.ledger.settled import entry_of
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import Item, Write, delete, put
from headwater.errors import LedgerError
from headwater.model.arrival import ArrivalState, Cause
from headwater.model.codec import from_plain
from headwater.model.ids import FeedName
from headwater.model.manifest import Claim, ManifestState
from headwater.model.moves import manifest_sources, require_arrival_move, require_manifest_move
from headwater.model.part import Part
from headwater.model.receipt import FileBooks, Receipt
from headwater.points import point

_ENDS = {"worker": None, "lease_until": None, "retry_at": None}


def settle(
    table: Table, held: Claim, receipt: Receipt, parts: Sequence[Part], now: datetime
) -> None:
    """Record the commit, whoever made it; once it is recorded, nothing changes any more."""
    head = table.get(places.manifest_at(held.manifest.id))
    if head is not None and state_of(head) is ManifestState.COMMITTED:
        return
    head = require(table, held)
    require_manifest_move(state_of(head), ManifestState.COMMITTED)
    rows = rows_of(table, head)
    _require_every(held, rows, receipt)
    parts = _with_staged(table, head, parts)
    names = lay(table, held, receipt, parts)
    entry = entry_of(held.manifest, receipt, names, now, head["seq"])
    state = ManifestState.COMMITTED
    changes = {**_ENDS, **names, "state": state.value, "error": None}
    point("ledger.pre")
    for _ in table.rounds("settle"):
        ending = [
            change(held, changes, manifest_sources(state)), delete(places.work_at(head["seq"])),
            put(entry), *counted(held.manifest.feed, receipt),
        ]  # fmt: skip
        if _end(table, held, state, ending, _of_receipt(table, held.manifest.feed, rows, receipt)):
            return


def bury(table: Table, held: Claim, cause: Cause, now: datetime) -> None:
    """Give the manifest up, and its arrivals with it."""
    del now
    head = require(table, held)
    state = ManifestState.DEAD
    if state_of(head) is state:
        return
    require_manifest_move(state_of(head), state)
    changes = {**_ENDS, "state": state.value, "error": cause.message, "cause": write_cause(cause)}
    rows = rows_of(table, head)
    for _ in table.rounds("bury"):
        ending = [
            change(held, changes, manifest_sources(state)), delete(places.work_at(head["seq"])),
            put(_dead(held, cause)),
        ]  # fmt: skip
        if _end(table, held, state, ending, _of_cause(held.manifest.feed, rows, cause)):
            return


def finish_endings(table: Table) -> None:
    """Go on where somebody died, or is at it this moment; every answer stands on this."""
    marks = table.query(
        "#pk = :pk AND begins_with(#sk, :ending)", pk=places.MARKS, ending=places.ENDING
    )
    for mark in list(marks):
        if mark["sk"] == places.LOADING[1]:
            raise LedgerError(
                f"the DynamoDB table {table.name} was being loaded, and that did not end",
                hint="wait for headwater verify --rebuild; if that broke off, have Terraform "
                "replace the table, and run it again",
            )
        _finish(table, mark)


def _end(
    table: Table,
    held: Claim,
    target: ManifestState,
    ending: Sequence[Write],
    moves: Iterable[Write],
) -> bool:
    """End the manifest and its arrivals; False if that is to be tried again."""
    endings = list(moves)
    whole = len(ending) + len(endings) <= table.step_items
    id_ = held.manifest.id
    mark = {"pk": places.MARKS, "sk": f"{places.ENDING}#{id_}", "manifest": id_}
    try:
        table.write(*ending, *(endings if whole else [put(mark)]))
    except Refused:
        if not _has_ended(table, held, target):
            return False
    if not whole:
        _finish(table, mark)
    return True


def _has_ended(table: Table, held: Claim, target: ManifestState) -> bool:
    """Whether an earlier try of ours, or somebody with the same commit, has ended it so."""
    head = table.get(places.manifest_at(held.manifest.id))
    if head is None or state_of(head) is not ManifestState.COMMITTED:
        head = require(table, held)
    if state_of(head) is target:
        return True
    require_manifest_move(state_of(head), target)
    return False


def _finish(table: Table, mark: Item) -> None:
    head = table.get(places.manifest_at(mark["manifest"]))
    if head is not None:
        rows, feed = rows_of(table, head), FeedName(head["feed"])
        cause = read_cause(head.get("cause"))
        if state_of(head) is ManifestState.COMMITTED:
            receipt = from_plain(Receipt, papers.read(table, head["id"], head["receipt"]))
            _spread(table, _endings(feed, rows, receipt))
            _spread(table, _followed(table, feed, rows, receipt))
        elif cause is not None:
            _spread(table, _of_cause(feed, rows, cause))
    table.write(delete((mark["pk"], mark["sk"])))


def _spread(table: Table, moves: Iterable[Write]) -> None:
    """Carry out moves, some at a time; those that somebody has carried out are passed over."""
    for some in batched(moves, table.step_items):
        try:
            table.write(*some)
        except Refused:
            for each in some:
                _once(table, each)


def _once(table: Table, write: Write) -> None:
    try:
        table.write_one(write)
    except Refused:
        return


def _of_receipt(
    table: Table, feed: FeedName, rows: Sequence[Row], receipt: Receipt
) -> Iterator[Write]:
    yield from _endings(feed, rows, receipt)
    yield from _followed(table, feed, rows, receipt)


def _endings(feed: FeedName, rows: Sequence[Row], receipt: Receipt) -> Iterator[Write]:
    ends = {file.arrival: file for file in receipt.files}
    for row in rows:
        file = ends[row[0]]  # type: ignore[index]
        yield move(at(feed, row), file.state, _books(file), only=ArrivalState.PROCESSING)


def _books(file: FileBooks) -> dict[str, Any]:
    return {
        "cause": write_cause(file.cause),
        "rows_written": file.books.written,
        "rows_quarantined": file.books.quarantined,
        "counted": file.books.counted,
    }


def _followed(
    table: Table, feed: FeedName, rows: Sequence[Row], receipt: Receipt
) -> Iterator[Write]:
    """Older generations under the keys of what was completed; a first one follows none."""
    completed = {file.arrival for file in receipt.files if file.state is ArrivalState.COMPLETED}
    for row in rows:
        if row[0] not in completed or row[2] == 1:
            continue
        family = list(under(table, feed, str(row[1])))  # type: ignore[arg-type]
        mine = next(item for item in family if item["id"] == row[0])
        for item in family:
            if item["generation"] < mine["generation"] and _gives_way(item, mine, receipt):
                state = ArrivalState(item["state"])
                yield move((item["pk"], item["sk"]), ArrivalState.SUPERSEDED, {}, only=state)


def _gives_way(item: Item, mine: Item, receipt: Receipt) -> bool:
    ended = ArrivalState(item["state"]) in {
        ArrivalState.COMPLETED,
        ArrivalState.QUARANTINED,
        ArrivalState.DEAD,
        ArrivalState.MISSING,
    }
    same = (item["raw"], item["version"]) == (mine["raw"], mine["version"])
    return ended and (same or not receipt.apart)


def _of_cause(feed: FeedName, rows: Sequence[Row], cause: Cause) -> Iterator[Write]:
    for row in rows:
        yield move(at(feed, row), ArrivalState.DEAD, {"cause": write_cause(cause)})


def _dead(held: Claim, cause: Cause) -> Item:
    manifest = held.manifest
    return {
        "pk": places.DEAD,
        "sk": f"{places.sortable(manifest.created_at)}#{manifest.id}",
        "feed": manifest.feed,
        "manifest": manifest.id,
        "code": cause.code,
        "error": cause.message,
    }


def _require_every(held: Claim, rows: Sequence[Row], receipt: Receipt) -> None:
    named = {file.arrival for file in receipt.files}
    if named != {row[0] for row in rows} or len(named) != len(receipt.files):
        raise LedgerError(
            f"the receipt of manifest {held.manifest.id} does not name each of its "
            f"{len(rows)} arrivals once",
            hint="nothing was changed; please report it with this message",
        )
    for file in receipt.files:
        require_arrival_move(ArrivalState.PROCESSING, file.state)


def _with_staged(table: Table, head: Item, parts: Sequence[Part]) -> list[Part]:
    """Parts with what was known of them when they were staged: the log has no hashes."""
    if "parts" not in head or all(part.sha256 is not None for part in parts):
        return list(parts)
    plain = papers.read(table, head["id"], head["parts"])
    staged = {part.path: part for part in (from_plain(Part, each) for each in plain)}
    return [
        part
        if (known := staged.get(part.path)) is None
        else replace(
            part,
            sha256=part.sha256 or known.sha256,
            first_arrival=part.first_arrival or known.first_arrival,
            last_arrival=part.last_arrival or known.last_arrival,
        )
        for part in parts
    ]
