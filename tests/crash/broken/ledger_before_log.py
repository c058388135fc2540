"""The ledger is told first: a crash before the commit leaves rows that nobody looks for."""

from headwater.flow import attempt
from headwater.flow.commit import Committed
from headwater.flow.settle import settle
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("land", "work"), points=("ledger.post", "log.read", "log.before_commit"))


def apply():
    commit = attempt.commit

    def hasty(world, claim, receipt, **rest):
        settle(world, claim, Committed(receipt, tuple(rest["parts"])))
        return commit(world, claim, receipt, **rest)

    attempt.commit = hasty
