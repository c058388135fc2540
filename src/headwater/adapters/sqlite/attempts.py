"""What the holder of a claim may write, and what one who was overtaken may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.adapters.sqlite.database import Transaction
from headwater.adapters.sqlite.rows import (
    listed,
    micros,
    read_manifest,
    write_books,
    write_cause,
    write_part,
    write_receipt,
)
from headwater.errors import IllegalMove, LeaseLost, LedgerError
from headwater.model.arrival import ArrivalState, Cause
from headwater.model.ids import FeedName, ManifestId
from headwater.model.manifest import Claim, ManifestState
from headwater.model.moves import arrival_sources, manifest_sources, require_manifest_move
from headwater.model.part import Part
from headwater.model.receipt import FileBooks, Receipt
from headwater.points import point


@dataclass(frozen=True, slots=True)
class Taking:
    """Who wants a manifest, when, until when, and of which feeds."""

    worker: str
    now: datetime
    until: datetime
    feeds: Sequence[FeedName] | None
    besides: Sequence[ManifestId] = ()
    only: ManifestId | None = None


def claimable(tx: Transaction, taking: Taking) -> bool:
    """Whether a claim would find something."""
    return tx.one("any_claimable", **_narrowed(taking)) is not None


def claim(tx: Transaction, taking: Taking) -> Claim | None:
    """Take the oldest manifest that waits for a worker."""
    row = tx.one(
        "claim",
        worker=taking.worker,
        until=micros(taking.until),
        **_narrowed(taking),
        sources=listed(manifest_sources(ManifestState.CLAIMED)),
    )
    if row is None:
        return None
    point("claim.pre")
    manifest = read_manifest(row)
    return Claim(manifest, manifest.attempt, taking.worker)


def renew(tx: Transaction, held: Claim, until: datetime) -> None:
    """Prolong the lease; a manifest that its holder has ended or given back has none."""
    _require(tx, held)
    tx.run("renew", manifest=held.manifest.id, attempt=held.attempt, until=micros(until))


def stage(tx: Transaction, held: Claim, receipt: Receipt, parts: Sequence[Part]) -> None:
    """Keep the receipt and the parts until they are settled."""
    state = _require(tx, held)
    if state is not ManifestState.STAGED:
        require_manifest_move(state, ManifestState.STAGED)
        sources = listed(manifest_sources(ManifestState.STAGED))
        tx.run("stage", manifest=held.manifest.id, attempt=held.attempt, sources=sources)
    tx.run("keep_receipt", **write_receipt(receipt, None))
    _keep_parts(tx, held, parts, settled=False)
    point("stage.pre")


def settle(
    tx: Transaction, held: Claim, receipt: Receipt, parts: Sequence[Part], now: datetime
) -> None:
    """Record the commit, whoever made it; once it is recorded, nothing changes any more."""
    found = tx.one("attempt", manifest=held.manifest.id)
    if found is not None and found[0] == ManifestState.COMMITTED:
        return
    _end(tx, held, ManifestState.COMMITTED)
    _end_arrivals(tx, held, receipt)
    tx.run("keep_receipt", **write_receipt(receipt, now))
    _keep_parts(tx, held, parts, settled=True)
    tx.run("forget_unsettled_parts", manifest=held.manifest.id)
    point("ledger.pre")


def release(tx: Transaction, held: Claim, error: str, retry_at: datetime) -> None:
    """Give the manifest back."""
    if _require(tx, held) is not ManifestState.OPEN:
        _end(tx, held, ManifestState.OPEN, error, retry_at)


def bury(tx: Transaction, held: Claim, cause: Cause) -> None:
    """Give the manifest up, and its arrivals with it."""
    if _require(tx, held) is ManifestState.DEAD:
        return
    _end(tx, held, ManifestState.DEAD, cause.message)
    tx.run(
        "bury_arrivals",
        manifest=held.manifest.id,
        cause=write_cause(cause),
        sources=listed(arrival_sources(ArrivalState.DEAD)),
    )
    tx.run("forget_unsettled_parts", manifest=held.manifest.id)


def _require(tx: Transaction, held: Claim) -> ManifestState:
    """The manifest's state, if nobody has claimed it since."""
    row = tx.one("attempt", manifest=held.manifest.id)
    if row is None or row[1] != held.attempt:
        now = "the ledger does not know it" if row is None else f"attempt {row[1]} has it"
        raise LeaseLost(
            f"attempt {held.attempt} at manifest {held.manifest.id} was overtaken: {now}",
            hint="nothing to do: whoever holds it goes on",
        )
    return ManifestState(row[0])


def _end(
    tx: Transaction,
    held: Claim,
    state: ManifestState,
    error: str | None = None,
    retry_at: datetime | None = None,
) -> None:
    require_manifest_move(_require(tx, held), state)
    tx.run(
        "end_manifest",
        manifest=held.manifest.id,
        attempt=held.attempt,
        state=state.value,
        error=error,
        retry_at=retry_at and micros(retry_at),
        sources=listed(manifest_sources(state)),
    )


def _end_arrivals(tx: Transaction, held: Claim, receipt: Receipt) -> None:
    named = {file.arrival for file in receipt.files}
    if named != set(held.manifest.arrivals) or len(named) != len(receipt.files):
        raise LedgerError(
            f"the receipt of manifest {held.manifest.id} does not name each of its "
            f"{len(held.manifest.arrivals)} arrivals once",
            hint="nothing was changed; please report it with this message",
        )
    rows = [_ending(held, file) for file in receipt.files]
    if tx.each("end_arrival", rows) != len(rows):
        raise IllegalMove(
            f"an arrival of manifest {held.manifest.id} cannot become what its receipt says"
        )
    sources = listed(arrival_sources(ArrivalState.SUPERSEDED))
    completed = [
        {"id": file.arrival, "apart": receipt.apart, "sources": sources}
        for file in receipt.files
        if file.state is ArrivalState.COMPLETED
    ]
    tx.each("supersede_older", completed)


def _ending(held: Claim, file: FileBooks) -> dict[str, object]:
    return {
        **write_books(file),
        "manifest": held.manifest.id,
        "state": file.state.value,
        "cause": write_cause(file.cause),
        "sources": listed(arrival_sources(file.state)),
    }


def _keep_parts(tx: Transaction, held: Claim, parts: Sequence[Part], *, settled: bool) -> None:
    table, manifest = held.manifest.table, held.manifest.id
    tx.each("keep_part", [write_part(part, table, manifest, settled=settled) for part in parts])


def _narrowed(taking: Taking) -> dict[str, object]:
    return {
        "now": micros(taking.now),
        "feeds": None if taking.feeds is None else listed(taking.feeds),
        "besides": listed(taking.besides),
        "only": taking.only,
    }
