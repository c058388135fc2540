"""Settings: what headwater.yaml says, frozen, with every default filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from headwater.model.curated import Model
from headwater.model.feed import Feed
from headwater.model.notify import Notify

ZONES = ("raw", "processed", "curated", "quarantine", "manifests", "results")


@dataclass(frozen=True, slots=True)
class Settings:
    """One lake, as its owner wants it."""

    root: Path  # the folder of headwater.yaml
    lake: Path  # the folder of the ledger, the queue, and of every zone without a path of its own
    zones: dict[str, Path]  # a path for each of ZONES
    feeds: tuple[Feed, ...]  # in the order they are written
    lease: timedelta  # how long a claim holds without a heartbeat
    retention: timedelta  # how long parts that a commit removed stay for readers
    memory_bytes: int  # the most one conversion may use
    threads: int
    models: tuple[Model, ...] = ()  # each behind those whose tables it reads
    notify: tuple[Notify, ...] = ()

    @property
    def ledger(self) -> Path:
        """Where the ledger lies."""
        return self.lake / "ledger.sqlite"

    @property
    def queue(self) -> Path:
        """Where the queue lies."""
        return self.lake / "queue.sqlite"
