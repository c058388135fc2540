"""What was refused, and why: files and rows, newest generation only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headwater.flow.ask import QUARANTINE, refusals, refusals_location
from headwater.flow.replay import REFUSED, Books, refused_arrivals
from headwater.flow.world import World
from headwater.model.arrival import Arrival, Cause
from headwater.model.ids import ArrivalId, FeedName, Key


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was refused whole, or rows of which were."""

    arrival: Arrival
    whole: bool
    rows: int
    reasons: tuple[tuple[str, int], ...]
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused row: where it stood, what it said, why it was refused."""

    arrival: ArrivalId
    key: Key
    line: int | None
    column: str | None
    raw: str | None
    code: str
    message: str


def refused_files(world: World, *, feed: FeedName | None = None) -> list[RefusedFile]:
    """Every file that waits in quarantine, whole or in part."""
    found = []
    receipts = Books(world)
    for arrival in refused_arrivals(world, feed=feed):
        books = receipts.of(arrival)
        found.append(
            RefusedFile(
                arrival=arrival,
                whole=arrival.state in REFUSED,
                rows=books.books.quarantined if books else 0,
                reasons=books.reasons if books else (),
                cause=arrival.cause,
            )
        )
    return found


def refused_rows(
    world: World, files: Sequence[RefusedFile], *, limit: int = 100
) -> list[RefusedRow]:
    """The refused rows of these files, in the order of their lines."""
    wanted = {file.arrival.id for file in files}
    manifests = {file.arrival.manifest for file in files if file.arrival.manifest is not None}
    receipts = (world.ledger.receipt(manifest) for manifest in manifests)
    names = sorted(
        f"{receipt.feed}/{name}"
        for receipt in receipts
        if receipt is not None
        for name in receipt.refusals
    )
    if not names:
        return []
    ids = ", ".join(f"'{each}'" for each in sorted(wanted))  # our own, of letters and digits
    columns = "arrival, key, line, column_name, raw, code, message"
    sql = (
        f"select {columns} from {QUARANTINE} where arrival in ({ids}) "  # noqa: S608 - ids are ours
        f"order by key, line limit {int(limit)}"
    )
    answer = world.asker.ask(sql, [(refusals(world, names), refusals_location(world))])
    return [RefusedRow(*row) for row in answer.rows()]
