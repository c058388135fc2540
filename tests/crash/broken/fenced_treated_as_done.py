"""An attempt that was refused settles as if it had committed."""

from headwater.flow import attempt
from headwater.flow.commit import Committed
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause_swept",))


def apply():
    commit = attempt.commit

    def content(world, claim, receipt, *, parts, **rest):
        committed = commit(world, claim, receipt, parts=parts, **rest)
        return committed or Committed(receipt, tuple(parts))

    attempt.commit = content
