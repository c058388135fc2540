"""One try at a manifest, under a lease: convert, balance, commit, settle; or say what follows."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event, Thread

from headwater.errors import (
    CheckFailed,
    CommitConflict,
    EngineError,
    HeadwaterError,
    LeaseLost,
    NoSpace,
    SourceChanged,
    TypesDiffer,
)
from headwater.flow.account import Tried, account
from headwater.flow.batch import publish
from headwater.flow.commit import Committed, already, commit, given_up
from headwater.flow.convert import convert, to_be_isolated
from headwater.flow.followed import followed
from headwater.flow.forecast import reckoned
from headwater.flow.layout import is_all_read_again, is_made_anew, require_all_read
from headwater.flow.models.build import build
from headwater.flow.register import register
from headwater.flow.reject import rejected, with_rejected
from headwater.flow.replace import empty, take_out
from headwater.flow.settle import bury, settle
from headwater.flow.underway import telling
from headwater.flow.world import World
from headwater.model.arrival import Arrival, Cause
from headwater.model.feed import Retries
from headwater.model.manifest import Claim
from headwater.model.progress import Progress, Watch
from headwater.model.receipt import Receipt, require_balance
from headwater.model.retry import GiveUp, RetryAt, after_failure, lease_end
from headwater.model.types import Schema
from headwater.points import point
from headwater.ports.engine import Conversion, Engine, Fate, Rewritten
from headwater.ports.ledger import Outcome

CONFLICTS = 50
"""Tries that only another writer's success made fail; they do not count against the feed's."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt that came to nothing: what was wrong, and whether there will be another."""

    claim: Claim
    error: HeadwaterError
    dead: bool


