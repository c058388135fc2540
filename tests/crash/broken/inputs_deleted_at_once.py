"""Parts that a commit has taken away are deleted with it, under the eyes of readers."""

from headwater.flow import attempt
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("land", "work"))


def apply():
    commit = attempt.commit

    def greedy(world, claim, receipt, *, rewritten, **rest):
        committed = commit(world, claim, receipt, rewritten=rewritten, **rest)
        for path in rewritten.removed if committed and rewritten else ():
            world.zones.processed.delete(f"{claim.manifest.table}/{path}")
        return committed

    attempt.commit = greedy
