"""How raw objects become arrivals: looked up, judged in memory, written if it still holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.feeds import Feeds
from headwater.adapters.aws.ledger.items import (
    move,
    read_arrival,
    state_of,
    write_arrival,
    write_name,
)
from headwater.adapters.aws.ledger.known import Known, newest_of
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import ABSENT, PRESENT, Item, Write, put, update
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import ArrivalId, FeedName, arrival_id
from headwater.ports.ledger import Outcome, Registration, Sighting

_SIGHTINGS = 50  # looked up together: two items each

Numbered = tuple[int, Sighting]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a sighting is, and what has to be written for it to be so."""

    registration: Registration
    is_new: bool = False
    supersedes: tuple[Item, ...] = ()
    restamps: bool = False


@dataclass(slots=True)
class Intake:
    """One call of register: its sightings, judged and written some at a time."""

    table: Table
    feeds: Feeds
    token: str = field(default_factory=places.new_token)
    _tried: dict[int, Registration] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _answers: dict[int, Registration] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)

    def register(self, sightings: Sequence[Sighting]) -> list[Registration]:
        """Make arrivals of sightings; one conditional step for each key."""
        self.feeds.meet(each.feed for each in sightings)
        for some in _apart(sightings):
            self._settle(some)
        return [self._answer(number) for number in range(len(sightings))]

    def _settle(self, todo: list[Numbered]) -> None:
        for _ in self.table.rounds("register"):
            known = Known(self.table)
            known.look([sighting for _, sighting in todo])
            judged = {number: self._judge(known, number, each) for number, each in todo}
            self._number([number for number, each in judged.items() if each.is_new])
            for group in self._groups(known, judged):
                self._write(group, judged)
            todo = [(number, each) for number, each in todo if number not in self._answers]
            if not todo:
                return

    def _write(self, group: dict[int, list[Write]], judged: dict[int, Judgement]) -> None:
        self._tried |= {number: judged[number].registration for number in group}
        writes = [write for some in group.values() for write in some]
        if writes:
            try:
                self.table.write(*writes)
            except Refused:  # somebody was here in between, or an earlier try of ours
                return
        self._answers |= {number: judged[number].registration for number in group}
        self._gone |= {item["id"] for number in group for item in judged[number].supersedes}

    def _answer(self, number: int) -> Registration:
        """As it is after the whole call: what came later in it may have superseded it."""
        answer = self._answers[number]
        if answer.arrival.id not in self._gone:
            return answer
        return replace(answer, arrival=replace(answer.arrival, state=ArrivalState.SUPERSEDED))

    def _groups(
        self, known: Known, judged: dict[int, Judgement]
    ) -> Iterator[dict[int, list[Write]]]:
        group: dict[int, list[Write]] = {}
        size = 0
        for number, each in judged.items():
            writes = self._writes(known, number, each)
            if group and size + len(writes) > self.table.step_items:
                yield group
                group, size = {}, 0
            group[number] = writes
            size += len(writes)
        yield group

    def _judge(self, known: Known, number: int, sighting: Sighting) -> Judgement:
        before = known.arrival(sighting)
        if before is not None and before["token"] == self._token(number):
            return Judgement(self._tried[number])  # an earlier try, whose answer was lost
        if before is not None and not _gains_a_feed(before, sighting):
            arrival = replace(read_arrival(before), stamp=sighting.stamp)
            restamps = before["stamp"] != sighting.stamp
            return Judgement(Registration(Outcome.KNOWN, arrival), restamps=restamps)
        found = known.under(sighting.feed, sighting.key)
        outcome, state, replaces = _verdict(sighting, found)
        generation = found[0]["generation"] + 1 if found else 1
        arrival = _arrival(sighting, generation, state, replaces)
        gone = known.unrouted(sighting.raw) if sighting.feed else []
        newest = newest_of(found)
        if _supersedes(sighting, state, newest) and newest is not None:
            gone.append(newest)
        return Judgement(Registration(outcome, arrival), is_new=True, supersedes=tuple(gone))

    def _writes(self, known: Known, number: int, judged: Judgement) -> list[Write]:
        arrival = judged.registration.arrival
        at = places.arrival_at(arrival.feed, arrival.key, arrival.generation)
        if judged.restamps:
            return [update(at, {"stamp": arrival.stamp}, when=PRESENT)]
        if not judged.is_new:
            return []
        item = write_arrival(arrival, self._numbers[number], self._token(number))
        return [
            *add(item, arrival, known.pointer(arrival.raw)),
            *(
                move((each["pk"], each["sk"]), ArrivalState.SUPERSEDED, {}, only=state_of(each))
                for each in judged.supersedes
            ),
        ]

    def _number(self, numbers: Sequence[int]) -> None:
        fresh = [number for number in numbers if number not in self._numbers]
        if fresh:
            self._numbers |= zip(fresh, self.feeds.number(len(fresh)), strict=True)

    def _token(self, number: int) -> str:
        return f"{self.token}-{number}"


