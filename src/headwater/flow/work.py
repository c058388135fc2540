"""The worker's loop: take messages in, close batches, claim, try; until told or idle."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from headwater.flow.attempt import Failed, attempt
from headwater.flow.batch import batch
from headwater.flow.reconcile import reconcile
from headwater.flow.register import announced, is_known, register
from headwater.flow.settle import Hands, acknowledge
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.feed import Feed
from headwater.model.ids import FeedName
from headwater.model.manifest import ENDED, ManifestState
from headwater.model.progress import Watch, nobody
from headwater.model.receipt import Receipt
from headwater.points import point
from headwater.ports.engine import Engine
from headwater.ports.queue import BATCH, Message

HIDDEN_FOR = timedelta(minutes=5)
"""How long a message stays in a worker's hands before it shows again."""

GULP = 1_000
"""Most messages taken in before the next batch is looked at."""

RECONCILE_EVERY = timedelta(minutes=1)
NAP = timedelta(milliseconds=500)

Told = Callable[[Receipt | Failed], None]


@dataclass(slots=True)
class Done:
    """What a worker did."""

    receipts: list[Receipt] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)


@dataclass(slots=True)
class Errand:
    """What a worker is to do, and whom it tells."""

    feeds: tuple[Feed, ...] = ()  # none named: all
    until_idle: bool = False
    awaited: tuple[Arrival, ...] = ()  # stop as soon as these are settled
    watch: Watch = nobody
    told: Told = lambda _: None
    stop: Event = field(default_factory=Event)


def work(world: World, errand: Errand) -> Done:
    """Work until stopped; or until nothing is left to do; or until some files are settled."""
    done = Done()
    hands: Hands = {}
    worker = f"{socket.gethostname()}-{os.getpid()}"
    names = [FeedName(feed.name) for feed in errand.feeds] or None
    engine = world.engine()
    engine.warm()
    reconciled: datetime | None = None
    try:
        while not errand.stop.is_set():
            if not errand.awaited and _is_due(world, reconciled):
                reconcile(world)
                reconciled = world.clock()
            take_in(world, hands)
            batch(world, flush=errand.until_idle or bool(errand.awaited), feeds=errand.feeds)
            if not _try_one(world, engine, errand, worker, names, done):
                acknowledge(world, hands)
                if _is_over(world, errand, names):
                    break
                errand.stop.wait(_nap(world, names))
            elif len(hands) >= GULP:
                acknowledge(world, hands)
    finally:
        acknowledge(world, hands)
        engine.close()
    return done


def take_in(world: World, hands: Hands) -> None:
    """Receive messages and register what they announce; settled ones go when acknowledged."""
    messages: list[Message] = []
    while len(messages) < GULP:
        received = world.queue.receive(BATCH, hidden_for=HIDDEN_FOR)
        messages += received
        if len(received) < BATCH:
            break
    if not messages:
        return
    point("ev.received")
    void = []
    for message in messages:
        raw = announced(message.body)
        if raw is None:
            void.append(message.handle)
        else:
            hands.setdefault(raw, []).append(message.handle)
    point("ev.decoded")
    _register_unknown(world, hands, messages)
    point("ev.registered")
    if void:
        world.queue.delete(void)


def _register_unknown(world: World, hands: Hands, messages: Sequence[Message]) -> None:
    raws = {raw for message in messages if (raw := announced(message.body)) is not None}
    stats = {raw: world.zones.raw.stat(raw) for raw in raws}
    there = [stat for stat in stats.values() if stat is not None]
    known = is_known(world, there)
    register(world, [stat for stat, is_in in zip(there, known, strict=True) if not is_in])
    gone = [raw for raw, stat in stats.items() if stat is None]
    in_ledger = world.ledger.by_raw(gone)
    for raw in gone:
        if raw not in in_ledger:  # nothing was accepted under this name: nothing to wait for
            world.queue.delete(hands.pop(raw, []))


def _try_one(
    world: World,
    engine: Engine,
    errand: Errand,
    worker: str,
    names: list[FeedName] | None,
    done: Done,
) -> bool:
    point("claim.pre")
    claim = world.ledger.claim(worker, world.clock(), world.lease, feeds=names)
    if claim is None:
        return False
    outcome = attempt(world, engine, claim, errand.watch)
    if isinstance(outcome, Receipt):
        done.receipts.append(outcome)
    elif isinstance(outcome, Failed):
        done.failures.append(outcome)
    if outcome is not None:
        errand.told(outcome)
    return True


def _is_due(world: World, last: datetime | None) -> bool:
    return last is None or world.clock() - last >= RECONCILE_EVERY


def _is_over(world: World, errand: Errand, names: list[FeedName] | None) -> bool:
    if errand.awaited:
        current = (world.ledger.arrival(each.id) for each in errand.awaited)
        return all(arrival is None or arrival.settled for arrival in current)
    if not errand.until_idle:
        return False
    live = [state for state in ManifestState if state not in ENDED]
    return not any(
        names is None or manifest.feed in names for manifest in world.ledger.manifests(states=live)
    )


def _nap(world: World, names: list[FeedName] | None) -> float:
    """Until the next retry is due, and never longer than a nap."""
    now = world.clock()
    waits = [
        manifest.retry_at - now
        for manifest in world.ledger.manifests(states=[ManifestState.OPEN])
        if manifest.retry_at is not None and (names is None or manifest.feed in names)
    ]
    return max(min([NAP, *waits]).total_seconds(), 0.01)
