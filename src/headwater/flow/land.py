"""Local files become raw objects: measured, put under a name that is theirs, announced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from headwater.errors import HeadwaterError, ObjectExists, UsageError
from headwater.flow.lying import measure_raws
from headwater.flow.rebuild import require_ledger
from headwater.flow.register import announcement, register, register_older, sighting
from headwater.flow.route import route, version_name
from headwater.flow.take_away import take_away
from headwater.flow.tally import Tally
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, FeedName, Key, RawName
from headwater.model.progress import Watch, nobody
from headwater.points import point
from headwater.ports.ledger import Outcome
from headwater.ports.store import How, Stat, Taking
from headwater.reading.counter import counter
from headwater.reading.measure import Measure, measure_many
from headwater.reading.source import spell

CHUNK = 1_000
"""Files that are measured, taken and registered together."""


class LandingOutcome(StrEnum):
    """What became of a file that was handed in."""

    LANDED = "landed"
    REWRITE = "rewrite"  # new bytes under a known key
    DUPLICATE = "duplicate"  # equal bytes under a known key: nothing to do
    REFUSED = "refused"  # could not be taken; the error says why


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of one file that was handed in."""

    source: Path
    outcome: LandingOutcome
    arrival: Arrival | None = None
    error: HeadwaterError | None = None


@dataclass(slots=True)
class _Candidate:
    """A file on its way in."""

    source: Path
    key: Key
    measured: Measure
    raw: RawName
    feed: FeedName


def land(
    world: World,
    feed: Feed,
    files: Sequence[Path],
    *,
    how: How = How.COPY,
    under: str = "",
    watch: Watch = nobody,
) -> list[Landing]:
    """Take files into the raw zone, announce and register them; answer in the order given."""
    keys = _keys(world, feed, files, under)
    require_ledger(world)
    landings: list[Landing] = []
    pairs = list(zip(files, keys, strict=True))
    tally = Tally(feed.name, files, watch)
    for start in range(0, len(files), CHUNK):
        landings += _land_chunk(world, feed, pairs[start : start + CHUNK], how, tally)
        tally.landed(len(landings))
    point("in.before_reply")
    return landings


def _keys(world: World, feed: Feed, files: Sequence[Path], under: str) -> list[Key]:
    folder = f"{under.strip('/')}/" if under.strip("/") else ""
    keys = [Key(f"{feed.prefix}{folder}{spell(Path(path.name))}") for path in files]
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise UsageError(
            f"two of the files would land as {twice[0]}, and one would replace the other",
            hint="land them in separate calls with --under FOLDER",
        )
    for key in keys:
        routed = route(world.feeds, key)
        if routed is None or routed.name != feed.name:
            where = f"feed {routed.name!r}" if routed else "no feed"
            raise UsageError(
                f"{key} would belong to {where}, not to {feed.name!r}, "
                f"which matches {', '.join(feed.match)}",
                hint=f"widen `match` of feeds.{feed.name}, or rename the file",
            )
    return keys


def _land_chunk(
    world: World, feed: Feed, chunk: Sequence[tuple[Path, Key]], how: How, tally: Tally
) -> list[Landing]:
    measures = _measured(feed, [path for path, _ in chunk], tally)
    newest = world.ledger.newest(feed.name, [key for _, key in chunk])
    landings: dict[Path, Landing] = {}
    candidates: list[_Candidate] = []
    for (source, key), measured in zip(chunk, measures, strict=True):
        before = newest.get(key)
        if isinstance(measured, HeadwaterError):
            landings[source] = Landing(source, LandingOutcome.REFUSED, error=measured)
        elif before is not None and _is_here(before, measured):
            landings[source] = Landing(source, LandingOutcome.DUPLICATE, arrival=before)
            if how is How.MOVE:
                take_away(world, source, measured, before.raw)
        else:
            raw = _raw_name(key, before, measured)
            candidates.append(_Candidate(source, key, measured, raw, feed.name))
    landings.update(_take(world, feed, candidates, how, tally))
    return [landings[path] for path, _ in chunk]


def _measured(feed: Feed, files: Sequence[Path], tally: Tally) -> list[Measure | HeadwaterError]:
    return measure_many(files, lambda path: tally.counting(counter(feed, path)))


def _is_here(before: Arrival, measured: Measure) -> bool:
    """Whether these bytes are here already; what somebody has removed since is not."""
    return before.version == measured.digest and before.state is not ArrivalState.MISSING


