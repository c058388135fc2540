"""The worker's loop: take messages in, close batches, claim, try; until told or idle."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from headwater.errors import (
    HeadwaterError,
    InputError,
    LedgerError,
    NoSpace,
    StoreError,
    TableError,
    UnfitStore,
)
from headwater.flow.arrive import register_announced
from headwater.flow.attempt import Failed, attempt
from headwater.flow.batch import batch
from headwater.flow.compact import Bounds, compact_table
from headwater.flow.convert import expect
from headwater.flow.hold import Held, held
from headwater.flow.measure import Meter
from headwater.flow.models.look import Lookout
from headwater.flow.notify import EVERY as NOTIFY_EVERY
from headwater.flow.notify import begin, look, look_in_turn
from headwater.flow.rebuild import require_ledger
from headwater.flow.reconcile import reconcile
from headwater.flow.settle import Hands, acknowledge, take
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.feed import Feed
from headwater.model.ids import FeedName, RawName
from headwater.model.manifest import ENDED, Manifest, ManifestState
from headwater.model.progress import ELSEWHERE, WAITING, Watch, nobody
from headwater.model.receipt import Receipt
from headwater.points import point
from headwater.ports.engine import Engine
from headwater.ports.queue import BATCH, Message, ReceiptHandle

HIDDEN_FOR = timedelta(minutes=5)
"""How long a message stays in a worker's hands before it shows again."""

ASIDE_FOR = timedelta(hours=1)
"""How long messages are put aside that are about files which wait for something else."""

GULP = 1_000
"""Most messages in a worker's hands: the rest stay in the queue, where others see them."""

RECENT = timedelta(days=3)
"""Where each look is billed, all that ever came is looked at once, and from then on what is new."""

RECONCILE_EVERY = timedelta(minutes=1)
RECONCILE_SHARE = 20
"""A look at a large raw zone takes long; of a worker's time it may take one part in so many."""

COMPACT_EVERY = timedelta(minutes=1)
"""How often a worker with nothing else to do looks whether tables have too many small parts."""

NAP = timedelta(milliseconds=200)
"""How long a worker with nothing to do waits before it looks again: a look takes a millisecond."""

BILLED_NAP = timedelta(milliseconds=500)
"""The same where a look is requests to a service, which are billed."""

REST = timedelta(seconds=10)
"""How long a worker waits after its ledger, queue, store or tables have failed it."""

_LIVE = [state for state in ManifestState if state not in ENDED]

Told = Callable[[Receipt | Failed], None]

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Done:
    """What a worker did."""

    receipts: list[Receipt] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)  # what waited for a person at the end


@dataclass(slots=True)
class Errand:
    """What a worker is to do, and whom it tells."""

    feeds: tuple[Feed, ...] = ()  # none named: all
    until_idle: bool = False
    awaited: tuple[Arrival, ...] = ()  # stop as soon as these are settled
    watch: Watch = nobody
    told: Told = lambda _: None
    stop: Event = field(default_factory=Event)
    over_budget: frozenset[FeedName] = frozenset()  # feeds whose budgets do not count

    @property
    def ends(self) -> bool:
        """Whether somebody waits for its end."""
        return self.until_idle or bool(self.awaited)


def work(world: World, errand: Errand) -> Done:
    """Work until stopped; or until nothing is left to do; or until some files are settled.

    Whoever waits for the end is told at once that a disk is full; a worker that goes on for
    ever rests, and tries again.
    """
    require_ledger(world)
    begin(world)
    with closing(world.engine()) as engine:
        engine.warm()
        shift = _Shift(world, errand, engine)
        try:
            shift.go()
        finally:  # what was measured happened, however this ends
            shift.meter.publish()
    return shift.done


