"""What turns raw files into parts, and answers SQL.

An engine reads raw and writes parts; it never commits, and it decides nothing
about work. Everything in a Job and a Conversion is plain data, so that the
work can be done in another process or on another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from headwater.model.arrival import Cause
from headwater.model.change import Change
from headwater.model.checks import CheckResult
from headwater.model.cost import Bill
from headwater.model.feed import Feed, Format
from headwater.model.ids import ArrivalId, AttemptId, Key, TableName
from headwater.model.manner import Manner
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Watch
from headwater.model.receipt import Books
from headwater.model.types import Schema, Widened

if TYPE_CHECKING:
    from headwater.ports.building import Building, Edifice

UNDATED = "undated"
"""The code of files whose rows, taken together, have no dates for the partitions of a table."""


@dataclass(frozen=True, slots=True)
class Input:
    """One raw object to read."""

    arrival: ArrivalId
    key: Key
    location: str  # a path or URL
    size_bytes: int
    stamp: str  # another one, before or after reading, means it changed
    records: int | None  # independent count of records made while hashing, header included
    landed_at: datetime
    follows: tuple[ArrivalId, ...] = ()  # whose rows go once this one is read


@dataclass(frozen=True, slots=True)
class Limits:
    """What the engine may use."""

    memory_bytes: int = 400_000_000
    threads: int = 2
    cell_bytes: int = 16 * 1024 * 1024
    columns: int = 10_000
    partitions: int = 2_000
    refused_rows: int = 1_000_000  # of a file, where they are more than those that are sound
    in_order: bool = False  # whether rows keep the order that their files have them in
    head_bytes: int | None = None  # of an input read record by record: where a look is enough


@dataclass(frozen=True, slots=True)
class Lookup:
    """Something that a feed's steps or checks look into."""

    name: str  # as the feed names it; "." is the table that the rows are for
    location: str  # of a table, or of a file
    snapshot: Snapshot | None = None  # of a table
    without: tuple[ArrivalId, ...] = ()  # whose rows are about to be replaced


@dataclass(frozen=True, slots=True)
class Job:
    """A manifest's files and how to read them."""

    attempt: AttemptId
    feed: Feed
    inputs: tuple[Input, ...]
    table_schema: Schema  # what the table has now, without partition columns and _arrival
    table_location: str  # parts are written below it, in partition folders
    refusals_location: str  # the folder for refused rows
    scratch: str  # a folder of this attempt's own, removed afterwards
    limits: Limits = field(default_factory=Limits)
    usual: tuple[Manner, ...] = ()  # of the feed's files before; decide what a file leaves open
    source_schema: Schema = field(default_factory=Schema)  # of a feed with steps: rows before them
    lookups: tuple[Lookup, ...] = ()
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # by their names
    at: datetime | None = None  # what time it is, for checks that ask
    order: tuple[ArrivalId, ...] = ()  # of a feed that takes rows: its inputs and what landed
    # behind the first of them, as they landed; whatever else the table holds landed before
    lingers: bool = False  # what is made may be on its way when this is answered: see Staging


class Fate(StrEnum):
    """What became of one input."""

    READ = "read"
    REFUSED = "refused"  # whole, with a cause
    CHANGED = "changed"  # not the bytes that were registered; none of its rows is in a part
    GONE = "gone"  # not there


