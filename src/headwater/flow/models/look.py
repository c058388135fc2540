"""A worker's look at the models: what is due is written down, in the order of building."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from headwater.flow.models.plan import Need, decide, write_down
from headwater.flow.world import World
from headwater.model.curated import Model
from headwater.model.ids import TableName

AGAIN = timedelta(seconds=30)
"""How long a look holds where no table that is read has a new version: others may have failed."""

_Seen = tuple[tuple[int | datetime | None, ...], ...]


@dataclass(slots=True)
class Lookout:
    """Looks at models, and not again before there may be something to see."""

    world: World
    models: Sequence[Model]
    _seen: _Seen | None = None
    _again: datetime | None = field(default=None)

    def forget(self) -> None:
        """Look anew: something has been built, or has failed."""
        self._seen = None

    def look(self) -> bool:
        """Write down what is due; whether anything was."""
        now = self.world.clock()
        if not self.models:
            return False
        seen = self._sight(now)
        if seen == self._seen and self._again is not None and now < self._again:
            return False
        self._seen, self._again = seen, now + AGAIN
        return self._write_down()

    def _write_down(self) -> bool:
        written = False
        unsettled: set[TableName] = set()
        for model in self.models:
            if unsettled.intersection(model.reads):
                unsettled.add(model.table)  # nothing is built upon what is stale, or has failed
                continue
            decision = decide(self.world, model)
            if decision.need is not Need.NOTHING:
                unsettled.add(model.table)
            if decision.need is Need.BUILD:
                written = write_down(self.world, model, decision) or written
        return written

    def _sight(self, now: datetime) -> _Seen:
        """The versions that are there, and the last times at which something was due."""
        tables = sorted({table for model in self.models for table in model.reads})
        versions = tuple(self.world.tables.version(table) for table in tables)
        return versions, tuple(model.refresh.latest(now) for model in self.models)
