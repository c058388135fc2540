"""How a feed's rows go together with those that its table has: beside them, or in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Append:
    """Rows come beside those that are there."""

    TAG: ClassVar[str] = "append"


@dataclass(frozen=True, slots=True)
class Upsert:
    """Of all rows with a key, one stays: the latest by a column, or of the last file to land."""

    TAG: ClassVar[str] = "upsert"
    by: tuple[str, ...]
    latest: str | None = None  # the column whose greatest value stays; equal ones: as without it


@dataclass(frozen=True, slots=True)
class ReplacePartitions:
    """Of all files with rows in a partition, those of the last one to land stay."""

    TAG: ClassVar[str] = "replace_partitions"


Merge = Append | Upsert | ReplacePartitions
