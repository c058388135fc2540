"""What was refused, and why: files and rows, as things stand or as they ever were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headwater.flow.ask import QUARANTINE, of_arrivals, refusals, refusals_location
from headwater.flow.replay import REFUSED, Books, pages, refused_arrivals
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.ids import ArrivalId, FeedName, Key
from headwater.model.receipt import FileBooks


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was refused whole, or rows of which were."""

    arrival: Arrival
    whole: bool
    rows: int
    reasons: tuple[tuple[str, int], ...]
    cause: Cause | None
    now: bool = True  # False: a later version, or a replay, has followed it


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


def refused_files(
    world: World, *, feed: FeedName | None = None, history: bool = False
) -> list[RefusedFile]:
    """Every file that waits in quarantine, whole or in part; or every one that ever did."""
    books = Books(world)
    waiting = refused_arrivals(world, feed=feed)
    files = [_refused(arrival, books.of(arrival), now=True) for arrival in waiting]
    if not history:
        return files
    now = {arrival.id for arrival in waiting}
    for arrival in pages(world, feed, (*REFUSED, ArrivalState.COMPLETED, ArrivalState.SUPERSEDED)):
        said = books.of(arrival)
        lost = _is_whole(arrival, said) or (said is not None and said.books.quarantined > 0)
        if lost and arrival.id not in now:
            files.append(_refused(arrival, said, now=False))
    return sorted(files, key=lambda each: (each.arrival.key, each.arrival.generation))


def _refused(arrival: Arrival, said: FileBooks | None, *, now: bool) -> RefusedFile:
    return RefusedFile(
        arrival=arrival,
        whole=_is_whole(arrival, said),
        rows=said.books.quarantined if said else 0,
        reasons=said.reasons if said else (),
        cause=arrival.cause,
        now=now,
    )


def _is_whole(arrival: Arrival, said: FileBooks | None) -> bool:
    """Whether no row of it reached a table; what followed it later leaves its cause."""
    return arrival.state in REFUSED or arrival.cause is not None or _ended_without(said)


def _ended_without(said: FileBooks | None) -> bool:
    return said is not None and said.state is not ArrivalState.COMPLETED


def refused_rows(
    world: World, files: Sequence[RefusedFile], *, limit: int = 100
) -> list[RefusedRow]:
    """The refused rows of these files, in the order of their lines."""
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
    columns = "arrival, key, line, column_name, raw, code, message"
    sql = f"select {columns} from {QUARANTINE} order by key, line limit {int(limit)}"  # noqa: S608 - ours
    views = {QUARANTINE: of_arrivals(file.arrival.id for file in files)}
    answer = world.asker.ask(sql, [(refusals(names), refusals_location(world))], views=views)
    return [RefusedRow(*row) for row in answer.rows()]
