"""Files of a dead attempt are deleted, and the attempt may still wake and commit their names."""

from headwater.flow import sweep
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause_swept",))


def apply():
    sweep._behind_fence = lambda world, table, orphans: orphans
