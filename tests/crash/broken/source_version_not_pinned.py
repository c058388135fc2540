"""The file is read as it is now, whatever it was when it was registered."""

from dataclasses import replace

from headwater.flow import convert
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("meddle",))


def apply():
    take = convert._input

    def unpinned(world, arrival, before):
        now = world.zones.raw.stat(arrival.raw)
        return replace(take(world, arrival, before), stamp=now.stamp, records=None)

    convert._input = unpinned
