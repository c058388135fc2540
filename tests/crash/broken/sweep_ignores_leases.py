"""A sweep takes parts from under an attempt that is at work on them."""

from headwater.flow import sweep
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause_held",))


def apply():
    sweep._is_alive = lambda world, attempt: False
