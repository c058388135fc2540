"""The ledger learns what the log knows; then, and only then, the message may go."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress

from headwater.errors import ObjectExists
from headwater.flow.commit import Committed, already, receipt_name
from headwater.flow.world import World
from headwater.model.arrival import Cause
from headwater.model.ids import RawName
from headwater.model.manifest import Claim
from headwater.points import point
from headwater.ports.queue import ReceiptHandle

Hands = dict[RawName, list[ReceiptHandle]]
"""Messages this worker has received and not deleted, by the raw object they are about."""


def settle(world: World, claim: Claim, committed: Committed) -> None:
    """Record what is committed; settling again changes nothing."""
    point("ledger.pre")
    world.ledger.settle(claim, committed.receipt, committed.parts, world.clock())
    point("ledger.post")


def bury(world: World, claim: Claim, cause: Cause) -> bool:
    """Give a manifest up for good; False where the log says that it was committed after all.

    The manifest's own id goes into the log first, so that an attempt that wakes later is
    refused; the cause is kept beside it, so that a rebuilt ledger knows it too.
    """
    manifest = claim.manifest
    if world.tables.snapshot(manifest.table) is not None:
        world.tables.fence(manifest.table, [manifest.id])
    committed = already(world, manifest)
    if committed is not None:
        settle(world, claim, committed)
        return False
    point("dlq.pre")
    body = json.dumps({"dead": {"code": cause.code, "message": cause.message}})
    with suppress(ObjectExists):
        world.zones.manifests.create(receipt_name(manifest), body.encode())
    world.ledger.bury(claim, cause, world.clock())
    point("dlq.post")
    return True


def acknowledge(world: World, hands: Hands) -> None:
    """Delete the messages in these hands whose arrivals are settled."""
    arrivals = world.ledger.by_raw(list(hands))
    settled = [raw for raw, arrival in arrivals.items() if arrival.settled]
    point("q.before_ack")
    world.queue.delete(_take(hands, settled))
    point("q.after_ack")


def _take(hands: Hands, raws: Iterable[RawName]) -> list[ReceiptHandle]:
    return [handle for raw in raws for handle in hands.pop(raw, [])]
