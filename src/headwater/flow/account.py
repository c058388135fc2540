"""The books of an attempt: from what the engine counted to a receipt that balances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.change import gathered
from headwater.model.manifest import Claim
from headwater.model.receipt import Books, FileBooks, Receipt
from headwater.ports.engine import Conversion, Fate, InputResult, Rewritten

_STATES = {
    Fate.READ: ArrivalState.COMPLETED,
    Fate.REFUSED: ArrivalState.QUARANTINED,
    Fate.CHANGED: ArrivalState.QUARANTINED,
    Fate.GONE: ArrivalState.MISSING,
}
_CAUSES = {
    Fate.CHANGED: Cause(
        "source_changed", "the raw file is not the one that was registered; it was not mixed in"
    ),
    Fate.GONE: Cause("source_gone", "the raw file is no longer there"),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What one attempt did, before it is written up."""

    members: Sequence[Arrival]
    conversion: Conversion
    replaced: Sequence[Arrival]
    rewritten: Rewritten | None
    started_at: datetime
    finished_at: datetime
    apart: bool = False
    takes: bool = False  # whether the order of files decides which rows stay


def account(claim: Claim, tried: Tried) -> Receipt:
    """Write the receipt of one attempt."""
    conversion = tried.conversion
    results = zip(tried.members, conversion.results, strict=True)
    notes = conversion.notes
    if tried.rewritten and tried.rewritten.rows_removed:
        notes = (*notes, f"rows of earlier versions replaced: {tried.rewritten.rows_removed:,}")
    if conversion.widened and tried.rewritten:
        columns = ", ".join(f"{each.column} to {each.after}" for each in conversion.widened)
        count = len(tried.rewritten.removed)
        notes = (*notes, f"parts written anew to widen {columns}: {count:,}")
    return Receipt(
        manifest=claim.manifest.id,
        feed=claim.manifest.feed,
        table=claim.manifest.table,
        attempt=claim.attempt,
        files=tuple(
            _in_order(tried, arrival, file_books(arrival, result)) for arrival, result in results
        ),
        parts=len(conversion.parts),
        size_bytes_out=sum(part.size_bytes for part in conversion.parts),
        engine=conversion.engine,
        started_at=tried.started_at,
        finished_at=tried.finished_at,
        refusals=conversion.refusals,
        replaced=tuple(arrival.id for arrival in tried.replaced),
        taken=tried.rewritten.taken if tried.rewritten else (),
        apart=tried.apart,
        changes=gathered(
            [
                (arrival.key, change)
                for arrival, result in zip(tried.members, conversion.results, strict=True)
                for change in result.changes
            ]
        ),
        manners=conversion.manners,
        source=conversion.source,
        checks=conversion.checks,
        notes=notes,
        cpu_seconds=conversion.cpu_seconds,
    )


def _in_order(tried: Tried, arrival: Arrival, books: FileBooks) -> FileBooks:
    """With the time at which it landed, where a ledger that is made anew must know it."""
    return replace(books, landed_at=arrival.landed_at) if tried.takes else books


def file_books(arrival: Arrival, result: InputResult) -> FileBooks:
    """The books of one file; a file refused whole has no row in the sum."""
    books = result.books if result.fate is Fate.READ else Books()
    return FileBooks(
        arrival=arrival.id,
        key=arrival.key,
        size_bytes=arrival.size_bytes,
        state=_STATES[result.fate],
        books=books,
        cause=result.cause or _CAUSES.get(result.fate),
        notes=result.notes,
        reasons=result.reasons,
    )
