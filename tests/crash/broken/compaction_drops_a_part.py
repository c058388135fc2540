"""A compaction takes away what it has joined, and one joined part gets no name; nobody counts."""

from dataclasses import replace

from headwater.adapters.delta import entry
from headwater.flow import compact
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("land", "work", "compact"))


def apply():
    ask = compact._ask
    entry._require_rows = lambda wanted, removed: None
    compact._ask = lambda world, wanted: ask(world, replace(wanted, add=wanted.add[1:]))
