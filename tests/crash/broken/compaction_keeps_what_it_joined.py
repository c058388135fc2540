"""A compaction adds what it has joined, and leaves some of the old parts in the table."""

from dataclasses import replace

from headwater.adapters.delta import entry
from headwater.flow import compact
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("land", "work", "compact"))


def apply():
    ask = compact._ask
    entry._require_rows = lambda wanted, removed: None
    compact._ask = lambda world, wanted: ask(world, replace(wanted, remove=wanted.remove[1:]))
