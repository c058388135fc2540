"""Rows of versions that are being replaced: taken away by the commit that brings others."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.errors import BrokenInvariant, CommitConflict
from headwater.flow.commit import already
from headwater.flow.convert import rewrite
from headwater.flow.taken import taken_from
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.ids import ArrivalId, ManifestId, TableName
from headwater.model.manifest import Claim
from headwater.model.part import Snapshot
from headwater.model.receipt import Receipt
from headwater.points import point
from headwater.ports.engine import Conversion, Engine, Rewritten


def take_out(
    world: World,
    engine: Engine,
    claim: Claim,
    replaced: Sequence[Arrival],
    conversion: Conversion,
) -> Rewritten | None:
    """Write parts anew without the rows of replaced arrivals; None where nothing is to be done.

    Without those, too, that new rows take the place of, where the feed's mode says so.
    CommitConflict where a part has come that the conversion has not seen, and should have.
    """
    wider = conversion.widened
    against = conversion.parts if world.feed_of(claim.manifest).takes else ()
    # The table as it is after the conversion, which may have taken long: the older the look,
    # the likelier somebody else has rewritten the same parts meanwhile.
    snapshot = world.tables.snapshot(claim.manifest.table) if replaced or wider or against else None
    if snapshot is None:
        return None
    _require_seen(snapshot, conversion.seen)
    point("replace.planned")
    rewritten = rewrite(world, engine, claim, snapshot, (replaced, wider, against))
    point("replace.rewritten")
    _require_all(world, snapshot, replaced, rewritten.rows_removed)
    return rewritten


def empty(world: World, snapshot: Snapshot, replaced: Sequence[Arrival]) -> Rewritten:
    """Take every part out, none of which may hold a row of others: the table is made anew.

    CommitConflict where somebody has added rows since this was begun.
    """
    paths = tuple(part.path for part in snapshot.parts)
    point("replace.planned")
    rows = sum(part.rows for part in snapshot.parts)
    if rows != rows_left(world, snapshot, replaced):
        raise CommitConflict(
            f"{snapshot.table}: rows came while all that was there was read again",
            hint="read them again, too",
        )
    return Rewritten(paths, (), rows, paths, anew=True)


def rows_left(world: World, snapshot: Snapshot, arrivals: Sequence[Arrival]) -> int:
    """Rows of these arrivals that a reader sees: some may have gone for those of later files."""
    written = rows_in(world, snapshot.table, arrivals)
    if not written or written == sum(part.rows for part in snapshot.parts):
        return written
    return written - taken_from(world, arrivals, snapshot).total()


def rows_in(
    world: World, table: TableName, arrivals: Sequence[Arrival], *, ask_log: bool = False
) -> int:
    """What the receipts of these arrivals say of their rows in a table, each receipt read once.

    Or, asking the log, of those that it holds: somebody may have removed the table's folder.
    """
    wanted: dict[ManifestId, set[ArrivalId]] = {}
    for arrival in arrivals:
        if arrival.manifest is not None:
            wanted.setdefault(arrival.manifest, set()).add(arrival.id)
    rows = 0
    for manifest, ids in wanted.items():
        receipt = world.ledger.receipt(manifest)
        if receipt is None or receipt.table != table:
            continue
        if not ask_log or _is_logged(world, receipt):
            rows += sum(file.books.written for file in receipt.files if file.arrival in ids)
    return rows


def _require_seen(snapshot: Snapshot, seen: Sequence[str] | None) -> None:
    """Of a part that is written anew the log cannot tell that nobody has looked at its keys."""
    unseen = {part.path for part in snapshot.parts}.difference(seen) if seen is not None else set()
    if unseen:
        raise CommitConflict(
            f"{snapshot.table}: {min(unseen)} came while the rows were made",
            hint="convert again with the table's parts",
        )


def _is_logged(world: World, receipt: Receipt) -> bool:
    manifest = world.ledger.manifest(receipt.manifest)
    found = None if manifest is None else already(world, manifest)
    return found is not None and found.receipt.version is not None


def _require_all(
    world: World, snapshot: Snapshot, replaced: Sequence[Arrival], rows_removed: int
) -> None:
    """Each row that is replaced is found, and no other."""
    table = snapshot.table
    takes = any(feed.takes for feed in world.feeds if feed.table == table)
    taken = taken_from(world, replaced, snapshot).total() if takes else 0
    if rows_removed == rows_in(world, table, replaced) - taken:
        return
    expected = rows_in(world, table, replaced, ask_log=True)
    expected -= taken_from(world, replaced, snapshot, since=0).total()
    if rows_removed != expected:
        raise BrokenInvariant(
            f"{table} holds {rows_removed} rows of versions that are being replaced, but their "
            f"receipts say {expected}",
            hint="run `headwater verify`, then `headwater verify --rebuild`",
        )
