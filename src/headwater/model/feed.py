"""A feed's settings as the flow sees them: frozen values, every default filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from headwater.model.ids import FeedName, TableName
from headwater.model.types import Schema


class Format(StrEnum):
    """What a file is."""

    AUTO = "auto"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"


class OnNewColumn(StrEnum):
    """What a column gets that the table does not have."""

    ADD = "add"
    IGNORE = "ignore"
    FAIL = "fail"


class OnBadValue(StrEnum):
    """What a value gets that does not fit its column's type."""

    QUARANTINE = "quarantine"
    NULL = "null"
    FAIL = "fail"


class OnRewrite(StrEnum):
    """What changed bytes under a known key do."""

    REPLACE = "replace"


class Types(StrEnum):
    """How columns get their types where the schema does not declare them."""

    INFER = "infer"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class PartitionBy:
    """One partition column: a source column, or a part of its date, or the arrival date."""

    name: str  # the partition column: region, year, month, arrival_date
    function: str  # "column", "year", "month", "day", "hour", "arrival_date"
    column: str | None  # the source column; None for the arrival date


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many refused rows a file may have before it is refused whole."""

    rows: int | None = None
    share: float | None = None  # 0.01 is one percent

    def exceeded(self, *, refused: int, counted: int) -> bool:
        """Whether that many refused rows are too many; no limit set means never."""
        if self.rows is not None and refused > self.rows:
            return True
        return self.share is not None and refused > self.share * counted


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """A batch closes on count or bytes or age, whichever comes first."""

    files: int = 1_000
    size_bytes: int = 1_000_000_000
    age: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a manifest is tried, and how long it waits between."""

    attempts: int = 5
    first_delay: timedelta = timedelta(seconds=1)
    longest_delay: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Feed:
    """What the user declares about files that belong together."""

    name: FeedName
    match: tuple[str, ...]  # globs over raw names; the longest match wins
    table: TableName
    format: Format = Format.AUTO
    schema: Schema = field(default_factory=Schema)
    types: Types = Types.INFER
    timezone: str = "UTC"
    on_new_column: OnNewColumn = OnNewColumn.ADD
    on_bad_value: OnBadValue = OnBadValue.QUARANTINE
    on_rewrite: OnRewrite = OnRewrite.REPLACE
    max_bad: Tolerance = field(default_factory=Tolerance)
    partition: tuple[PartitionBy, ...] = ()
    batch: BatchLimits = field(default_factory=BatchLimits)
    retries: Retries = field(default_factory=Retries)
    compression: str = "zstd"  # zstd, snappy, gzip
    wide: bool = False  # parquet: wide, for readers that know v1 pages only
    file_size_bytes: int = 256_000_000

    @property
    def prefix(self) -> str:
        """Where its files land in raw: the folders of its first glob before a wild card."""
        fixed = []
        for segment in self.match[0].split("/")[:-1]:
            if "*" in segment or "?" in segment:
                break
            fixed.append(segment)
        return "".join(f"{segment}/" for segment in fixed)
