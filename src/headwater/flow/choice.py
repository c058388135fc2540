"""Which files are to be read again: by feed, name, landing time, manifest, or for being refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from headwater.errors import HeadwaterError, UsageError
from headwater.flow.explain import keys_of
from headwater.flow.followed import version_of
from headwater.flow.lying import measure_raw
from headwater.flow.register import register
from headwater.flow.replay import REFUSED, pages, refused_arrivals, standing
from headwater.flow.route import matches
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import FeedName, Key, ManifestId
from headwater.ports.store import Stat

_UNDER_WAY = (ArrivalState.PENDING, ArrivalState.PROCESSING)

GONE = "its raw object is gone"
CHANGED = "its raw object has other bytes than were registered"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the files have in common that are to be read again; all of it holds for each."""

    feed: FeedName | None = None
    files: tuple[str, ...] = ()  # keys, raw names, arrival ids, local paths, or patterns of keys
    since: datetime | None = None  # landed then or later
    until: datetime | None = None  # landed before then
    manifests: tuple[ManifestId, ...] = ()  # that have converted them
    quarantined: bool = False  # refused, whole or in part


@dataclass(frozen=True, slots=True)
class Passed:
    """A file that was chosen and cannot be read again."""

    arrival: Arrival
    why: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a choice comes to as things stand."""

    arrivals: tuple[Arrival, ...]
    passed: tuple[Passed, ...]
    waiting: tuple[Arrival, ...]  # to be read already, for the first time or again


def choose(world: World, choice: Choice) -> Chosen:
    """The latest arrival of each file that is meant, where its raw object is what it was."""
    tests = list(_tests(world, choice))
    states = (*REFUSED, ArrivalState.COMPLETED, *_UNDER_WAY)
    meant = (
        arrival
        for arrival in pages(world, choice.feed, states)
        if all(test(arrival) for test in tests)
    )
    arrivals: list[Arrival] = []
    passed: list[Passed] = []
    waiting: list[Arrival] = []
    for arrival in standing(world, meant):
        if arrival.state in _UNDER_WAY:
            waiting.append(arrival)
        elif (why := _unreadable(world, arrival)) is not None:
            passed.append(Passed(arrival, why))
        else:
            arrivals.append(arrival)
    return Chosen(tuple(arrivals), tuple(passed), tuple(waiting))


def _tests(world: World, choice: Choice) -> Iterator[Callable[[Arrival], bool]]:
    since, until = choice.since, choice.until
    if since is not None:
        yield lambda arrival: arrival.landed_at >= since
    if until is not None:
        yield lambda arrival: arrival.landed_at < until
    if choice.files:
        keys = {key for name in choice.files for key in _named(world, choice.feed, name)}
        yield lambda arrival: arrival.key in keys
    if choice.manifests:
        # A file of a manifest may have been read again since; it is the same file.
        versions = {
            version_of(arrival)
            for manifest in choice.manifests
            for arrival in _members(world, manifest)
        }
        yield lambda arrival: version_of(arrival) in versions
    if choice.quarantined:
        refused = {arrival.id for arrival in refused_arrivals(world, feed=choice.feed)}
        yield lambda arrival: arrival.id in refused


def _named(world: World, feed: FeedName | None, name: str) -> list[Key]:
    if not set(name) & {"*", "?"}:
        return keys_of(world, name)
    prefixes = {each.prefix for each in world.feeds if feed in {None, each.name}}
    found = {
        arrival.key
        for arrival in pages(world, feed, ())
        if matches(name, arrival.key) or any(matches(each + name, arrival.key) for each in prefixes)
    }
    if not found:
        raise UsageError(
            f"no file is called like {name}", hint="`headwater explain FILE` knows what there is"
        )
    return list(found)


def _members(world: World, manifest: ManifestId) -> list[Arrival]:
    members = world.ledger.members(manifest)
    if not members:
        raise UsageError(
            f"there is no manifest {manifest}", hint="`headwater explain FILE` names a file's"
        )
    return members


def _unreadable(world: World, arrival: Arrival) -> str | None:
    """Why the file cannot be read again; None where its bytes are those that were registered."""
    stat = world.zones.raw.stat(arrival.raw)
    if stat is None:
        return GONE
    return None if stat.stamp == arrival.stamp else _changed(world, arrival, stat)


def _changed(world: World, arrival: Arrival, stat: Stat) -> str | None:
    """Bytes that are equal after all get their stamp refreshed."""
    try:
        lying = measure_raw(world, arrival.raw)
    except HeadwaterError as error:
        return error.message
    if lying.digest != arrival.version:
        return CHANGED
    register(world, [stat])
    return None
