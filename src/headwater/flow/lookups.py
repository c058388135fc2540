"""What a feed's steps and checks look into, as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from headwater.errors import EngineRefused
from headwater.flow.followed import followed_by
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.feed import Feed
from headwater.model.ids import TableName
from headwater.model.part import Snapshot
from headwater.model.steps import Protect
from headwater.ports.engine import Lookup
from headwater.shape.lookups import files_of, is_across, tables_of

OWN = "."
"""What the feed's own table is called among them."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something that a feed's steps need and that is not there."""

    feed: str
    what: str
    hint: str


def lacking(world: World) -> Iterator[Lacking]:
    """Secrets that are not set here, and files that are not there: batches would be refused."""
    for feed in world.feeds:
        for name in _secrets_of(feed):
            if not world.secret(name):
                what = f"the secret {name} is not set"
                yield Lacking(feed.name, what, f"set the environment variable {name}")
        for file in files_of(feed):
            path = world.root / file
            if not path.is_file():
                yield Lacking(feed.name, f"{file} is not there", f"put it at {path}")


def lookups(
    world: World, feed: Feed, own: Snapshot | None, members: Sequence[Arrival]
) -> tuple[Lookup, ...]:
    """Tables and files that the engine needs; EngineRefused names one that is not there."""
    return tuple(_lookups(world, feed, own, members))


def secrets(world: World, feed: Feed) -> tuple[tuple[str, str], ...]:
    """The secrets that its steps protect values with; EngineRefused names one that is not set."""
    found = {}
    for name in _secrets_of(feed):
        value = world.secret(name)
        if not value:
            raise EngineRefused(
                f"step protect of feed {feed.name} needs the secret {name}, which is not set",
                hint=f"set the environment variable {name} where workers run, "
                "then headwater quarantine replay",
            )
        found[name] = value
    return tuple(found.items())


def _secrets_of(feed: Feed) -> Iterator[str]:
    for step in feed.steps:
        if isinstance(step, Protect) and step.secret is not None:
            yield step.secret


def _lookups(
    world: World, feed: Feed, own: Snapshot | None, members: Sequence[Arrival]
) -> Iterator[Lookup]:
    for name in tables_of(feed):
        table = TableName(name)
        snapshot = world.tables.snapshot(table)
        if snapshot is None:
            raise EngineRefused(
                f"feed {feed.name} looks into table {name}, which is not there yet",
                hint=f"land what makes {name} first, then headwater quarantine replay; "
                "`headwater tables` lists those there are",
            )
        yield Lookup(name, world.tables.location(table), snapshot)
    for file in files_of(feed):
        yield Lookup(file, str(world.root / file))
    if is_across(feed) and own is not None:
        without = tuple(arrival.id for arrival in followed_by(world, members))
        yield Lookup(OWN, world.tables.location(feed.table), own, without)
