"""A manifest is dead in the ledger before anything else knows of it."""

from headwater.flow import attempt
from headwater.flow.commit import write_off
from headwater.points import point
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("bury",), points=("dlq.pre",))


def apply():
    def hasty(world, claim, cause, found=()):
        world.ledger.bury(claim, cause, world.clock())
        point("dlq.pre")
        write_off(world, claim.manifest, cause, found)
        if world.tables.snapshot(claim.manifest.table) is not None:
            world.tables.fence(claim.manifest.table, [claim.manifest.id])
        point("dlq.post")

    attempt.bury = hasty
