"""What the checks of feeds found over time, run by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.flow.world import World
from headwater.model.checks import Action
from headwater.model.feed import Feed
from headwater.model.ids import FeedName
from headwater.ports.watching import CheckRun

RUNS = 20


@dataclass(frozen=True, slots=True)
class CheckStory:
    """One check of a feed over its last runs."""

    feed: FeedName
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


def checks(world: World, feeds: Sequence[Feed] = (), *, runs: int = RUNS) -> list[CheckStory]:
    """Each check of these feeds, or of all: those declared in their order, then former ones."""
    return [story for feed in feeds or world.feeds for story in _of_feed(world, feed, runs)]


def _of_feed(world: World, feed: Feed, runs: int) -> list[CheckStory]:
    found: dict[str, list[CheckRun]] = {check.name: [] for check in feed.checks}
    for run in world.ledger.check_runs(feed.name, runs):
        found.setdefault(run.check, []).append(run)
    failing = any(some and some[-1].failed for some in found.values())
    since = world.ledger.failing_since(feed.name) if failing else {}
    declared = {check.name: check.action for check in feed.checks}
    return [
        CheckStory(
            feed=feed.name,
            check=name,
            action=declared[name] if name in declared else some[-1].action,
            declared=name in declared,
            examined=sum(run.examined for run in some),
            failed=sum(run.failed for run in some),
            failing_since=since.get(name),
            runs=tuple(some),
        )
        for name, some in found.items()
    ]
