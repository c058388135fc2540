"""A receipt: the books of one manifest, and the rule that they balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from headwater.errors import Unbalanced
from headwater.model.amount import counted
from headwater.model.arrival import ArrivalState, Cause
from headwater.model.change import Change
from headwater.model.checks import CheckResult
from headwater.model.cost import Cost
from headwater.model.curated import Build
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId, TableName
from headwater.model.manner import Manner
from headwater.model.types import Schema


@dataclass(frozen=True, slots=True)
class Books:
    """Rows in and where each went. counted comes from a count that is not the parser's."""

    counted: int = 0
    written: int = 0
    quarantined: int = 0
    filtered: int = 0
    deduplicated: int = 0
    exploded: int = 0  # that steps made besides those that were read
    aggregated: int = 0  # that went into groups, less the groups

    @property
    def accounted(self) -> int:
        """Rows whose way is known."""
        gone = self.filtered + self.deduplicated + self.aggregated
        return self.written + self.quarantined + gone

    @property
    def balanced(self) -> bool:
        """Whether every row that was counted or made is accounted for."""
        return self.counted + self.exploded == self.accounted

    def __add__(self, other: Books) -> Books:
        return Books(
            self.counted + other.counted,
            self.written + other.written,
            self.quarantined + other.quarantined,
            self.filtered + other.filtered,
            self.deduplicated + other.deduplicated,
            self.exploded + other.exploded,
            self.aggregated + other.aggregated,
        )


@dataclass(frozen=True, slots=True)
class FileBooks:
    """What became of one arrival."""

    arrival: ArrivalId
    key: Key
    size_bytes: int
    state: ArrivalState  # completed, quarantined, stale, missing
    books: Books
    cause: Cause | None = None  # when refused whole
    notes: tuple[str, ...] = ()  # declared normalisations: "byte order mark dropped"
    reasons: tuple[tuple[str, int], ...] = ()  # refused rows by reason
    landed_at: datetime | None = None  # where the order of files decides about rows

    @property
    def refused_anything(self) -> bool:
        """Whether a row of it, or all of it, did not reach the table."""
        return bool(self.books.quarantined) or self.state is not ArrivalState.COMPLETED


@dataclass(frozen=True, slots=True)
class Receipt:
    """The books of one manifest: files, bytes, rows, parts, engine, times."""

    GONE: ClassVar[frozenset[str]] = frozenset({"new_columns"})
    manifest: ManifestId
    feed: FeedName
    table: TableName
    attempt: int
    files: tuple[FileBooks, ...]
    parts: int
    size_bytes_out: int
    engine: str  # "duckdb 2.0.0, fast" or "…, careful"
    started_at: datetime
    finished_at: datetime
    version: int | None = None  # of the table, when committed
    refusals: tuple[str, ...] = ()  # objects in the quarantine zone that hold the refused rows
    replaced: tuple[ArrivalId, ...] = ()  # arrivals whose rows this commit took away
    taken: tuple[tuple[ArrivalId, int], ...] = ()  # rows of other arrivals that it took away
    apart: bool = False  # versions under one key stand each for itself
    changes: tuple[Change, ...] = ()  # of the table's columns
    manners: tuple[Manner, ...] = ()  # how the files are spelled, each manner told once
    source: Schema = field(default_factory=Schema)  # of the rows before the steps, if there are any
    checks: tuple[CheckResult, ...] = ()
    notes: tuple[str, ...] = field(default=())
    build: Build | None = None  # of a model's table, which is made of tables and not of files
    cpu_seconds: float = 0.0  # that the engine took
    cost: Cost | None = None  # what the same takes on AWS; None: nobody reckoned

    @property
    def books(self) -> Books:
        """The sum over the files."""
        return sum((file.books for file in self.files), Books())

    @property
    def rows_taken(self) -> int:
        """Rows of other arrivals that its own took the place of."""
        return sum(rows for _, rows in self.taken)

    @property
    def size_bytes_in(self) -> int:
        """Bytes of all files as they lie in the raw zone."""
        return sum(file.size_bytes for file in self.files)

    @property
    def refused_anything(self) -> bool:
        """Whether a row or a file went to quarantine."""
        return any(file.refused_anything for file in self.files)


def require_balance(receipt: Receipt) -> None:
    """Refuse a receipt in which any file's rows do not add up."""
    for file in receipt.files:
        if not file.books.balanced:
            raise Unbalanced(
                f"{file.key}: {counted(file.books.counted, 'record')} counted"
                f"{_made(file.books)}, but {file.books.written} "
                f"written + {file.books.quarantined} quarantined + {file.books.filtered} filtered"
                f" + {file.books.deduplicated} deduplicated{_grouped(file.books)}"
                f" = {file.books.accounted}",
                hint="nothing was committed; run it again, and report the file if it persists",
            )


def _made(books: Books) -> str:
    return f" + {books.exploded} exploded" if books.exploded else ""


def _grouped(books: Books) -> str:
    return f" + {books.aggregated} aggregated" if books.aggregated else ""
