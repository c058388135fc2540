"""What a feed's steps and checks look into, as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def lookups(
    world: World, feed: Feed, own: Snapshot | None, members: Sequence[Arrival]
) -> tuple[Lookup, ...]:
    """Tables and files that the engine needs; EngineRefused names one that is not there."""
    return tuple(_lookups(world, feed, own, members))


def secrets(world: World, feed: Feed) -> tuple[tuple[str, str], ...]:
    """The secrets that its steps protect values with; EngineRefused names one that is not set."""
    found = {}
    for step in feed.steps:
        if isinstance(step, Protect) and step.secret is not None:
            value = world.secret(step.secret)
            if not value:
                raise EngineRefused(
                    f"step protect of feed {feed.name} needs the secret {step.secret}, "
                    "which is not set",
                    hint=f"set the environment variable {step.secret} where workers run, "
                    "then headwater quarantine replay",
                )
            found[step.secret] = value
    return tuple(found.items())


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
