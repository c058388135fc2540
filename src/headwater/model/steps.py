"""Steps: what a feed does to its rows between reading and writing them, in order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from headwater.model.types import Type


class Missing(StrEnum):
    """What a row gets for which nothing is found where it looks something up."""

    KEEP = "keep"  # the row stays, with null, or with the value as it is
    REFUSE = "refuse"  # the row goes to quarantine
    FILTER = "filter"  # the row is left out, and counted as filtered


class Cleaning(StrEnum):
    """How a text is cleaned."""

    TRIM = "trim"  # no blanks around it
    COLLAPSE = "collapse"  # one blank for each run of them, and none around
    LOWER = "lower"
    UPPER = "upper"
    NFC = "nfc"  # one spelling for letters that Unicode spells in several ways
    EMPTY = "empty"  # an empty text becomes null


class Keep(StrEnum):
    """Which of several rows of one key stays."""

    FIRST = "first"  # in the order of files and of rows in them
    LAST = "last"
    LATEST = "latest"  # the greatest value of a column; of equal ones, the last


class Protection(StrEnum):
    """How personal data are protected."""

    MASK = "mask"  # every character but the last few becomes *
    HASH = "hash"  # SHA-256 of a secret and the value: the same for the same value
    TOKEN = "token"  # noqa: S105 - a way of protecting; sixteen digits of such a hash: short enough to read out


@dataclass(frozen=True, slots=True)
class Rename:
    """Columns under other names."""

    TAG: ClassVar[str] = "rename"
    columns: tuple[tuple[str, str], ...]  # old, new


@dataclass(frozen=True, slots=True)
class Select:
    """These columns, in this order, and no other."""

    TAG: ClassVar[str] = "select"
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Every column but these."""

    TAG: ClassVar[str] = "drop"
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Columns as other types; a value that is none of that type is refused."""

    TAG: ClassVar[str] = "cast"
    columns: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class Derive:
    """Columns made by expressions, each of which may use those before it."""

    TAG: ClassVar[str] = "derive"
    columns: tuple[tuple[str, str], ...]  # name, expression


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows of which the expression is true; the others are counted as filtered."""

    TAG: ClassVar[str] = "filter"
    keep: str


@dataclass(frozen=True, slots=True)
class Fill:
    """Values in place of nulls."""

    TAG: ClassVar[str] = "fill"
    columns: tuple[tuple[str, str], ...]  # name, expression


@dataclass(frozen=True, slots=True)
class FillForward:
    """The last value before it in place of a null."""

    TAG: ClassVar[str] = "fill_forward"
    columns: tuple[str, ...]
    by: tuple[str, ...] = ()  # each group by itself
    order: str | None = None  # a column; None: the order of files and of rows in them


@dataclass(frozen=True, slots=True)
class Split:
    """A text column cut into several; pieces that are missing are null, the last has the rest."""

    TAG: ClassVar[str] = "split"
    column: str
    between: str
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parse:
    """Texts read as dates or times in the first format that fits; one that fits none is refused."""

    TAG: ClassVar[str] = "parse"
    column: str
    type: Type  # date or timestamp
    formats: tuple[str, ...]  # as strptime has them: %d.%m.%Y


@dataclass(frozen=True, slots=True)
class Clean:
    """Texts cleaned, in the order of the cleanings."""

    TAG: ClassVar[str] = "clean"
    columns: tuple[str, ...]
    how: tuple[Cleaning, ...]


@dataclass(frozen=True, slots=True)
class MapValues:
    """Values looked up in a list."""

    TAG: ClassVar[str] = "map"
    column: str
    values: tuple[tuple[str, str], ...]
    missing: Missing = Missing.KEEP
    otherwise: str | None = None  # what a value becomes that is not in the list


@dataclass(frozen=True, slots=True)
class Join:
    """Columns of a reference table, looked up by a key that it has once."""

    TAG: ClassVar[str] = "join"
    on: tuple[tuple[str, str], ...]  # column here, column there
    take: tuple[tuple[str, str], ...]  # column there, name here
    table: str | None = None  # of the lake
    file: str | None = None  # a path, seen from the folder of headwater.yaml
    missing: Missing = Missing.KEEP


@dataclass(frozen=True, slots=True)
class Flatten:
    """Structs taken apart: address.city becomes address_city."""

    TAG: ClassVar[str] = "flatten"
    columns: tuple[str, ...]
    between: str = "_"


@dataclass(frozen=True, slots=True)
class Explode:
    """A row for each element of an array."""

    TAG: ClassVar[str] = "explode"
    column: str
    into: str | None = None  # None: the same name
    keep_empty: bool = True  # whether a row without elements stays, with null


@dataclass(frozen=True, slots=True)
class Protect:
    """Personal data made unreadable."""

    TAG: ClassVar[str] = "protect"
    columns: tuple[str, ...]
    by: Protection
    secret: str | None = None  # the name of an environment variable; hashes and tokens need it
    keep: int = 0  # how many characters at the end a mask leaves


@dataclass(frozen=True, slots=True)
class Dedupe:
    """One row for each key; the others are counted as deduplicated."""

    TAG: ClassVar[str] = "dedupe"
    by: tuple[str, ...]
    keep: Keep = Keep.FIRST
    latest: str | None = None  # the column whose greatest value stays
    across: bool = False  # whether a key that the table has already is left out


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One row for each group."""

    TAG: ClassVar[str] = "aggregate"
    by: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]  # name, expression with aggregates


@dataclass(frozen=True, slots=True)
class Query:
    """What no other step does: a SELECT from `rows`."""

    TAG: ClassVar[str] = "sql"
    sql: str


Step = (
    Rename
    | Select
    | Drop
    | Cast
    | Derive
    | Filter
    | Fill
    | FillForward
    | Split
    | Parse
    | Clean
    | MapValues
    | Join
    | Flatten
    | Explode
    | Protect
    | Dedupe
    | Aggregate
    | Query
)
