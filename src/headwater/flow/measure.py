"""What a worker's runs measured, and how its feeds stand, for charts outside of the lake."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from headwater.errors import HeadwaterError
from headwater.flow.world import World
from headwater.model.arrival import ArrivalState
from headwater.model.measure import Gauge, Measure
from headwater.model.price import NANOS
from headwater.model.receipt import Receipt

EVERY = timedelta(minutes=1)
"""How often a worker hands figures on: requests are billed."""

KEPT = 10_000
"""Figures that wait while they cannot be handed on; older ones go."""

_UNDERWAY = (ArrivalState.PENDING, ArrivalState.PROCESSING)
_logger = logging.getLogger(__name__)


class Meter:
    """One worker's figures until they are handed on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: deque[Measure] = deque(maxlen=KEPT)
        self._due: datetime | None = None

    def note(self, receipt: Receipt) -> None:
        """Measure a batch or a build that was committed."""
        if self._world.metrics is not None:
            self._waiting.extend(of_run(receipt))

    def publish_in_turn(self) -> None:
        """Hand on what there is, unless that was done a moment ago."""
        now = self._world.clock()
        if self._due is None:  # the first figures may come together
            self._due = now + EVERY
        elif now >= self._due:
            self.publish()

    def publish(self) -> None:
        """Hand on what there is, and how feeds stand. No failure of this stops any work."""
        if self._world.metrics is None:
            return
        now = self._world.clock()
        self._due = now + EVERY
        wanted = list(self._waiting)
        try:
            self._world.metrics.publish([*wanted, *of_feeds(self._world, now)])
        except HeadwaterError as error:
            _logger.warning("figures were not handed on: %s", error)
        else:
            for _ in wanted:
                self._waiting.popleft()


def publish_run(world: World, receipt: Receipt) -> None:
    """Hand on what one batch came to, for who goes afterwards. No failure stops any work."""
    if world.metrics is None:
        return
    try:
        world.metrics.publish(list(of_run(receipt)))
    except HeadwaterError as error:
        _logger.warning("figures were not handed on: %s", error)


def of_run(receipt: Receipt) -> Iterator[Measure]:
    """What one batch or build is worth measuring."""
    took = receipt.finished_at - receipt.started_at
    figures = {
        Gauge.ROWS: receipt.books.written,
        Gauge.QUARANTINED: receipt.books.quarantined,
        Gauge.FILES: len(receipt.files),
        Gauge.BYTES: receipt.size_bytes_in,
        Gauge.SECONDS: took.total_seconds(),
    }
    if receipt.cost is not None:
        figures[Gauge.COST] = receipt.cost.nanos / NANOS
    for gauge, value in figures.items():
        yield Measure(gauge, value, receipt.feed, receipt.finished_at)


def of_feeds(world: World, now: datetime) -> Iterator[Measure]:
    """How many files of each feed wait, and for how long."""
    standing = {each.feed: each for each in world.ledger.standing()}
    for feed in world.feeds:
        found = standing.get(feed.name)
        waiting = sum(found.arrivals.get(state, 0) for state in _UNDERWAY) if found else 0
        oldest = found.oldest_pending if found else None
        age = (now - oldest).total_seconds() if oldest is not None else 0.0
        yield Measure(Gauge.BACKLOG, waiting, feed.name, now)
        yield Measure(Gauge.AGE, max(age, 0.0), feed.name, now)