def _raw_name(key: Key, before: Arrival | None, measured: Measure) -> RawName:
    """A name of its own for each version; what was removed gets its old place back."""
    if before is None:
        return RawName(key)
    if before.version == measured.digest:
        return before.raw
    return version_name(key, before.generation + 1, measured.digest)


def _take(
    world: World, feed: Feed, candidates: Sequence[_Candidate], how: How, tally: Tally
) -> dict[Path, Landing]:
    if not candidates:
        return {}
    taken: list[tuple[_Candidate, Stat]] = []
    landings: dict[Path, Landing] = {}
    answers = world.zones.raw.take([_taking(each, how) for each in candidates], told=tally.copied)
    for candidate, answer in zip(candidates, answers, strict=True):
        settled = answer
        if isinstance(answer, ObjectExists):
            settled = _occupied(world, candidate, how)
            if how is How.MOVE and isinstance(settled, Stat):
                take_away(world, candidate.source, candidate.measured, candidate.raw)
        if isinstance(settled, HeadwaterError):
            landings[candidate.source] = Landing(
                candidate.source, LandingOutcome.REFUSED, error=settled
            )
        else:
            taken.append((candidate, settled))
    landings.update(_announce(world, feed, taken))
    return landings


def _taking(candidate: _Candidate, how: How) -> Taking:
    return Taking(candidate.source, candidate.raw, how, candidate.measured.stamp)


def _occupied(world: World, candidate: _Candidate, how: How) -> Stat | HeadwaterError:
    """An object lies there already: the same bytes are ours, others came before ours."""
    there = world.zones.raw.stat(candidate.raw)
    if there is not None:
        (lying,) = measure_raws(world, [candidate.raw], lambda _: None)
        if isinstance(lying, HeadwaterError):
            return lying
        if lying.digest == candidate.measured.digest:
            return world.zones.raw.secure([candidate.raw])[0] or there
        # Whoever put it there may have died before it was registered. It is older than ours,
        # so it is registered first: found later, it would take the place of the newer one.
        register(world, [there])
    before = world.ledger.newest(candidate.feed, [candidate.key]).get(candidate.key)
    generation = before.generation + 1 if before else 2
    candidate.raw = version_name(candidate.key, generation, candidate.measured.digest)
    (answer,) = world.zones.raw.take([_taking(candidate, how)])
    if isinstance(answer, ObjectExists):  # its name holds its digest: these are its bytes
        return world.zones.raw.stat(candidate.raw) or answer
    return answer


def _announce(
    world: World, feed: Feed, taken: Sequence[tuple[_Candidate, Stat]]
) -> dict[Path, Landing]:
    if not taken:
        return {}
    world.queue.send([announcement(candidate.raw) for candidate, _ in taken])
    point("in.after_enqueue")
    register_older(world, {candidate.raw for candidate, _ in taken})
    sightings = []
    for candidate, stat in taken:
        seen = sighting(world, candidate.raw, feed, candidate.measured)
        sightings.append(replace(seen, stamp=stat.stamp))
    point("in.before_register")
    registrations = world.ledger.register(sightings)
    again = _brought_back(world, feed, [each.arrival for each in registrations])
    point("in.after_register")
    landings = {}
    for (candidate, _), registration in zip(taken, registrations, strict=True):
        arrival = again.get(registration.arrival.id, registration.arrival)
        outcome = _OUTCOMES[registration.outcome]
        landings[candidate.source] = Landing(candidate.source, outcome, arrival)
    return landings


def _brought_back(
    world: World, feed: Feed, arrivals: Sequence[Arrival]
) -> dict[ArrivalId | None, Arrival]:
    """What was missing is read again, now that it lies there."""
    missing = [each.id for each in arrivals if each.state is ArrivalState.MISSING]
    apart = feed.on_rewrite.apart
    again = world.ledger.replay(missing, world.clock(), apart=apart) if missing else []
    return {arrival.replaces: arrival for arrival in again}


_OUTCOMES = {
    Outcome.NEW: LandingOutcome.LANDED,
    Outcome.UNROUTED: LandingOutcome.LANDED,
    Outcome.KNOWN: LandingOutcome.LANDED,
    Outcome.REWRITE: LandingOutcome.REWRITE,
    Outcome.DUPLICATE: LandingOutcome.DUPLICATE,
}