class _Shift:
    """One worker at work."""

    def __init__(self, world: World, errand: Errand, engine: Engine) -> None:
        self.done = Done()
        self.hands: Hands = {}
        self.meter = Meter(world)
        self._world = world
        self._errand = errand
        self._engine = engine
        self._worker = f"{socket.gethostname()}-{os.getpid()}"
        # What waits for a feed that is no longer declared goes on waiting: see docs/states.md.
        self._feeds = errand.feeds or world.feeds
        models = () if errand.feeds else world.models
        self._lookout = Lookout(world, models)
        self._names = [FeedName(feed.name) for feed in self._feeds]
        self._names += [FeedName(model.name) for model in models]
        self._look_at: datetime | None = None
        self._tidy_at: datetime | None = None
        # Who has an end looks after what it has written itself, and nobody waits for the rest.
        every = () if errand.ends else self._feeds
        self._untidy = {feed.table: feed for feed in every if feed.compact_files}
        self._notify_at: datetime | None = None

    def go(self) -> None:
        """Work to the errand's end; messages go whose files are settled, however it ends."""
        try:
            while not self._errand.stop.is_set() and self.turn():
                pass
            if self._errand.until_idle:
                look(self._world)
        finally:
            acknowledge(self._world, self.hands)

    def turn(self) -> bool:
        """Do what is next; False when the errand is over."""
        try:
            return self._turn()
        except (StoreError, LedgerError, TableError) as error:
            if self._errand.ends or isinstance(error, UnfitStore):
                raise
            _logger.warning("the worker rests for %s: %s", REST, error)
            self._errand.stop.wait(REST.total_seconds())
            return True

    def _turn(self) -> bool:
        world, errand, hands = self._world, self._errand, self.hands
        self._look_around()
        self._notify()
        self.meter.publish_in_turn()
        if len(hands) >= GULP:
            acknowledge(world, hands)
        received = len(hands) < GULP and take_in(world, hands)
        batch(world, flush=errand.ends, feeds=self._feeds)
        self.done.held = held(world, self._feeds, errand.over_budget)
        if self._try_one():
            self._lookout.forget()
            return True
        if self._lookout.look():
            return True
        acknowledge(world, hands)
        if received or self._tidy():  # there may be more behind them
            return True
        if self._is_over():
            return False
        if len(hands) >= GULP:
            put_aside(world, hands)
        errand.watch(ELSEWHERE if errand.ends else WAITING)
        errand.stop.wait(self._nap())
        return True

    def _look_around(self) -> None:
        now = self._world.clock()
        if self._errand.awaited or (self._look_at is not None and now < self._look_at):
            return
        begun = self._look_at is not None
        reconcile(self._world, newer=RECENT if begun and self._world.looks_are_billed else None)
        end = self._world.clock()
        self._look_at = end + max(RECONCILE_EVERY, (end - now) * RECONCILE_SHARE)

    def _notify(self) -> None:
        now = self._world.clock()
        if self._errand.ends or (self._notify_at is not None and now < self._notify_at):
            return  # who waits for an end looks once, at the end
        look_in_turn(self._world)
        self._notify_at = now + NOTIFY_EVERY

    def _try_one(self) -> bool:
        world = self._world
        point("claim.pre")
        claim = world.ledger.claim(
            self._worker,
            world.clock(),
            world.lease,
            feeds=self._names,
            besides=[each.manifest for each in self.done.held],
        )
        if claim is None:
            return False
        self._expect_next(claim.manifest)
        outcome = attempt(world, self._engine, claim, self._errand.watch)
        if isinstance(outcome, Receipt):
            self.done.receipts.append(outcome)
            self.meter.note(outcome)
            feed = world.find_feed(outcome.feed)
            if feed is not None and feed.compact_files:
                self._untidy[outcome.table] = feed
        elif isinstance(outcome, Failed):
            self.done.failures.append(outcome)
        if outcome is not None:
            self._errand.told(outcome)
        if isinstance(outcome, Failed) and isinstance(outcome.error, NoSpace):
            raise outcome.error
        return True

    def _expect_next(self, own: Manifest) -> None:
        """Have files brought, while this manifest's are converted, that will be wanted then.

        Who has begun before us will have taken what waits first.
        """
        world = self._world
        if world.staging is None:
            return
        aside = {each.manifest for each in self.done.held}
        now = world.clock()
        waiting: list[Manifest] = []
        before, reached = 0, False
        for each in world.ledger.manifests(states=_LIVE):
            reached = reached or each.id == own.id
            if each.state is not ManifestState.OPEN:
                before += not reached
                continue
            due = each.retry_at is None or each.retry_at <= now
            if each.arrivals and due and each.feed in self._names and each.id not in aside:
                waiting.append(each)
        if before < len(waiting):
            expect(world, waiting[before].id)

    def _tidy(self) -> bool:
        """Compact a little of a table that has been written to; False if there was no need.

        Somebody waits for those who work on certain files; and whatever goes wrong here goes
        wrong beside the work, and is tried another time.
        """
        world, now = self._world, self._world.clock()
        if self._errand.awaited or (self._tidy_at is not None and now < self._tidy_at):
            return False
        for table, feed in list(self._untidy.items()):
            bounds = Bounds(least=feed.compact_files or 0, rounds=1)
            try:
                done = compact_table(world, self._engine, table, bounds, watch=self._errand.watch)
            except HeadwaterError as error:
                _logger.warning("%s was not compacted: %s", table, error)
            else:
                if done.damaged:
                    _logger.warning("%s: damaged: %s", table, ", ".join(done.damaged))
                if done.joined:
                    return True
            del self._untidy[table]
        self._tidy_at = now + COMPACT_EVERY
        return False

    def _is_over(self) -> bool:
        ledger = self._world.ledger
        if self._errand.awaited:
            current = (ledger.arrival(each.id) for each in self._errand.awaited)
            return all(
                arrival is None or arrival.settled or self._is_held(arrival) for arrival in current
            )
        if not self._errand.until_idle:
            return False
        aside = {each.manifest for each in self.done.held}
        manifests = ledger.manifests(states=_LIVE)
        if any(each.feed in self._names and each.id not in aside for each in manifests):
            return False
        # An arrival may have waited for one under its key that another worker has just settled.
        waiting = [ArrivalState.PENDING]
        holding = {each.feed for each in self.done.held}
        names = [name for name in self._names if name not in holding]
        return not any(ledger.arrivals(feed=name, states=waiting, limit=1) for name in names)

    def _is_held(self, arrival: Arrival) -> bool:
        """Whether a person has to say that it may go on: it, or the version it waits for."""
        pending = arrival.state is ArrivalState.PENDING
        return any(
            arrival.manifest == each.manifest or (pending and arrival.feed == each.feed)
            for each in self.done.held
        )

    def _nap(self) -> float:
        """Until the next retry is due, and never longer than a nap."""
        now = self._world.clock()
        waits = [
            manifest.retry_at - now
            for manifest in self._world.ledger.manifests(states=[ManifestState.OPEN])
            if manifest.retry_at is not None and manifest.feed in self._names
        ]
        nap = BILLED_NAP if self._world.looks_are_billed else NAP
        return max(min([nap, *waits]).total_seconds(), 0.01)


