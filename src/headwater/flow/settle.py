"""The ledger learns what the log knows; then, and only then, the message may go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from headwater.flow.catalogue import show_committed
from headwater.flow.commit import Committed, already, halt_of, write_off
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
    if committed.receipt.version is not None:
        show_committed(world, claim.manifest.table)


def bury(
    world: World, claim: Claim, cause: Cause, found: Sequence[Mapping[str, object]] = ()
) -> Committed | None:
    """Give a manifest up for good; what the log holds of it, if it was committed after all.

    First it is written down that the manifest is given up, which stops an attempt that would
    make the table only now; then the manifest's id goes into the log of the table that is
    there, which stops all others; and what got in before that is settled, not buried.
    """
    manifest = claim.manifest
    write_off(world, manifest, cause, found)
    point("dlq.pre")
    if world.tables.snapshot(manifest.table) is not None:
        world.tables.fence(manifest.table, [manifest.id])
    committed = already(world, manifest)
    if committed is not None:
        settle(world, claim, committed)
        return committed
    # What was written down counts, whoever wrote it: an attempt may have died behind that.
    if (halt := halt_of(world, manifest)) is not None:
        world.ledger.halt([halt])
    world.ledger.bury(claim, cause, world.clock())
    point("dlq.post")
    return None


def acknowledge(world: World, hands: Hands) -> None:
    """Delete the messages in these hands whose arrivals are settled."""
    if not hands:
        return
    arrivals = world.ledger.by_raw(list(hands))
    settled = take(hands, [raw for raw, arrival in arrivals.items() if arrival.settled])
    if settled:
        point("q.before_ack")
        world.queue.delete(settled)
        point("q.after_ack")


def take(hands: Hands, raws: Iterable[RawName]) -> list[ReceiptHandle]:
    """Handles that may go: a message may be about several objects, and waits for all."""
    taken = dict.fromkeys(handle for raw in raws for handle in hands.pop(raw, []))
    held = {handle for several in hands.values() for handle in several}
    return [handle for handle in taken if handle not in held]
