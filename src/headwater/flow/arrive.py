"""Messages become arrivals; those that did not are named, so that each returns alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headwater.errors import InputError, UsageError
from headwater.flow.lying import side_by_side
from headwater.flow.register import is_known, register_raws
from headwater.flow.smoke import answer
from headwater.flow.world import World
from headwater.model.ids import RawName
from headwater.model.smoke import is_question
from headwater.points import point
from headwater.ports.store import Stat

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Met:
    """What became of objects that were announced."""

    left: frozenset[RawName]  # there, and not registered: to be tried again
    gone: tuple[RawName, ...]  # not there, or no data


def arrive(world: World, bodies: Sequence[str]) -> list[int]:
    """Register what these messages announce; the places of those that have to be seen again.

    They are those that nobody understands, and those about objects that are there and could
    not be registered. The others may go: what is registered, the ledger knows for good.
    """
    point("ev.received")
    heard = [_heard(world, body) for body in bodies]
    point("ev.decoded")
    met = _meet(world, {raw for raws in heard for raw in raws or ()})
    point("ev.registered")
    return [at for at, raws in enumerate(heard) if raws is None or met.left.intersection(raws)]


def register_announced(world: World, raws: Iterable[RawName]) -> list[RawName]:
    """Register those of these objects that nobody knows of; the names of those not there."""
    return list(_meet(world, set(raws)).gone)


def _heard(world: World, body: str) -> Sequence[RawName] | None:
    try:
        return world.hears(body)
    except InputError as error:
        _logger.warning("a message was not understood: %s", error)
        return None


def _meet(world: World, raws: set[RawName]) -> _Met:
    """Register what is new. That is read at once, without a look at whether it is there.

    What the ledger has under a name is looked at: it may have other bytes by now.
    """
    asking = [raw for raw in sorted(raws) if is_question(raw)]
    answer(world, [stat for stat in _looked_at(world, asking).values() if stat is not None])
    names = sorted(raws.difference(asking))
    known = world.ledger.by_raw(names)
    stats = _looked_at(world, [raw for raw in names if raw in known])
    there = [stat for stat in stats.values() if stat is not None]
    same = dict(zip((stat.name for stat in there), is_known(world, there, known), strict=True))
    gone = {*asking, *(raw for raw, stat in stats.items() if stat is None)}
    wanted = [raw for raw in names if raw not in gone and not same.get(raw)]
    registered = {each.arrival.raw for each in register_raws(world, wanted)}
    failed = [raw for raw in wanted if raw not in registered]
    gone.update(raw for raw, stat in _looked_at(world, failed).items() if stat is None)
    return _Met(frozenset(failed).difference(gone), tuple(sorted(gone)))


def _looked_at(world: World, raws: Sequence[RawName]) -> dict[RawName, Stat | None]:
    def look(raw: RawName) -> Stat | None:
        try:
            return world.zones.raw.stat(raw)
        except UsageError:  # no name that an object could have
            return None

    return dict(zip(raws, side_by_side(world.zones.raw, look, raws), strict=True))
