"""Models built because somebody asks for it: now, whatever their clock says."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from headwater.flow.attempt import Failed, attempt
from headwater.flow.models.plan import Asked, Need, ancestors, decide, write_down
from headwater.flow.rebuild import require_ledger
from headwater.flow.work import Done, Told
from headwater.flow.world import World
from headwater.model.curated import Model, ModelName
from headwater.model.ids import FeedName, ManifestId, TableName
from headwater.model.manifest import ENDED, ManifestState
from headwater.model.progress import ELSEWHERE, Watch, nobody
from headwater.model.receipt import Receipt
from headwater.points import point
from headwater.ports.engine import Engine

NAP = timedelta(milliseconds=100)


@dataclass(slots=True)
class Refreshed(Done):
    """What became of the models that were asked for, and of those that they are made of."""

    fresh: list[ModelName] = field(default_factory=list)  # nothing was to do
    blocked: list[ModelName] = field(default_factory=list)  # made of one that failed
    waiting: dict[ModelName, TableName] = field(default_factory=dict)  # for a table


@dataclass(frozen=True, slots=True)
class Order:
    """Which models, and how."""

    names: Sequence[str] = ()  # none named: all
    full: bool = False  # every row of those that are named, changed or not
    watch: Watch = nobody
    told: Told = lambda _: None
    stop: Event = field(default_factory=Event)


def refresh(world: World, order: Order) -> Refreshed:
    """Build what is stale, each model behind those that it is made of."""
    named = {world.model(name).name for name in order.names}
    require_ledger(world)
    wanted = ancestors(world.models, named) if named else list(world.models)
    with closing(world.engine()) as engine:
        return _Round(world, order, engine, named).go(wanted)


class _Round:
    """One model after the other."""

    def __init__(self, world: World, order: Order, engine: Engine, named: set[ModelName]) -> None:
        self._world = world
        self._order = order
        self._engine = engine
        self._named = named
        self._unsettled: set[TableName] = set()
        self._done = Refreshed()

    def go(self, models: Sequence[Model]) -> Refreshed:
        for model in models:
            if self._order.stop.is_set():
                break
            if self._unsettled.intersection(model.reads):
                self._done.blocked.append(model.name)
                self._unsettled.add(model.table)
            elif not self._settle(model):
                self._unsettled.add(model.table)
        return self._done

    def _settle(self, model: Model) -> bool:
        """Build it unless it is fresh; whether others may be built upon it."""
        full = self._order.full and (not self._named or model.name in self._named)
        asked, built = Asked(by_hand=True, full=full), False
        while not self._order.stop.is_set():
            decision = decide(self._world, model, asked)
            if decision.lacking is not None:
                self._done.waiting[model.name] = decision.lacking
                return False
            if decision.manifest is None:
                if not built:
                    self._done.fresh.append(model.name)
                return True
            if decision.need is Need.BUILD:
                write_down(self._world, model, decision)
            if not self._finish(model, decision.manifest.id):
                return False
            # It may have been overtaken, and another build be wanted; but full is full once.
            asked, built = Asked(by_hand=True), True
        return False

    def _finish(self, model: Model, manifest: ManifestId) -> bool:
        """Work on the model's builds until this one has ended; False where it failed."""
        world = self._world
        while not self._order.stop.is_set():
            known = world.ledger.manifest(manifest)
            if known is not None and known.state in ENDED:
                return known.state is ManifestState.COMMITTED
            point("claim.pre")
            worker = f"{socket.gethostname()}-{os.getpid()}"
            feeds = [FeedName(model.name)]
            claim = world.ledger.claim(worker, world.clock(), world.lease, feeds=feeds)
            if claim is None:
                self._order.watch(ELSEWHERE)
                self._order.stop.wait(NAP.total_seconds())
                continue
            self._tell(attempt(world, self._engine, claim, self._order.watch))
        return False

    def _tell(self, outcome: Receipt | Failed | None) -> None:
        if isinstance(outcome, Receipt):
            self._done.receipts.append(outcome)
        elif isinstance(outcome, Failed):
            self._done.failures.append(outcome)
        if outcome is not None:
            self._order.told(outcome)
