"""How settled arrivals start again: the same object and version, with the next generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from headwater.adapters.sqlite.batches import write_down
from headwater.adapters.sqlite.database import Transaction
from headwater.adapters.sqlite.intake import Intake, version_of
from headwater.adapters.sqlite.rows import listed, read_arrival
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId

_REPLAYABLE = frozenset(
    {
        ArrivalState.COMPLETED,
        ArrivalState.QUARANTINED,
        ArrivalState.DEAD,
        ArrivalState.MISSING,
    }
)


def replay(
    tx: Transaction,
    arrivals: Sequence[ArrivalId],
    now: datetime,
    *,
    apart: bool,
    together: Feed | None,
) -> list[Arrival]:
    """Register them again; those that are not the latest of their kind are passed over."""
    intake = Intake(tx)
    found = [read_arrival(row) for row in tx.all("some_arrivals", ids=listed(arrivals))]
    places = {(arrival.feed, arrival.key) for arrival in found}
    intake.look_up_places(places)
    if apart:
        intake.look_up_versions(places)
    again = [
        intake.add(
            replace(arrival, cause=None, manifest=None, replaces=arrival.id),
            ArrivalState.PENDING,
        )
        for arrival in found
        if arrival.state in _REPLAYABLE and _latest(intake, arrival, apart=apart) == arrival.id
    ]
    intake.write()
    if together is None or not again:
        return again
    manifest = write_down(tx, together, [(each.id, each.size_bytes) for each in again], now)
    return [replace(each, state=ArrivalState.PROCESSING, manifest=manifest.id) for each in again]


def _latest(intake: Intake, arrival: Arrival, *, apart: bool) -> ArrivalId:
    if apart:
        return intake.latest[version_of(arrival)].id
    return intake.newest[arrival.feed, arrival.key].id
