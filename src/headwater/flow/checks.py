"""What the checks of feeds and models found over time, run by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.flow.world import World
from headwater.model.checks import Action
from headwater.model.curated import Model
from headwater.model.feed import Feed
from headwater.model.ids import FeedName
from headwater.ports.watching import CheckRun

RUNS = 20


@dataclass(frozen=True, slots=True)
class CheckStory:
    """One check of a feed or a model over its last runs."""

    feed: FeedName  # or the model
    check: str
    action: Action
    declared: bool  # whether headwater.yaml still has it
    examined: int  # rows, in these runs
    failed: int
    failing_since: datetime | None  # None: it held in its last run, or has not run
    runs: tuple[CheckRun, ...]  # the last ones, the oldest first

    @property
    def share(self) -> float:
        """How much of what was examined failed."""
        return self.failed / self.examined if self.examined else 0.0


def checks(world: World, of: Sequence[Feed | Model] = (), *, runs: int = RUNS) -> list[CheckStory]:
    """Each check of these feeds and models, or of all; those no longer declared come last."""
    every = of or (*world.feeds, *world.models)
    return [story for each in every for story in _of(world, each, runs)]


def _of(world: World, of: Feed | Model, runs: int) -> list[CheckStory]:
    name = FeedName(of.name)
    found: dict[str, list[CheckRun]] = {check.name: [] for check in of.checks}
    for run in world.ledger.check_runs(name, runs):
        found.setdefault(run.check, []).append(run)
    failing = any(some and some[-1].failed for some in found.values())
    since = world.ledger.failing_since(name) if failing else {}
    declared = {check.name: check.action for check in of.checks}
    return [
        CheckStory(
            feed=name,
            check=check,
            action=declared[check] if check in declared else some[-1].action,
            declared=check in declared,
            examined=sum(run.examined for run in some),
            failed=sum(run.failed for run in some),
            failing_since=since.get(check),
            runs=tuple(some),
        )
        for check, some in found.items()
    ]
