"""What a file is and what is in it, asked of an engine without any lake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from headwater.model.feed import Feed
from headwater.model.part import Part
from headwater.model.progress import Watch
from headwater.model.receipt import Books
from headwater.model.types import Schema
from headwater.ports.engine import Limits


@dataclass(frozen=True, slots=True)
class Choice:
    """One delimiter that a text might have had, and how well it explains the text."""

    delimiter: str
    width: int  # fields of most of its records
    score: float
    told: str  # what it does, in words


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a delimited text is spelled."""

    delimiter: str
    quote: str  # empty where nothing is quoted
    escape: str  # empty where a quote in quotes is doubled
    newline: str  # "LF", "CRLF", "CR" or "mixed"
    header_rows: int  # 0: it names no columns
    skipped_lines: int  # before the table
    dropped_bytes: int  # behind the table
    comment: str
    nulls: tuple[str, ...]
    decimal: str


@dataclass(frozen=True, slots=True)
class FoundFile:
    """What a file was found to be."""

    format: str
    compression: str  # "none" where it is not packed
    encoding: str | None  # of text
    members: tuple[str, ...] = ()  # of a zip archive: those that are read
    spelling: Spelling | None = None
    originals: tuple[str, ...] = ()  # column names as the file has them, where columns got others
    reasons: tuple[str, ...] = ()  # why it is taken to be so
    choices: tuple[Choice, ...] = ()  # the best first
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flaw:
    """One record that was refused."""

    line: int | None
    column: str | None
    raw: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PeekJob:
    """A file, how to read it, and where what it holds may be put."""

    location: str
    name: str  # what messages call it
    feed: Feed
    folder: str  # of this job's own: parts and refusals stay there, all else goes
    head_bytes: int | None = None  # at least this much of its content is read; None: all of it
    flaws: int = 100  # at most so many are told
    limits: Limits = field(default_factory=lambda: Limits(in_order=True))


@dataclass(frozen=True, slots=True)
class Peeked:
    """What is in a file, or in its head."""

    found: FoundFile
    size_bytes: int | None  # None: more than was looked at
    head_bytes: int | None  # how much of the content was read; None: all of it
    schema: Schema
    empty: tuple[str, ...]  # columns without any value: text, until one comes
    books: Books  # of what was read
    reasons: tuple[tuple[str, int], ...]  # refused records by code
    flaws: tuple[Flaw, ...]  # the first ones, in the order of their lines
    parts: tuple[Part, ...]  # below `table` in the job's folder
    refusals: tuple[str, ...]  # file names below `refused` in the job's folder; none for a head
    total_rows: int | None = None  # of the whole file, where it says so itself
    remedies: tuple[str, ...] = ()  # settings, as key=value, that take some that are refused

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return self.head_bytes is None


class Peeker(Protocol):
    """Looks at files; one at a time."""

    def warm(self) -> None:
        """Get ready in the background, if that takes time; returns at once."""
        ...

    def peek(self, job: PeekJob, watch: Watch) -> Peeked:
        """Recognise the file and read it, or its head, into parts in the order of its rows.

        InputError, naming the place and what to do, where it cannot be read at all.
        EngineDied, NoSpace as `Engine.convert`. Whatever it leaves after an error lies in the
        job's folder.
        """
        ...

    def close(self) -> None:
        """End the child."""
        ...
