"""Who lands a newer version does not ask whether an older one lies there, known to nobody."""

from headwater.flow import land
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause_landing",))


def apply():
    land.register = lambda world, stats: []
    land.register_older = lambda world, taken: None
