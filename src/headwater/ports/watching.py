"""What the ledger knows over time: what came in periods, what happened, who was told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from headwater.model.checks import Action, CheckResult
from headwater.model.event import Event, Happening
from headwater.model.ids import ArrivalId, FeedName, ManifestId
from headwater.model.standing import Came


@dataclass(frozen=True, slots=True)
class Wanted:
    """One pattern of names in one period: of files that landed then, or whatever is so named."""

    period: int
    pattern: int
    start: datetime | None = None
    stop: datetime | None = None  # not included
    glob: str | None = None  # of whole keys, `*` and `?` within a segment; None: any


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that somebody has to know of."""

    feed: FeedName
    manifest: ManifestId
    code: str | None = None  # of the error that ended it
    error: str | None = None
    rows: int = 0  # refused
    files: int = 0  # refused whole


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What a check found in one batch, settled or halted."""

    check: str
    action: Action
    manifest: ManifestId
    at: datetime
    examined: int
    failed: int
    halted: bool = False  # whether nothing of the batch was written


@dataclass(frozen=True, slots=True)
class Halt:
    """What the checks found in a batch that one of them halted."""

    feed: FeedName  # or the model
    manifest: ManifestId
    at: datetime
    checks: tuple[CheckResult, ...]


class Watching(Protocol):
    """What is asked of a ledger about periods, events and checks."""

    def came(
        self, feed: FeedName, wanted: Sequence[Wanted], *, least: int = 1
    ) -> Mapping[tuple[int, int], Came]:
        """What came of each pattern in each period, by their numbers; nothing where none did.

        A key counts once, by the version to be read: the newest that was not refused. Its time
        is that of its first version there; `enough_at` is that of file number `least`.
        """
        ...

    def landed(self, feed: FeedName, start: datetime, stop: datetime) -> Mapping[ArrivalId, int]:
        """Completed arrivals under keys of which a version landed then, and their records.

        From start on, and before stop.
        """
        ...

    def first_landed(self, feed: FeedName) -> datetime | None:
        """When the first file of the feed landed that the ledger knows."""
        ...

    def watch(self, feed: FeedName | None, now: datetime) -> None:
        """Note that somebody looks at the feed, or None: at the lake; the first time is kept."""
        ...

    def watched(self, feed: FeedName | None) -> tuple[datetime, datetime] | None:
        """When somebody first and last looked, or None where nobody has."""
        ...

    def record(self, happenings: Sequence[Happening]) -> int:
        """Make events of what was not so before of its subject; answer how many.

        One step, safe to repeat. Nothing recovers that never stood badly. The events are on the
        disk when this returns.
        """
        ...

    def dead_batches(self, since: datetime, limit: int = 100) -> list[Batch]:
        """Manifests written down since then that were given up, and of which there is no event."""
        ...

    def refusing_batches(self, since: datetime, limit: int = 100) -> list[Batch]:
        """Batches settled since then that refused anything, and of which there is no event."""
        ...

    def meet(self, notifier: str) -> None:
        """Note a notifier that is not known: it is told what is recorded from now on."""
        ...

    def untold(
        self, notifier: str, now: datetime, until: datetime, limit: int = 100
    ) -> list[Event]:
        """Take events that a notifier is to be told, in order; nobody else gets them until then."""
        ...

    def told(self, notifier: str, event: int, busy_until: datetime) -> None:
        """Note up to which event it was told, and when it may next be taken."""
        ...

    def halt(self, halts: Sequence[Halt]) -> None:
        """Keep what checks found in batches that were halted; the first word of each is kept."""
        ...

    def check_runs(self, feed: FeedName, runs: int) -> list[CheckRun]:
        """What the checks of a feed found in its last batches, the oldest first.

        Those that are settled, and those that a check halted.
        """
        ...

    def failing_since(self, feed: FeedName) -> Mapping[str, datetime]:
        """Since when each check fails that failed in its last run."""
        ...
