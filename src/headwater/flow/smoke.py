"""Objects that only ask whether word of them gets through: answered, and never registered."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from headwater.errors import ObjectExists
from headwater.flow.world import World
from headwater.model.smoke import is_question
from headwater.ports.store import Stat

_ANSWER = b"heard\n"


def data_of(stats: Iterable[Stat]) -> list[Stat]:
    """Those that are data, and ask nothing."""
    return [stat for stat in stats if not is_question(stat.name)]


def answer(world: World, stats: Iterable[Stat]) -> None:
    """Put an answer into the zone of manifests for each that asks, under its name there."""
    for stat in stats:
        if is_question(stat.name):
            with suppress(ObjectExists):
                world.zones.manifests.create(stat.name, _ANSWER)
