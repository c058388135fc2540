"""How raw objects become arrivals: looked up, judged in memory, written in one step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from headwater.adapters.sqlite.database import Transaction
from headwater.adapters.sqlite.rows import UNROUTED, listed, read_arrival, write_arrival
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import ArrivalId, Digest, FeedName, Key, RawName, arrival_id
from headwater.model.moves import arrival_sources
from headwater.ports.ledger import Outcome, Registration, Sighting

Place = tuple[FeedName | None, Key]
Version = tuple[FeedName | None, Key, RawName, Digest]


def register(tx: Transaction, sightings: Sequence[Sighting]) -> list[Registration]:
    """Make arrivals of sightings: look everything up, decide in memory, write everything."""
    intake = Intake(tx)
    intake.look_up_raws({sighting.raw for sighting in sightings})
    intake.look_up_places({(sighting.feed, sighting.key) for sighting in sightings})
    intake.look_up_versions({(each.feed, each.key) for each in sightings if each.apart})
    answers = [intake.take(sighting) for sighting in sightings]
    intake.write()
    return [Registration(outcome, intake.arrivals[id_]) for outcome, id_ in answers]


class Intake:
    """What is known of some raw objects and keys, and what will be written about them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.arrivals: dict[ArrivalId, Arrival] = {}
        self.newest: dict[Place, Arrival] = {}  # duplicates aside
        self.latest: dict[Version, Arrival] = {}  # of each version, where versions stand apart
        self._standing: dict[tuple[FeedName | None, Key, Digest], Arrival] = {}
        self._generations: dict[Place, int] = {}
        self._known: dict[tuple[RawName, Digest], ArrivalId] = {}
        self._unrouted: dict[RawName, list[ArrivalId]] = {}
        self._added: dict[ArrivalId, None] = {}  # in the order of registration
        self._restamped: set[ArrivalId] = set()
        self._superseded: set[ArrivalId] = set()

    def look_up_raws(self, raws: Iterable[RawName]) -> None:
        """What is known of these raw objects."""
        for row in self._tx.all("known", raws=listed(raws)):
            self._know(read_arrival(row))

    def look_up_places(self, places: Iterable[Place]) -> None:
        """The newest under each key, and duplicates behind it."""
        for row in self._tx.all("newest_with_duplicates", pairs=_pairs(places)):
            self._place(read_arrival(row))

    def look_up_versions(self, places: Iterable[Place]) -> None:
        """Every version under these keys."""
        for row in self._tx.all("under_places", pairs=_pairs(places)):
            arrival = read_arrival(row)
            if arrival.state is not ArrivalState.DUPLICATE:
                self._stand(arrival)

    def take(self, sighting: Sighting) -> tuple[Outcome, ArrivalId]:
        """Judge a sighting; the arrival that it is, or becomes."""
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
        """An arrival like this one, with the next generation under its key."""
        place = (like.feed, like.key)
        generation = self._generations.get(place, 0) + 1
        id_ = arrival_id(like.feed or FeedName(UNROUTED), like.key, like.version, generation)
        arrival = replace(like, id=id_, generation=generation, state=state)
        self._know(arrival)
        self._place(arrival)
        self._added[id_] = None
        return arrival

    def write(self) -> None:
        """Write what was decided."""
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
        same = self._same(sighting) if sighting.apart else newest
        if same is not None and same.version == sighting.version:
            return Outcome.DUPLICATE, ArrivalState.DUPLICATE, same.id
        if sighting.apart:
            return Outcome.REWRITE, ArrivalState.PENDING, newest.id
        if newest.state is ArrivalState.PENDING:
            self._supersede(newest.id)
        return Outcome.REWRITE, ArrivalState.PENDING, newest.id

    def _same(self, sighting: Sighting) -> Arrival | None:
        """The version under its key with the same bytes, if it stands."""
        return self._standing.get((sighting.feed, sighting.key, sighting.version))

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
            self._stand(arrival)
        self.arrivals.setdefault(arrival.id, arrival)

    def _stand(self, arrival: Arrival) -> None:
        self.latest[version_of(arrival)] = arrival
        if arrival.state is not ArrivalState.SUPERSEDED:
            self._standing[arrival.feed, arrival.key, arrival.version] = arrival

    def _restamp(self, id_: ArrivalId, stamp: str) -> None:
        if self.arrivals[id_].stamp != stamp:
            self.arrivals[id_] = replace(self.arrivals[id_], stamp=stamp)
            self._restamped.add(id_)

    def _supersede(self, id_: ArrivalId) -> None:
        self.arrivals[id_] = replace(self.arrivals[id_], state=ArrivalState.SUPERSEDED)
        self._superseded.add(id_)


def version_of(arrival: Arrival) -> Version:
    """What all generations of one version under one key have in common."""
    return arrival.feed, arrival.key, arrival.raw, arrival.version


def _pairs(places: Iterable[Place]) -> str:
    return json.dumps([[feed or UNROUTED, key] for feed, key in places])
