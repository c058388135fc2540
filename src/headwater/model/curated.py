"""A model: a curated table defined by SQL over other tables, and what one build of it was."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType

from headwater.model.checks import Check
from headwater.model.cron import Cron
from headwater.model.feed import Feed, PartitionBy
from headwater.model.ids import FeedName, ManifestId, TableName, manifest_of

ModelName = NewType("ModelName", str)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class When(StrEnum):
    """When a model is built anew."""

    AFTER = "after"  # tables that it reads have a new version
    EVERY = "every"  # so often, counted from 1970 in UTC
    CRON = "cron"  # at the times of a cron line, in UTC
    MANUAL = "manual"  # when somebody asks for it


class Mode(StrEnum):
    """How much of a table one build makes."""

    FULL = "full"
    INCREMENTAL = "incremental"  # the partitions whose input rows changed


@dataclass(frozen=True, slots=True)
class Refresh:
    """When a model is built anew."""

    when: When = When.AFTER
    after: tuple[TableName, ...] = ()  # none named: every table that it reads
    every: timedelta = timedelta()
    cron: Cron | None = None

    def latest(self, now: datetime) -> datetime | None:
        """The last time at which it was due; None where no clock decides."""
        if self.when is When.EVERY:
            return _EPOCH + (now - _EPOCH) // self.every * self.every
        return self.cron.latest(now) if self.cron is not None else None


@dataclass(frozen=True, slots=True)
class Since:
    """The table whose changed rows say which partitions have to be built again.

    `keys` are the columns that a partition is made of, each with the expression over a row
    of that table which gives it.
    """

    table: TableName
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """What the user declares about a curated table."""

    name: ModelName
    table: TableName
    sql: str
    reads: tuple[TableName, ...]  # tables, in the order of their names
    refresh: Refresh = field(default_factory=Refresh)
    mode: Mode = Mode.FULL
    partition: tuple[PartitionBy, ...] = ()
    since: Since | None = None  # of an incremental one
    description: str = ""
    file: str | None = None  # that the SQL was read from
    compression: str = "zstd"
    wide: bool = False
    file_size_bytes: int = 256_000_000
    checks: tuple[Check, ...] = ()

    @property
    def definition(self) -> str:
        """A digest of what decides about its rows; another one means a full build."""
        by = (f"{each.function}({each.column})" for each in self.partition)
        since = [self.since.table] if self.since is not None else []
        words = "\0".join((self.sql, self.mode, *by, *since))
        return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()

    @property
    def layout(self) -> Feed:
        """Where its parts go and how they are written, in the words of a feed."""
        return Feed(
            name=FeedName(self.name),
            match=(),
            table=self.table,
            partition=self.partition,
            compression=self.compression,
            wide=self.wide,
            file_size_bytes=self.file_size_bytes,
        )

    @property
    def triggers(self) -> tuple[TableName, ...]:
        """Tables of which a new version makes it stale."""
        return self.refresh.after or self.reads


@dataclass(frozen=True, slots=True)
class BuiltFrom:
    """A table that a build has read: lineage."""

    table: TableName
    version: int
    rows: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Build:
    """What a build was made from and what it made: kept in the receipt."""

    definition: str
    mode: Mode
    inputs: tuple[BuiltFrom, ...]
    rows: int = 0  # of the table afterwards
    rows_written: int = 0
    partitions: int | None = None  # built again, of an incremental one
    overtaken: bool = False  # nothing was written: a later build was there first


def build_id(model: Model, inputs: tuple[BuiltFrom, ...], turn: int) -> ManifestId:
    """The same id for the same rows on every machine; another turn is another try at them.

    What other checks have halted may pass by now, and so is another try as well.
    """
    read = (f"{each.table}@{each.version}" for each in inputs)
    asked = (repr(each) for each in model.checks)
    words = (model.name, model.table, model.definition, *read, *asked, str(turn))
    return manifest_of("\0".join(words))
