"""The verbs of those who are called for one step and go, as functions on AWS are."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.arrive import arrive
from headwater.flow.dispatch import Dispatched, dispatch
from headwater.flow.measure import publish_run
from headwater.flow.notify import begin, look
from headwater.flow.rebuild import require_ledger
from headwater.flow.stepwise import Step, settle_one, try_one
from headwater.flow.world import World
from headwater.model.ids import ManifestId
from headwater.model.receipt import Receipt
from headwater.ports.engine import Engine


class Steps:
    """The steps of the flow, one at a time."""

    def __init__(self, world: World) -> None:
        """Take what wiring has put together."""
        self._world = world
        self._engine: Engine | None = None

    def arrive(self, bodies: Sequence[str]) -> list[int]:
        """Register what messages announce; the places of those that have to be seen again."""
        require_ledger(self._world)
        return arrive(self._world, bodies)

    def dispatch(self, *, flush: bool = False) -> list[Dispatched]:
        """Close the batches that are due, or all with flush, and tell of all that waits."""
        if self._world.models:  # a lost ledger has forgotten what was built
            require_ledger(self._world)
        begin(self._world)
        return dispatch(self._world, flush=flush)

    def convert(self, manifest: str) -> Step:
        """Claim this manifest alone and try it once; what converts stays warm until the end."""
        if self._engine is None:
            self._engine = self._world.engine()
            self._engine.warm()
        return self._measured(try_one(self._world, self._engine, ManifestId(manifest)))

    def settle(self, manifest: str, why: str) -> Step:
        """Settle what an attempt elsewhere committed; record why it failed if it did not."""
        return self._measured(settle_one(self._world, ManifestId(manifest), why))

    def notify(self) -> None:
        """Tell the notifiers what they were not told yet."""
        look(self._world)

    def _measured(self, step: Step) -> Step:
        if isinstance(step.came_to, Receipt):
            publish_run(self._world, step.came_to)
        return step

    def _rest(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