def attempt(world: World, engine: Engine, claim: Claim, watch: Watch) -> Receipt | Failed | None:
    """Try a manifest once; None where another attempt has taken it over."""
    point("claim.post")
    with (
        heartbeat(world, claim),
        _given_back_if_interrupted(world, claim),
        _tidied_up(world, claim),
        telling(world, claim, watch) as tell,
    ):
        try:
            return _attempt(world, engine, claim, tell)
        except LeaseLost:
            return None
        except HeadwaterError as error:
            return failed(world, claim, error)
        except Exception as bug:
            # The worker's door: a fault of ours must not end every worker in turn.
            _logger.exception("manifest %s, attempt %s", claim.manifest.id, claim.attempt)
            return failed(world, claim, EngineError(f"{type(bug).__name__}: {bug}"))


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
            except HeadwaterError as error:  # the next beat may get through
                _logger.warning("the lease of %s was not renewed: %s", claim.manifest.id, error)

    thread = Thread(target=beat, name=f"heartbeat-{claim.manifest.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _given_back_if_interrupted(world: World, claim: Claim) -> Iterator[None]:
    """Whoever works after a Ctrl-C need not wait until the lease runs out."""
    try:
        yield
    except BaseException:
        with suppress(HeadwaterError):  # ended already, or taken over
            error = claim.manifest.error or "interrupted"
            world.ledger.release(claim, error, world.clock())
        raise


@contextmanager
def _tidied_up(world: World, claim: Claim) -> Iterator[None]:
    """What an engine left in its scratch folder that was ended in the middle goes at once."""
    try:
        yield
    finally:
        shutil.rmtree(world.scratch / claim.attempt_id, ignore_errors=True)


def _attempt(world: World, engine: Engine, claim: Claim, watch: Watch) -> Receipt | Failed | None:
    publish(world, claim.manifest)
    cause = given_up(world, claim.manifest) if claim.attempt > 1 else None
    if cause is not None:  # whoever gave it up died before the ledger was told
        return _give_up(world, claim, cause, HeadwaterError(cause.message))
    run = _run if claim.manifest.arrivals else build
    committed = _rescue(world, claim) or run(world, engine, claim, watch)
    if committed is None:
        return _fenced(world, claim)
    settle(world, claim, committed)
    return committed.receipt


def _rescue(world: World, claim: Claim) -> Committed | None:
    """Look before acting: an earlier attempt may have committed and died before it said so."""
    return already(world, claim.manifest) if claim.attempt > 1 else None


def _run(world: World, engine: Engine, claim: Claim, watch: Watch) -> Committed | None:
    started_at = world.clock()
    feed = world.feed_of(claim.manifest)
    members = world.ledger.members(claim.manifest.id)
    conversion, anew = _made(world, engine, claim, members, watch)
    _register_changed(world, members, conversion)
    if anew:
        require_all_read(world, feed, members, conversion)
    replaced = _replaced(world, members, conversion)
    rewritten = _rewrite(world, engine, claim, (replaced, conversion, anew))
    if conversion.seen is not None and not anew:
        rewritten = replace(rewritten or Rewritten((), (), 0), seen=conversion.seen)
    tried = Tried(
        members,
        conversion,
        replaced,
        rewritten,
        started_at,
        world.clock(),
        apart=feed.on_rewrite.apart,
        takes=feed.takes,
    )
    receipt = _with_cost(world, account(claim, tried), tried)
    require_balance(receipt)
    point("stage.pre")
    world.ledger.stage(claim, receipt, conversion.parts)
    point("stage.post")
    rows = receipt.books.written
    watch(Progress("committing", claim.manifest.feed, receipt.size_bytes_in, 0, rows))
    return commit(
        world,
        claim,
        receipt,
        schema=conversion.schema,
        parts=conversion.parts,
        rewritten=rewritten,
    )


def _made(
    world: World, engine: Engine, claim: Claim, members: Sequence[Arrival], watch: Watch
) -> tuple[Conversion, bool]:
    """What the files come to, and whether their table is made anew with them.

    What types steps make is known when they have run: where the table's are others, they run
    again without a table, if every row of it goes.
    """
    feed = world.feed_of(claim.manifest)
    snapshot = world.tables.snapshot(feed.table)
    anew = is_made_anew(world, feed, members, snapshot)
    try:
        return _converted(world, engine, claim, members, watch, anew=anew), anew
    except TypesDiffer:
        if snapshot is None or not is_all_read_again(world, members, snapshot):
            raise
    return _converted(world, engine, claim, members, watch, anew=True), True


def _converted(
    world: World,
    engine: Engine,
    claim: Claim,
    members: Sequence[Arrival],
    watch: Watch,
    *,
    anew: bool,
) -> Conversion:
    """What the files come to, but for those that the feed turns away for being rewrites."""
    refused = rejected(world, world.feed_of(claim.manifest), members)
    taken = [each for each in members if each.id not in refused]
    nothing = Conversion(results=(), parts=(), schema=Schema(), refusals=(), engine="none")
    made = convert(world, engine, claim, taken, watch, anew=anew) if taken else nothing
    return with_rejected(members, made, refused)


def _with_cost(world: World, receipt: Receipt, tried: Tried) -> Receipt:
    parts = (*tried.conversion.parts, *(tried.rewritten.parts if tried.rewritten else ()))
    feed = world.feed(receipt.feed)
    return replace(
        receipt, cost=reckoned(world, feed, receipt, [each.size_bytes for each in parts])
    )


def _register_changed(world: World, members: Sequence[Arrival], conversion: Conversion) -> None:
    """What lies in the raw zone in place of a changed file is an arrival of its own.

    Unless it is the same bytes with another stamp, for which nobody should be refused: then
    the stamp is refreshed and the manifest tried again.
    """
    changed = {
        arrival.raw: arrival
        for arrival, result in zip(members, conversion.results, strict=True)
        if result.fate is Fate.CHANGED
    }
    stats = [stat for raw in changed if (stat := world.zones.raw.stat(raw)) is not None]
    for registration in register(world, stats) if stats else ():
        arrival = registration.arrival
        if registration.outcome is Outcome.KNOWN and changed[arrival.raw].id == arrival.id:
            raise SourceChanged(f"{arrival.raw} was touched while it was read; its bytes are equal")


def _replaced(world: World, members: Sequence[Arrival], conversion: Conversion) -> list[Arrival]:
    return followed(world, members, conversion)


def _rewrite(
    world: World,
    engine: Engine,
    claim: Claim,
    of: tuple[Sequence[Arrival], Conversion, bool],
) -> Rewritten | None:
    replaced, conversion, anew = of
    if not anew:
        return take_out(world, engine, claim, replaced, conversion)
    snapshot = world.tables.snapshot(claim.manifest.table)
    return None if snapshot is None else empty(world, snapshot, replaced)


def _fenced(world: World, claim: Claim) -> Receipt | Failed | None:
    """This attempt was dropped: the manifest is tried again, unless it was given up itself."""
    cause = given_up(world, claim.manifest)
    if cause is not None:
        return _give_up(world, claim, cause, HeadwaterError(cause.message))
    world.ledger.release(claim, "fenced: the attempt was dropped", world.clock())
    return None


def failed(world: World, claim: Claim, error: HeadwaterError) -> Receipt | Failed | None:
    """Record a failure, and what follows; None where another attempt has taken it over."""
    follows = _after(world, claim, error)
    try:
        if isinstance(follows, RetryAt):
            world.ledger.release(claim, f"{error.code}: {error.message}", follows.time)
            return Failed(claim, error, dead=False)
        return _give_up(world, claim, Cause(error.code, error.message), error)
    except LeaseLost:
        return None


def _after(world: World, claim: Claim, error: HeadwaterError) -> RetryAt | GiveUp:
    feed = world.find_feed(claim.manifest.feed)
    retries = feed.retries if feed else Retries()
    retryable = error.retryable
    if isinstance(error, CommitConflict):
        retries = Retries(CONFLICTS, retries.first_delay / 10, retries.first_delay)
    elif isinstance(error, NoSpace) or to_be_isolated(claim, error):
        # A full disk is nobody's fault, and neighbours of a bad file get a try without it.
        retries, retryable = replace(retries, attempts=claim.attempt + 1), True
    return after_failure(claim.attempt, retries, world.clock(), retryable=retryable)


def _give_up(
    world: World, claim: Claim, cause: Cause, error: HeadwaterError
) -> Receipt | Failed | None:
    found = error.found if isinstance(error, CheckFailed) else ()
    committed = bury(world, claim, cause, found)
    return Failed(claim, error, dead=True) if committed is None else committed.receipt
