"""Rows that later commits took away from arrivals, as the table's log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.ids import ArrivalId
from headwater.model.part import Snapshot
from headwater.ports.tables import LogEntry


def taken_from(
    world: World, arrivals: Collection[Arrival], snapshot: Snapshot, since: int | None = None
) -> Counter[ArrivalId]:
    """How many rows of each of these arrivals went for others, up to this version of the table.

    The log is read from the first commit on of which one of them is, as the ledger says it:
    nothing was there to be taken before.
    """
    wanted = {each.id for each in arrivals}
    found: Counter[ArrivalId] = Counter()
    if not wanted:
        return found
    start = _first(world, arrivals) if since is None else since
    for entry in world.tables.log(snapshot.table, start):
        if entry.version > snapshot.version:  # committed while we looked
            break
        for arrival, rows in told_in(entry):
            if arrival in wanted:
                found[arrival] += rows
    return found


def told_in(entry: LogEntry) -> list[tuple[ArrivalId, int]]:
    """What an entry says of rows that it took; it is read without the rest of its receipt."""
    said = entry.receipt.get("receipt", {}) if entry.receipt is not None else {}
    return [(ArrivalId(arrival), rows) for arrival, rows in said.get("taken", ())]


def _first(world: World, arrivals: Collection[Arrival]) -> int:
    """The earliest version that a manifest of theirs made."""
    versions = []
    for manifest in {each.manifest for each in arrivals if each.manifest is not None}:
        receipt = world.ledger.receipt(manifest)
        if receipt is not None and receipt.version is not None:
            versions.append(receipt.version)
    return min(versions, default=0)
