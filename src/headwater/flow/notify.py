"""Who is told what: what stands badly becomes an event, once, and each notifier is told.

An event is recorded first, and told after: whoever dies between the two leaves it to the
next one who looks. A notifier that was told, and of which that is not noted yet, is told
again: at least once, and the event's id says that it is the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from headwater.errors import HeadwaterError, NotifyFailed
from headwater.flow.expected import Expected, expectations
from headwater.flow.world import World
from headwater.model.codec import to_plain
from headwater.model.event import Event, EventKind, Happening
from headwater.model.standing import BAD, PeriodStanding, PeriodState, why
from headwater.model.volume import unusual_words
from headwater.points import point
from headwater.ports.notifier import Notifier
from headwater.ports.watching import Batch

EVERY = timedelta(seconds=30)
"""How often one of the workers looks."""

_BUSY = timedelta(minutes=5)
_AGAIN = timedelta(minutes=1)
_OVERLAP = timedelta(minutes=10)
"""Batches are looked at so much longer ago than the last look: clocks of workers differ."""

_logger = logging.getLogger(__name__)


def begin(world: World) -> None:
    """Note since when somebody looks: what happened before is nobody's news."""
    if _is_wanted(world) and world.ledger.watched(None) is None:
        world.ledger.watch(None, world.clock())


def look_in_turn(world: World) -> None:
    """Look, unless another worker has just done it."""
    if _is_wanted(world):
        watched = world.ledger.watched(None)
        if watched is None or world.clock() - watched[1] >= EVERY:
            look(world)


def look(world: World) -> None:
    """Record what is not as it was, and tell of it. No failure of this stops a worker's work."""
    if not _is_wanted(world):
        return
    try:
        for notifier in world.notifiers:
            world.ledger.meet(notifier.notify.name)
        world.ledger.record(list(_happenings(world)))
        for notifier in world.notifiers:
            _tell(world, notifier)
    except HeadwaterError as error:
        _logger.warning("nobody could be told of anything: %s", error)


def _is_wanted(world: World) -> bool:
    return bool(world.notifiers) or any(feed.expect is not None for feed in world.feeds)


def _happenings(world: World) -> Iterator[Happening]:
    now = world.clock()
    watched = world.ledger.watched(None)
    since = watched[0] if watched else now
    looked = max(since, watched[1] - _OVERLAP) if watched else now
    for each in expectations(world):
        yield from _of_feed(each, now, since)
        world.ledger.watch(each.feed, now)
    for batch in world.ledger.dead_batches(since):
        yield _given_up(world, batch, now)
    for batch in world.ledger.refusing_batches(looked):
        yield _refused(batch, now)
    world.ledger.watch(None, now)


def _of_feed(expected: Expected, now: datetime, since: datetime) -> Iterator[Happening]:
    """What is so of the periods that became due under somebody's eyes, and of the last one."""
    due = [each for each in expected.periods if each.state is not PeriodState.WAITING]
    for each in due:
        if each.period.due >= since or each is due[-1] or each.state is PeriodState.MET:
            yield from _of_period(expected, each, now)


def _of_period(expected: Expected, each: PeriodStanding, now: datetime) -> Iterator[Happening]:
    feed, name = expected.feed, each.period.name
    kind = EventKind(each.state.value) if each.state in BAD else EventKind.RECOVERED
    words = f"{each.state.value}: {why(each)}" if each.state in BAD else "everything has come"
    hint = f"headwater status {feed}"
    yield Happening(feed, name, kind, now, f"{feed} {name} {words}", hint, each.since)
    odd = "; ".join(map(unusual_words, each.volume))
    if odd or not each.came.waiting:
        kind = EventKind.VOLUME if odd else EventKind.RECOVERED
        message = f"{feed} {name}: {odd or 'as much as usual'}"
        yield Happening(feed, f"{name} volume", kind, now, message, hint)


def _given_up(world: World, batch: Batch, now: datetime) -> Happening:
    halted = batch.code == "check_failed"
    kind = EventKind.HALTED if halted else EventKind.FAILED
    what = "batch" if world.find_model(batch.feed) is None else "build"
    message = f"{batch.feed}: a {what} was given up: {batch.error or 'for an unknown reason'}"
    verb = "quarantine list" if world.find_model(batch.feed) is None else "models"
    hint = f"headwater {'checks' if halted else verb} {batch.feed}"
    return Happening(batch.feed, batch.manifest, kind, now, message, hint)


def _refused(batch: Batch, now: datetime) -> Happening:
    what = [f"{batch.rows:,} row{'' if batch.rows == 1 else 's'}"] if batch.rows else []
    what += [f"{batch.files:,} file{'' if batch.files == 1 else 's'} whole"] if batch.files else []
    message = f"{batch.feed}: {' and '.join(what)} refused"
    hint = f"headwater quarantine list {batch.feed}"
    return Happening(batch.feed, batch.manifest, EventKind.QUARANTINED, now, message, hint)


def _tell(world: World, notifier: Notifier) -> None:
    notify, now = notifier.notify, world.clock()
    events = world.ledger.untold(notify.name, now, now + _BUSY)
    free = now  # to be taken again at once
    for event in events:
        if notify.wants(event):
            try:
                notifier.tell(_document(world, event))
            except NotifyFailed as error:
                _logger.warning("%s was not told of event %s: %s", notify.name, event.id, error)
                world.ledger.told(notify.name, event.id - 1, now + _AGAIN)
                return
            point("notify.told")
        last = event is events[-1]
        world.ledger.told(notify.name, event.id, free if last else now + _BUSY)


def _document(world: World, event: Event) -> dict[str, Any]:
    return {"lake": str(world.root), **to_plain(event)}