@dataclass(frozen=True, slots=True)
class InputResult:
    """What became of one input, and its books."""

    arrival: ArrivalId
    fate: Fate
    books: Books = field(default_factory=Books)
    cause: Cause | None = None
    notes: tuple[str, ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    changes: tuple[Change, ...] = ()  # of the table's columns
    head_bytes: int | None = None  # of its content, where no more of it was to be read


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a job came to. Parts and refusals are durable, under attempt-named files."""

    results: tuple[InputResult, ...]  # one for each input, in order
    parts: tuple[Part, ...]
    schema: Schema  # of the rows written: the table's, and columns that are new
    refusals: tuple[str, ...]  # file names below refusals_location
    engine: str  # name, version and path taken: "duckdb 2.0.0, fast"
    notes: tuple[str, ...] = ()
    widened: tuple[Widened, ...] = ()  # columns of the table that have to become wider for it
    empty: tuple[str, ...] = ()  # columns that no value was found for, and which are left out
    manners: tuple[Manner, ...] = ()  # of the files that were read, each told once
    source: Schema = field(default_factory=Schema)  # of a feed with steps: the rows before them
    checks: tuple[CheckResult, ...] = ()
    seen: tuple[str, ...] | None = None  # all parts of the table, if rows depend on them
    cpu_seconds: float = 0.0  # that it took


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Parts that hold rows of arrivals that are being replaced, or that new rows take the place of.

    Or columns that become wider.
    """

    attempt: AttemptId
    feed: Feed
    table_location: str
    schema: Schema
    parts: tuple[Part, ...]  # that may hold such rows
    without: tuple[ArrivalId, ...]
    widened: tuple[Widened, ...] = ()  # columns that get another type
    against: tuple[Part, ...] = ()  # whose rows take others' place, as the feed's mode says
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Which parts held such rows or columns, and what takes their place."""

    removed: tuple[str, ...]
    parts: tuple[Part, ...]
    rows_removed: int  # of arrivals that are replaced
    seen: tuple[str, ...] | None = None  # where columns become wider: all parts there were
    widened: tuple[Widened, ...] = ()  # columns that are so in all of them now
    anew: bool = False  # all parts there are go, and the table may get other columns
    taken: tuple[tuple[ArrivalId, int], ...] = ()  # rows of others that went, by arrival


@dataclass(frozen=True, slots=True)
class Compacting:
    """Groups of parts of one partition each; every group is to become one part."""

    attempt: AttemptId
    feed: Feed  # how parts are written; its partitions are the table's
    table_location: str
    schema: Schema  # of the table, partition columns among it
    groups: tuple[tuple[Part, ...], ...]  # rows keep this order; parts with their hashes
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Joined:
    """A part that has the rows of others, and takes their place."""

    part: Part
    removed: tuple[str, ...]  # their paths


@dataclass(frozen=True, slots=True)
class Compacted:
    """What came of the groups. A group with a damaged part in it is left as it is."""

    joined: tuple[Joined, ...]
    damaged: tuple[str, ...] = ()  # parts that are gone, or whose bytes are not those written
    cpu_seconds: float = 0.0  # that it took


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file seems to be, from a look at some of it: the first version of a feed."""

    format: Format
    compression: str  # none, gzip, zstd, bzip2, xz, lz4, zip
    delimiter: str | None
    schema: Schema  # columns as a conversion would propose them
    notes: tuple[str, ...]
    reasons: tuple[str, ...] = ()  # why it is taken to be so
    manner: Manner | None = None  # how it is spelled


@dataclass(frozen=True, slots=True)
class Staging:
    """How files come here that lie elsewhere, and what is made of them goes there."""

    expect: Callable[[Sequence[Input]], None]  # these are converted behind the next ones
    await_parts: Callable[[AttemptId], None]  # of a job that lingered; before they are named
    most_bytes: int  # that may be here at once: of what comes, is converted, and goes


class Engine(Protocol):
    """Converts; one job at a time."""

    def survey(self, location: str, feed: Feed) -> Survey:
        """Look at a file under a feed's settings, write nothing.

        InputError, naming the place and what to do, where it cannot be read at all.
        """
        ...

    def warm(self) -> None:
        """Get ready in the background, if that takes time; returns at once."""
        ...

    def convert(self, job: Job, watch: Watch) -> Conversion:
        """Read every input, write parts and refusals, count.

        A bad row never stops a good row; a bad file never stops its neighbours. EngineDied
        if the child ended without an answer (a kill, a crash, its limits); the next call
        starts with a fresh one. NoSpace if the disk filled. Whatever it leaves after an
        error is attempt-named garbage.
        """
        ...

    def rewrite(self, rewriting: Rewriting) -> Rewritten:
        """Write parts anew without the rows of some arrivals, and with wider columns.

        Parts without such rows and without such columns stay.
        """
        ...

    def compact(self, compacting: Compacting, watch: Watch) -> Compacted:
        """Write each group of parts as one, durable, with every row once and in order.

        Each part is compared with the hash that it was written with before it is read: a new
        part with a new hash would hide what has happened to it.
        """
        ...

    def build(self, building: Building, watch: Watch) -> Edifice:
        """Write the parts of a model's table.

        QueryError if the SQL cannot be answered over these tables, or its answer not stored.
        CheckFailed, and no part written, if a check fails that halts.
        """
        ...

    def close(self) -> None:
        """End the child."""
        ...


class Answer(Protocol):
    """The result of a question; may be read once, in one of these ways."""

    @property
    def bill(self) -> Bill | None:
        """What the question costs; None where nobody bills for it."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        ...

    @property
    def types(self) -> tuple[str, ...]:
        """Their types, as SQL spells them: BIGINT, DECIMAL(12,2), VARCHAR."""
        ...

    def rows(self, limit: int | None = None) -> list[tuple[Any, ...]]:
        """Rows as Python values."""
        ...

    def stream(self, size: int = 1_000) -> Iterator[tuple[Any, ...]]:
        """Rows as Python values, so many of them in memory at a time."""
        ...

    def arrow(self) -> Any:
        """A pyarrow Table; needs the extra `arrow`."""
        ...

    def pandas(self) -> Any:
        """A pandas DataFrame; needs the extra `pandas`."""
        ...

    def polars(self) -> Any:
        """A Polars DataFrame; needs the extra `polars`."""
        ...

    def write(self, path: str, kind: str) -> int:
        """Write a file of that kind (csv, json, ndjson, parquet); answer how many rows."""
        ...


class Asker(Protocol):
    """Answers SQL over snapshots: their file lists, never a glob."""

    def ask(
        self,
        sql: str,
        tables: Sequence[tuple[Snapshot, str]],
        *,
        views: Mapping[TableName, str] | None = None,
        known: Sequence[TableName] = (),
    ) -> Answer:
        """Answer one SELECT over these snapshots, each with its location.

        `views` are SELECTs over them that go by a name; `known` are the tables there are,
        those that are not asked among them. QueryError says what is wrong with the SQL, and
        for a name that is not there which one may have been meant.
        """
        ...
