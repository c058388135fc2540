"""One try at a manifest, under a lease: convert, balance, commit, settle; or say what follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from headwater.errors import (
    BrokenInvariant,
    CommitConflict,
    HeadwaterError,
    LeaseLost,
    StoreError,
    UnknownFeed,
)
from headwater.flow.account import Tried, account
from headwater.flow.commit import Committed, already, commit
from headwater.flow.convert import convert, rewrite
from headwater.flow.register import register
from headwater.flow.settle import bury, settle
from headwater.flow.world import World
from headwater.model.arrival import Arrival, Cause
from headwater.model.feed import Retries
from headwater.model.manifest import Claim
from headwater.model.part import Snapshot
from headwater.model.progress import Progress, Watch
from headwater.model.receipt import Receipt, require_balance
from headwater.model.retry import RetryAt, after_failure, lease_end
from headwater.points import point
from headwater.ports.engine import Conversion, Engine, Fate, Rewritten

CONFLICTS = 50
"""Tries that only another writer's success made fail; they do not count against the feed's."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt that came to nothing: what was wrong, and whether there will be another."""

    claim: Claim
    error: HeadwaterError
    dead: bool


def attempt(world: World, engine: Engine, claim: Claim, watch: Watch) -> Receipt | Failed | None:
    """Try a manifest once; None where another attempt has taken it over."""
    point("claim.post")
    with heartbeat(world, claim):
        try:
            committed = _rescue(world, claim) or _run(world, engine, claim, watch)
            if committed is None:
                world.ledger.release(claim, "fenced: the attempt was dropped", world.clock())
                return None
            settle(world, claim, committed)
        except LeaseLost:
            return None
        except HeadwaterError as error:
            return _failed(world, claim, error)
    return committed.receipt


@contextmanager
def heartbeat(world: World, claim: Claim) -> Iterator[None]:
    """Prolong the lease at a quarter of its length while the work goes on."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(world.lease.total_seconds() / 4):
            point("hb.mid")
            try:
                world.ledger.renew(claim, lease_end(world.clock(), world.lease))
            except LeaseLost:
                return  # whoever has it now commits or finds our commit; the log decides

    thread = Thread(target=beat, name=f"heartbeat-{claim.manifest.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _rescue(world: World, claim: Claim) -> Committed | None:
    """Look before acting: an earlier attempt may have committed and died before it said so."""
    return already(world, claim.manifest) if claim.attempt > 1 else None


def _run(world: World, engine: Engine, claim: Claim, watch: Watch) -> Committed | None:
    started_at = world.clock()
    members = world.ledger.members(claim.manifest.id)
    snapshot = world.tables.snapshot(claim.manifest.table)
    conversion = convert(world, engine, claim, members, snapshot, watch)
    replaced = _replaced(world, members, conversion)
    rewritten = _rewrite(world, engine, claim, snapshot, replaced)
    tried = Tried(members, conversion, replaced, rewritten, started_at, world.clock())
    receipt = account(claim, tried)
    require_balance(receipt)
    point("stage.pre")
    world.ledger.stage(claim, receipt, conversion.parts)
    point("stage.post")
    rows = receipt.books.written
    watch(Progress("committing", claim.manifest.feed, receipt.size_bytes_in, 0, rows))
    committed = commit(
        world,
        claim,
        receipt,
        schema=conversion.schema,
        parts=conversion.parts,
        rewritten=rewritten,
    )
    _register_changed(world, members, conversion)
    return committed


def _replaced(world: World, members: Sequence[Arrival], conversion: Conversion) -> list[Arrival]:
    """Completed arrivals whose key has a newer version among the files just read."""
    read = [
        arrival
        for arrival, result in zip(members, conversion.results, strict=True)
        if result.fate is Fate.READ and arrival.generation > 1 and arrival.feed is not None
    ]
    if not read or read[0].feed is None:
        return []
    return world.ledger.visible(read[0].feed, [arrival.key for arrival in read])


def _rewrite(
    world: World,
    engine: Engine,
    claim: Claim,
    snapshot: Snapshot | None,
    replaced: Sequence[Arrival],
) -> Rewritten | None:
    if not replaced or snapshot is None:
        return None
    rewritten = rewrite(world, engine, claim, snapshot, replaced)
    expected = sum(_rows_written(world, arrival) for arrival in replaced)
    if rewritten.rows_removed != expected:
        raise BrokenInvariant(
            f"{claim.manifest.table} holds {rewritten.rows_removed} rows of versions that are "
            f"being replaced, but their receipts say {expected}",
            hint="run `headwater verify`, then `headwater verify --rebuild`",
        )
    return rewritten


def _rows_written(world: World, arrival: Arrival) -> int:
    receipt = world.ledger.receipt(arrival.manifest) if arrival.manifest else None
    if receipt is None:
        return 0
    return sum(file.books.written for file in receipt.files if file.arrival == arrival.id)


def _register_changed(world: World, members: Sequence[Arrival], conversion: Conversion) -> None:
    """What lies in the raw zone in place of a changed file is an arrival of its own."""
    raws = [
        arrival.raw
        for arrival, result in zip(members, conversion.results, strict=True)
        if result.fate is Fate.CHANGED
    ]
    stats = [stat for raw in raws if (stat := world.zones.raw.stat(raw)) is not None]
    if stats:
        register(world, stats)


def _failed(world: World, claim: Claim, error: HeadwaterError) -> Failed | None:
    feed = world.find_feed(claim.manifest.feed)
    retries = feed.retries if feed else Retries(attempts=1)
    if isinstance(error, CommitConflict):
        retries = Retries(CONFLICTS, retries.first_delay / 10, retries.first_delay)
    retryable = error.retryable or isinstance(error, StoreError)
    follows = after_failure(
        claim.attempt, retries, world.clock(), retryable=retryable and feed is not None
    )
    try:
        if isinstance(follows, RetryAt):
            world.ledger.release(claim, f"{error.code}: {error.message}", follows.time)
            return Failed(claim, error, dead=False)
        code = "no_feed" if isinstance(error, UnknownFeed) else error.code
        dead = bury(world, claim, Cause(code, error.message))
    except LeaseLost:
        return None
    return Failed(claim, error, dead=True) if dead else None