def take_in(world: World, hands: Hands) -> bool:
    """Receive messages and register what they announce; False where there were none."""
    messages: list[Message] = []
    while len(messages) < GULP:
        received = world.queue.receive(BATCH, hidden_for=HIDDEN_FOR)
        messages += received
        if len(received) < BATCH:
            break
    if not messages:
        return False
    point("ev.received")
    void = []
    heard: set[RawName] = set()
    for message in messages:
        raws = _heard(world, message)
        if raws == ():
            void.append(message.handle)
        for raw in raws or ():
            hands.setdefault(raw, []).append(message.handle)
            heard.add(raw)
    point("ev.decoded")
    void += _register_unknown(world, hands, heard)
    point("ev.registered")
    if void:
        world.queue.delete(void)
    return True


def _heard(world: World, message: Message) -> tuple[RawName, ...] | None:
    """What it announces; None where nobody understands it: it goes to the dead letters in time."""
    try:
        return tuple(dict.fromkeys(world.hears(message.body)))
    except InputError as error:
        _logger.warning("message %s: %s", message.id, error)
        return None


def put_aside(world: World, hands: Hands) -> None:
    """Let go of messages that cannot be deleted yet, so that there is room for others."""
    handles = [handle for several in hands.values() for handle in several]
    world.queue.extend(handles, hidden_for=ASIDE_FOR)
    hands.clear()


def _register_unknown(world: World, hands: Hands, raws: set[RawName]) -> Sequence[ReceiptHandle]:
    """Register what is there and not known; answer the messages about what never was."""
    gone = register_announced(world, raws)
    in_ledger = world.ledger.by_raw(gone)
    return take(hands, [raw for raw in gone if raw not in in_ledger])
