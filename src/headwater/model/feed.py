"""A feed's settings as the flow sees them: frozen values, every default filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from headwater.model.budget import Budget
from headwater.model.checks import Check
from headwater.model.expect import Expect
from headwater.model.ids import FeedName, TableName
from headwater.model.merge import Append, Merge
from headwater.model.steps import Step
from headwater.model.types import Schema


class Format(StrEnum):
    """What a file is."""

    AUTO = "auto"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    NDJSON = "ndjson"
    XML = "xml"
    FIXED = "fixed"  # every column at its place in the line
    LOG = "log"  # lines that match a pattern
    SQLDUMP = "sqldump"  # of pg_dump, mysqldump, or SQLite's shell
    EXCEL = "excel"
    PARQUET = "parquet"
    AVRO = "avro"
    ORC = "orc"


class OnNewColumn(StrEnum):
    """What a column gets that the table does not have."""

    ADD = "add"
    RESCUE = "rescue"  # its values are kept, as JSON, in the column _rescued
    IGNORE = "ignore"
    FAIL = "fail"


class OnBadValue(StrEnum):
    """What a value gets that does not fit its column's type."""

    QUARANTINE = "quarantine"
    RESCUE = "rescue"  # it is kept, as JSON, in the column _rescued
    NULL = "null"
    WIDEN = "widen"  # the column's type becomes one that holds it
    FAIL = "fail"


class OnRewrite(StrEnum):
    """What changed bytes under a known key do."""

    REPLACE = "replace"  # their rows take the place of the rows before, in one commit
    APPEND = "append"  # their rows come beside the rows before
    REJECT = "reject"  # they are refused whole while the version before has rows in the table

    @property
    def apart(self) -> bool:
        """Whether versions under one key stand each for itself."""
        return self is not OnRewrite.REPLACE


class Types(StrEnum):
    """How columns get their types where the schema does not declare them."""

    INFER = "infer"
    TEXT = "text"


class Ragged(StrEnum):
    """What a row gets that has fewer or more fields than the header."""

    QUARANTINE = "quarantine"
    PAD = "pad"  # nulls for what is missing; what is too much goes if it is empty


class Doctype(StrEnum):
    """What an XML file gets that has a document type declaration."""

    REFUSE = "refuse"
    SKIP = "skip"  # it is passed over, unless it declares entities; nothing is fetched


class DecimalMark(StrEnum):
    """What numbers in text have before their fraction."""

    POINT = "point"
    COMMA = "comma"

    @property
    def mark(self) -> str:
        """The character."""
        return "," if self is DecimalMark.COMMA else "."


@dataclass(frozen=True, slots=True)
class Place:
    """Where the lines of a fixed-width text have a column."""

    name: str
    start: int  # in characters, from 1
    length: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of a file are meant, and where their columns are, of formats that leave a choice.

    What is None is found in the file.
    """

    row: str | None = None  # XML: the row element; JSON: the list of rows; or the end of its path
    doctype: Doctype = Doctype.REFUSE  # XML
    sheet: str | None = None  # Excel: its name, or else its number from 1
    cells: str | None = None  # Excel: a range such as A1:F200
    columns: tuple[Place, ...] = ()  # fixed width
    pattern: str | None = None  # log: a pattern's name, or a regular expression
    dump_table: str | None = None  # of a dump that holds several


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
    encoding: str | None = None  # of text without a byte order mark; None: UTF-8
    member: str | None = None  # a pattern over names in zip archives: the members to read
    selection: Selection = field(default_factory=Selection)
    delimiter: str | None = None  # of delimited text; None, here and below: it is found
    quote: str | None = None  # empty: nothing is quoted
    escape: str | None = None  # what stands before a quote in quotes; empty: it is doubled
    comment: str | None = None  # what a line that is none of the table begins with; empty: none
    nulls: tuple[str, ...] | None = None  # texts that stand for null, besides the empty field
    decimal: DecimalMark = DecimalMark.POINT
    grouping: str = ""  # what may stand between thousands
    table_number: int | None = None  # of several in one file, from 1; None: there is but one
    header: int | None = None  # rows of names
    skip: int | None = None  # lines before the table
    ragged: Ragged = Ragged.QUARANTINE
    lenient: bool = False  # quotes out of place are letters, and names are made distinct
    schema: Schema = field(default_factory=Schema)
    rename: tuple[tuple[str, str], ...] = ()  # a file's column name, and the table's for it
    refuse: tuple[str, ...] = ()  # columns for which a file is refused that has them
    types: Types = Types.INFER
    timezone: str = "UTC"
    on_new_column: OnNewColumn = OnNewColumn.ADD
    on_bad_value: OnBadValue = OnBadValue.QUARANTINE
    on_rewrite: OnRewrite = OnRewrite.REPLACE
    max_bad: Tolerance = field(default_factory=Tolerance)
    steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    expect: Expect | None = None
    partition: tuple[PartitionBy, ...] = ()
    mode: Merge = field(default_factory=Append)
    batch: BatchLimits = field(default_factory=BatchLimits)
    retries: Retries = field(default_factory=Retries)
    compression: str = "zstd"  # zstd, snappy, gzip
    wide: bool = False  # parquet: wide, for readers that know v1 pages only
    compact_files: int | None = 20  # small parts of a partition that workers join; None: never
    lambda_below_bytes: int = 100_000_000  # on AWS; larger batches go to Glue
    budget: Budget = field(default_factory=Budget)
    file_size_bytes: int = 256_000_000  # 0: one part, however large, its rows in order

    @property
    def takes(self) -> bool:
        """Whether its rows may take the place of rows that other files have brought."""
        return not isinstance(self.mode, Append)

    @property
    def prefix(self) -> str:
        """Where its files land in raw: the folders of its first glob before a wild card."""
        fixed = []
        for segment in self.match[0].split("/")[:-1]:
            if "*" in segment or "?" in segment:
                break
            fixed.append(segment)
        return "".join(f"{segment}/" for segment in fixed)