def add(item: Item, arrival: Arrival, pointer: Item | None) -> list[Write]:
    """What a new arrival is made of, if nobody else took its generation."""
    return [put(item, when=ABSENT), put(write_name(arrival)), point_at(arrival, pointer)]


def point_at(arrival: Arrival, pointer: Item | None) -> Write:
    """Let the pointer of a raw object name its newest arrival."""
    pk, sk = places.raw_at(arrival.raw)
    feed = arrival.feed or places.UNROUTED
    place = [feed, arrival.key]
    old = pointer["places"] if pointer else []
    revision = pointer["revision"] if pointer else 0
    item = {
        "pk": pk,
        "sk": sk,
        "feed": feed,
        "key": arrival.key,
        "generation": arrival.generation,
        "places": old if place in old else [*old, place],
        "revision": revision + 1,
    }
    if pointer is None:
        return put(item, when=ABSENT)
    return put(item, when="#revision = :revision", revision=revision)


def _verdict(
    sighting: Sighting, found: Sequence[Item]
) -> tuple[Outcome, ArrivalState, ArrivalId | None]:
    if sighting.feed is None:
        return Outcome.UNROUTED, ArrivalState.UNROUTED, None
    newest = newest_of(found)
    if newest is None:
        return Outcome.NEW, ArrivalState.PENDING, None
    same: Item | None = newest
    if sighting.apart:
        same = next((each for each in found if _stands(each, sighting)), None)
    if same is not None and same["version"] == sighting.version:
        return Outcome.DUPLICATE, ArrivalState.DUPLICATE, same["id"]
    return Outcome.REWRITE, ArrivalState.PENDING, newest["id"]


def _stands(item: Item, sighting: Sighting) -> bool:
    gone = (ArrivalState.DUPLICATE, ArrivalState.SUPERSEDED)
    return item["version"] == sighting.version and state_of(item) not in gone


def _supersedes(sighting: Sighting, state: ArrivalState, newest: Item | None) -> bool:
    waits = newest is not None and state_of(newest) is ArrivalState.PENDING
    return waits and state is ArrivalState.PENDING and not sighting.apart


def _gains_a_feed(item: Item, sighting: Sighting) -> bool:
    return state_of(item) is ArrivalState.UNROUTED and sighting.feed is not None


def _arrival(
    sighting: Sighting, generation: int, state: ArrivalState, replaces: ArrivalId | None
) -> Arrival:
    feed = sighting.feed or FeedName(places.UNROUTED)
    return Arrival(
        id=arrival_id(feed, sighting.key, sighting.version, generation),
        feed=sighting.feed,
        key=sighting.key,
        raw=sighting.raw,
        version=sighting.version,
        generation=generation,
        size_bytes=sighting.size_bytes,
        stamp=sighting.stamp,
        records=sighting.records,
        landed_at=sighting.landed_at,
        state=state,
        replaces=replaces,
    )


def _apart(sightings: Sequence[Sighting]) -> Iterator[list[Numbered]]:
    """Sightings that do not stand in each other's way: one of a raw object and of a key."""
    some: list[Numbered] = []
    seen: set[object] = set()
    for number, each in enumerate(sightings):
        taken = {("raw", each.raw), (each.feed, each.key)}
        if some and (len(some) == _SIGHTINGS or not seen.isdisjoint(taken)):
            yield some
            some, seen = [], set()
        some.append((number, each))
        seen |= taken
    if some:
        yield some
