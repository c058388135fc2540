"""What an engine is asked for when a model is built, and what it answers: plain data.

Like a conversion it writes parts and never commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from headwater.model.checks import Check, CheckResult
from headwater.model.curated import Since
from headwater.model.feed import Feed
from headwater.model.part import Part, Snapshot
from headwater.model.types import Schema
from headwater.ports.engine import Limits


@dataclass(frozen=True, slots=True)
class Reading:
    """A table as a build reads it."""

    snapshot: Snapshot
    location: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What came to a table and went from it since the last build, part by part."""

    since: Since
    removed: tuple[Part, ...]
    added: tuple[Part, ...]
    schema: Schema  # of the model's table: where the SELECT gives another, all is built


@dataclass(frozen=True, slots=True)
class Building:
    """A model's SQL and what it reads."""

    attempt: str  # in the names of parts
    layout: Feed
    sql: str
    readings: tuple[Reading, ...]
    table_location: str
    scratch: str  # a folder of this attempt's own, removed afterwards
    changed: Changed | None = None  # build only the partitions of rows that changed
    checks: tuple[Check, ...] = ()
    base: Snapshot | None = None  # the model's table as it is; what stays of it is checked, too
    lookups: tuple[Reading, ...] = ()  # tables that checks look into
    at: datetime | None = None  # what time it is, for checks that ask
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Edifice:
    """What was built. Parts are durable, under attempt-named files."""

    parts: tuple[Part, ...]
    schema: Schema  # partition columns among it
    rows_told: int  # as the writer counted them; those of the parts are read back
    engine: str
    partitions: tuple[tuple[str | None, ...], ...] | None = None  # built; None: all there are
    checks: tuple[CheckResult, ...] = ()
    notes: tuple[str, ...] = ()  # of what checks found
    cpu_seconds: float = 0.0  # that it took
