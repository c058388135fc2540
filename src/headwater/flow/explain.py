"""The full story of one file: every version under its key, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.errors import InputError, ObjectMissing
from headwater.flow.followed import version_of
from headwater.flow.models.standing import downstream
from headwater.flow.replay import Books, pages
from headwater.flow.route import key_of
from headwater.flow.taken import taken_from
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.curated import ModelName
from headwater.model.ids import ArrivalId, Key, RawName
from headwater.model.manifest import Manifest
from headwater.model.receipt import FileBooks, Receipt
from headwater.reading.measure import measure
from headwater.reading.source import spell


@dataclass(frozen=True, slots=True)
class Chapter:
    """One arrival's story."""

    arrival: Arrival
    manifest: Manifest | None
    receipt: Receipt | None
    books: FileBooks | None
    raw_there: bool
    again: bool = False  # the same object and bytes as before: a replay
    followed: Arrival | None = None  # the next arrival that took its place
    taken: int = 0  # rows of it that have gone for those of later files


@dataclass(frozen=True, slots=True)
class Story:
    """All versions under one key, the oldest first."""

    key: Key
    chapters: tuple[Chapter, ...]
    models: tuple[ModelName, ...] = ()  # that its rows go on into


def explain(world: World, name: str) -> list[Story]:
    """Tell the story of a file by its key, raw name, arrival id, or the path it came from."""
    return [_story(world, key) for key in keys_of(world, name)]


def keys_of(world: World, name: str) -> list[Key]:
    """The keys that are meant by a key, raw name, arrival id, or the path a file came from."""
    spelled = spell(Path(name))
    keys = _keys(world, spelled) or _by_content(world, Path(name))
    if not keys:
        raise ObjectMissing(
            f"nothing is known of {spelled!r}: it is no key, raw name, arrival id or landed file",
            hint="`headwater status` shows what there is; `headwater reconcile` finds what lies "
            "in the raw zone unannounced",
        )
    return keys


def _keys(world: World, name: str) -> list[Key]:
    arrival = world.ledger.arrival(ArrivalId(name))
    if arrival is not None:
        return [arrival.key]
    candidates = [Key(name), key_of(RawName(name))]
    candidates += [
        Key(f"{feed.prefix}{Path(name).name}") for feed in world.feeds if Path(name).name
    ]
    return [key for key in dict.fromkeys(candidates) if world.ledger.arrivals(key=key, limit=1)]


def _by_content(world: World, path: Path) -> list[Key]:
    """A local file under another name: whatever arrived with the same bytes."""
    try:
        digest = measure(path, None).digest
    except InputError:
        return []
    found = (each.key for each in pages(world, None, ()) if each.version == digest)
    return list(dict.fromkeys(found))


def _story(world: World, key: Key) -> Story:
    arrivals: Sequence[Arrival] = world.ledger.arrivals(key=key)
    books = Books(world)
    known = {arrival.id: arrival for arrival in arrivals}
    chapters = []
    for place, arrival in enumerate(arrivals):
        before = known.get(arrival.replaces) if arrival.replaces is not None else None
        chapter = _chapter(world, arrival, books)
        chapters.append(
            replace(
                chapter,
                again=before is not None and version_of(before) == version_of(arrival),
                followed=_follower(chapter, arrivals[place + 1 :]),
            )
        )
    tables = {chapter.manifest.table for chapter in chapters if chapter.manifest is not None}
    return Story(key, tuple(chapters), downstream(world, tables))


def _follower(chapter: Chapter, later: Sequence[Arrival]) -> Arrival | None:
    """The arrival whose commit took the rows away, or the next one to be settled."""
    if chapter.arrival.state is not ArrivalState.SUPERSEDED:
        return None
    settled = [each for each in later if each.manifest is not None and each.settled]
    return next(iter(settled or later), None)


def _chapter(world: World, arrival: Arrival, books: Books) -> Chapter:
    manifest = world.ledger.manifest(arrival.manifest) if arrival.manifest else None
    return Chapter(
        arrival=arrival,
        manifest=manifest,
        receipt=world.ledger.receipt(manifest.id) if manifest else None,
        books=books.of(arrival),
        raw_there=world.zones.raw.stat(arrival.raw) is not None,
        taken=_taken(world, arrival, manifest) if arrival.state is ArrivalState.COMPLETED else 0,
    )


def _taken(world: World, arrival: Arrival, manifest: Manifest | None) -> int:
    """Rows of it that went for others; nobody looks where no feed of the table takes any."""
    if manifest is None or not any(f.takes for f in world.feeds if f.table == manifest.table):
        return 0
    snapshot = world.tables.snapshot(manifest.table)
    return 0 if snapshot is None else taken_from(world, [arrival], snapshot).total()
