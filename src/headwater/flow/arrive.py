"""Messages become arrivals; those that did not are named, so that each returns alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from headwater.errors import InputError, UsageError
from headwater.flow.register import is_known, register
from headwater.flow.world import World
from headwater.model.ids import RawName
from headwater.points import point
from headwater.ports.store import Stat

_logger = logging.getLogger(__name__)


def arrive(world: World, bodies: Sequence[str]) -> list[int]:
    """Register what these messages announce; the places of those that have to be seen again.

    They are those that nobody understands, and those about objects that are there and could
    not be registered. The others may go: what is registered, the ledger knows for good.
    """
    point("ev.received")
    heard = [_heard(world, body) for body in bodies]
    point("ev.decoded")
    stats = _there(world, {raw for raws in heard for raw in raws or ()})
    _register_unknown(world, stats)
    known = is_known(world, stats)
    left = {stat.name for stat, is_in in zip(stats, known, strict=True) if not is_in}
    point("ev.registered")
    return [at for at, raws in enumerate(heard) if raws is None or left.intersection(raws)]


def register_announced(world: World, raws: Iterable[RawName]) -> list[RawName]:
    """Register those of these objects that nobody knows of; the names of those not there."""
    wanted = set(raws)
    stats = _there(world, wanted)
    _register_unknown(world, stats)
    return sorted(wanted.difference(RawName(stat.name) for stat in stats))


def _heard(world: World, body: str) -> Sequence[RawName] | None:
    try:
        return world.hears(body)
    except InputError as error:
        _logger.warning("a message was not understood: %s", error)
        return None


def _there(world: World, raws: Iterable[RawName]) -> list[Stat]:
    stats = (_stat(world, raw) for raw in sorted(raws))
    return [stat for stat in stats if stat is not None]


def _register_unknown(world: World, stats: Sequence[Stat]) -> None:
    known = is_known(world, stats)
    register(world, [stat for stat, is_in in zip(stats, known, strict=True) if not is_in])


def _stat(world: World, raw: RawName) -> Stat | None:
    try:
        return world.zones.raw.stat(raw)
    except UsageError:  # no name that an object could have
        return None
