"""What lies in the raw zone and what ledger and catalogue know are made to agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from threading import Event

from headwater.flow.catalogue import Catalogued, catalogued
from headwater.flow.rebuild import require_ledger
from headwater.flow.register import is_known, register
from headwater.flow.smoke import data_of
from headwater.flow.world import World
from headwater.points import point
from headwater.ports.ledger import Outcome, Registration
from headwater.ports.store import Stat

PAGE = 1_000
STILL_FOR = timedelta(seconds=1)
"""A file written by hand is taken once it has not changed for that long."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a look at the raw zone found."""

    objects: int
    registered: tuple[Registration, ...]
    unstable: tuple[str, ...]  # still being written; the next look takes them
    catalogue: Catalogued = field(default_factory=Catalogued)

    @property
    def new(self) -> tuple[Registration, ...]:
        """Those that will be worked on."""
        return tuple(
            each for each in self.registered if each.outcome in {Outcome.NEW, Outcome.REWRITE}
        )


def reconcile(world: World, *, newer: timedelta | None = None) -> Reconciled:
    """List the raw zone and register what is missing in the ledger, or has changed.

    And show the tables, where a catalogue does, as they are. With `newer` the ledger is asked
    only of objects that were put within that time: of a large zone it is asked for long, and
    for a price.
    """
    require_ledger(world)
    since = world.clock() - newer if newer is not None else None
    objects = 0
    registered: list[Registration] = []
    unstable: list[str] = []
    for listed in _pages(world.zones.raw.list()):
        page = [each for each in data_of(listed) if since is None or each.modified_at >= since]
        objects += len(page)
        unknown = [
            stat for stat, known in zip(page, is_known(world, page), strict=True) if not known
        ]
        still, moving = _settled(world, unknown)
        unstable += moving
        point("reconcile.mid_list")
        if still:
            registered += register(world, still)
    return Reconciled(objects, tuple(registered), tuple(unstable), catalogued(world))


def _pages(stats: Iterator[Stat]) -> Iterator[list[Stat]]:
    while page := list(islice(stats, PAGE)):
        yield page


def _settled(world: World, stats: Sequence[Stat]) -> tuple[list[Stat], list[str]]:
    """Part those that lie still from those that somebody is writing."""
    young = [stat for stat in stats if not _is_still(stat, world.clock())]
    if not young:
        return list(stats), []
    Event().wait(STILL_FOR.total_seconds())
    moving = {stat.name for stat in young if not _is_unchanged(world, stat)}
    return [stat for stat in stats if stat.name not in moving], sorted(moving)


def _is_unchanged(world: World, stat: Stat) -> bool:
    later = world.zones.raw.stat(stat.name)
    return later is not None and later.stamp == stat.stamp


def _is_still(stat: Stat, now: datetime) -> bool:
    return now - stat.modified_at >= STILL_FOR
