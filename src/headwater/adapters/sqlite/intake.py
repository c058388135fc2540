"""How raw objects become arrivals, and settled arrivals start again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from headwater.adapters.sqlite.database import Transaction
from headwater.adapters.sqlite.rows import UNROUTED, listed, read_arrival, write_arrival
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import ArrivalId, Digest, FeedName, Key, RawName, arrival_id
from headwater.model.moves import arrival_sources
from headwater.ports.ledger import Outcome, Registration, Sighting

Place = tuple[FeedName | None, Key]

_REPLAYABLE = frozenset(
    {
        ArrivalState.COMPLETED,
        ArrivalState.QUARANTINED,
        ArrivalState.DEAD,
        ArrivalState.MISSING,
    }
)


def register(tx: Transaction, sightings: Sequence[Sighting]) -> list[Registration]:
    """Make arrivals of sightings: look everything up, decide in memory, write everything."""
    intake = _Intake(tx)
    intake.look_up_raws({sighting.raw for sighting in sightings})
    intake.look_up_places({(sighting.feed, sighting.key) for sighting in sightings})
    answers = [intake.take(sighting) for sighting in sightings]
    intake.write()
    return [Registration(outcome, intake.arrivals[id_]) for outcome, id_ in answers]


def replay(tx: Transaction, arrivals: Sequence[ArrivalId], now: datetime) -> list[Arrival]:
    """Register the same raw object and version again, with the next generation."""
    intake = _Intake(tx)
    found = [read_arrival(row) for row in tx.all("some_arrivals", ids=listed(arrivals))]
    intake.look_up_places({(arrival.feed, arrival.key) for arrival in found})
    again = [
        intake.add(
            replace(arrival, landed_at=now, cause=None, manifest=None, replaces=arrival.id),
            ArrivalState.PENDING,
        )
        for arrival in found
        if arrival.state in _REPLAYABLE
        and intake.newest[arrival.feed, arrival.key].id == arrival.id
    ]
    intake.write()
    return again


class _Intake:
    """What is known of some raw objects and keys, and what will be written about them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.arrivals: dict[ArrivalId, Arrival] = {}
        self.newest: dict[Place, Arrival] = {}  # duplicates aside
        self._generations: dict[Place, int] = {}
        self._known: dict[tuple[RawName, Digest], ArrivalId] = {}
        self._unrouted: dict[RawName, list[ArrivalId]] = {}
        self._added: dict[ArrivalId, None] = {}  # in the order of registration
        self._restamped: set[ArrivalId] = set()
        self._superseded: set[ArrivalId] = set()

    def look_up_raws(self, raws: Iterable[RawName]) -> None:
        for row in self._tx.all("known", raws=listed(raws)):
            self._know(read_arrival(row))

    def look_up_places(self, places: Iterable[Place]) -> None:
        pairs = json.dumps([[feed or UNROUTED, key] for feed, key in places])
        for row in self._tx.all("newest_with_duplicates", pairs=pairs):
            self._place(read_arrival(row))

    def take(self, sighting: Sighting) -> tuple[Outcome, ArrivalId]:
        known = self._known.get((sighting.raw, sighting.version))
        if known is not None and not self._gains_a_feed(self.arrivals[known], sighting):
            self._restamp(known, sighting.stamp)
            return Outcome.KNOWN, known
        for unrouted in self._unrouted.pop(sighting.raw, ()) if sighting.feed else ():
            self._supersede(unrouted)
        outcome, state, replaces = self._judge(sighting)
        arrival = Arrival(
            ArrivalId(""), sighting.feed, sighting.key, sighting.raw, sighting.version, 0,
            sighting.size_bytes, sighting.stamp, sighting.records, sighting.landed_at,
            replaces=replaces,
        )  # fmt: skip
        return outcome, self.add(arrival, state).id

    def add(self, like: Arrival, state: ArrivalState) -> Arrival:
        place = (like.feed, like.key)
        generation = self._generations.get(place, 0) + 1
        id_ = arrival_id(like.feed or FeedName(UNROUTED), like.key, like.version, generation)
        arrival = replace(like, id=id_, generation=generation, state=state)
        self._know(arrival)
        self._place(arrival)
        self._added[id_] = None
        return arrival

    def write(self) -> None:
        sources = listed(arrival_sources(ArrivalState.SUPERSEDED))
        before = [{"id": id_, "sources": sources} for id_ in self._superseded - self._added.keys()]
        self._tx.each("supersede", before)
        self._tx.each("add_arrival", [write_arrival(self.arrivals[id_]) for id_ in self._added])
        stamps = [{"id": id_, "stamp": self.arrivals[id_].stamp} for id_ in self._restamped]
        self._tx.each("refresh_stamp", stamps)

    def _judge(self, sighting: Sighting) -> tuple[Outcome, ArrivalState, ArrivalId | None]:
        if sighting.feed is None:
            return Outcome.UNROUTED, ArrivalState.UNROUTED, None
        newest = self.newest.get((sighting.feed, sighting.key))
        if newest is None:
            return Outcome.NEW, ArrivalState.PENDING, None
        if newest.version == sighting.version:
            return Outcome.DUPLICATE, ArrivalState.DUPLICATE, newest.id
        if newest.state is ArrivalState.PENDING:
            self._supersede(newest.id)
        return Outcome.REWRITE, ArrivalState.PENDING, newest.id

    def _gains_a_feed(self, arrival: Arrival, sighting: Sighting) -> bool:
        return arrival.state is ArrivalState.UNROUTED and sighting.feed is not None

    def _know(self, arrival: Arrival) -> None:
        self.arrivals[arrival.id] = arrival
        self._known[arrival.raw, arrival.version] = arrival.id
        if arrival.state is ArrivalState.UNROUTED:
            self._unrouted.setdefault(arrival.raw, []).append(arrival.id)

    def _place(self, arrival: Arrival) -> None:
        place = (arrival.feed, arrival.key)
        self._generations[place] = max(self._generations.get(place, 0), arrival.generation)
        if arrival.state is not ArrivalState.DUPLICATE:
            self.newest[place] = arrival
        self.arrivals.setdefault(arrival.id, arrival)

    def _restamp(self, id_: ArrivalId, stamp: str) -> None:
        if self.arrivals[id_].stamp != stamp:
            self.arrivals[id_] = replace(self.arrivals[id_], stamp=stamp)
            self._restamped.add(id_)

    def _supersede(self, id_: ArrivalId) -> None:
        self.arrivals[id_] = replace(self.arrivals[id_], state=ArrivalState.SUPERSEDED)
        self._superseded.add(id_)
