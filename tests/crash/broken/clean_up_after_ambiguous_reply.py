"""A lost reply is taken for a failure, and what the attempt has written is removed."""

from headwater.errors import CommitUnknown
from headwater.flow import commit
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("lossy_work",))


def apply():
    def tidy(world, wanted):
        try:
            return world.tables.commit(wanted)
        except CommitUnknown:
            for part in wanted.add:
                world.zones.processed.delete(f"{wanted.table}/{part.path}")
            raise

    commit._ask = tidy
