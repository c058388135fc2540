"""Settings: what headwater.yaml says, frozen, with every default filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NewType

from headwater.model.curated import Model
from headwater.model.feed import Feed
from headwater.model.notify import Notify
from headwater.model.price import Prices

Url = NewType("Url", str)
"""A place that is not a folder of this machine."""

Place = Path | Url

ZONES = ("raw", "processed", "curated", "quarantine", "manifests", "results")


@dataclass(frozen=True, slots=True)
class Settings:
    """One lake, as its owner wants it."""

    root: Path  # the folder of headwater.yaml
    home: Path  # the folder of what is on this machine: ledger and queue, and scratch
    zones: dict[str, Place]  # a place for each of ZONES
    feeds: tuple[Feed, ...]  # in the order they are written
    lease: timedelta  # how long a claim holds without a heartbeat
    retention: timedelta  # how long parts that a commit removed stay for readers
    memory_bytes: int  # the most one conversion may use
    threads: int
    models: tuple[Model, ...] = ()  # each behind those whose tables it reads
    notify: tuple[Notify, ...] = ()
    prices: Prices = field(default_factory=Prices)
    ledger_url: Url | None = None  # none: a file at home
    queue_url: Url | None = None  # same
    catalog_url: Url | None = None  # none: tables are looked up here alone
    athena_workgroup: str | None = None  # none: Athena is not asked
    athena_limit_bytes: int | None = None  # that one query may scan
    metrics_url: Url | None = None  # none: figures go nowhere
    region: str | None = None  # of AWS; none: as the environment says
    kms_key: str | None = None
    first_answer_seconds: float | None = None  # that a service may take; none: as long as it does

    @property
    def ledger(self) -> Path:
        """Where the ledger lies that is a file."""
        return self.home / "ledger.sqlite"

    @property
    def queue(self) -> Path:
        """Where the queue lies that is a file."""
        return self.home / "queue.sqlite"
