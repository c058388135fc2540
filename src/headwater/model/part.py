"""A part: one Parquet file of a table, and a snapshot: the parts a reader sees."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.model.ids import TableName
from headwater.model.types import Schema


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file, as the log and the ledger know it."""

    path: str  # below the table's folder, as the file system spells it
    rows: int
    size_bytes: int
    partition: tuple[tuple[str, str | None], ...] = ()  # column and value, in partition order
    sha256: str | None = None  # the ledger's; the log does not carry it
    first_arrival: str | None = None  # least and greatest _arrival in it: which parts a
    last_arrival: str | None = None  # rewrite has to look at


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A table at one version: what a reader sees, all of it and nothing else."""

    table: TableName
    version: int
    schema: Schema  # with partition columns and _arrival
    partition_by: tuple[str, ...]
    parts: tuple[Part, ...]
