"""One of several parts does not get into the commit."""

from headwater.flow import attempt
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("work",))


def apply():
    commit = attempt.commit

    def careless(world, claim, receipt, *, parts, **rest):
        return commit(world, claim, receipt, parts=parts[1:] if len(parts) > 1 else parts, **rest)

    attempt.commit = careless
