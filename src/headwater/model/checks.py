"""Checks: what must be true of rows, where it is looked at, and what follows if it is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Action(StrEnum):
    """What follows where a check fails."""

    WARN = "warn"  # the rows are written, and counted
    QUARANTINE = "quarantine"  # the rows go to quarantine
    HALT = "halt"  # nothing of the batch is written


class When(StrEnum):
    """Where a check looks."""

    READ = "read"  # at the rows as they were read
    STEPS = "steps"  # at the rows as they are to be written


@dataclass(frozen=True, slots=True)
class NotNull:
    """Columns have a value."""

    TAG: ClassVar[str] = "not_null"
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows have the same values of these columns; rows with a null in them may."""

    TAG: ClassVar[str] = "unique"
    columns: tuple[str, ...]
    across: bool = False  # whether the rows that the table has are looked at, too


@dataclass(frozen=True, slots=True)
class Range:
    """A value lies between two, these included; None is no bound."""

    TAG: ClassVar[str] = "range"
    column: str
    least: str | None  # as expressions
    most: str | None


@dataclass(frozen=True, slots=True)
class Length:
    """A text has so many characters."""

    TAG: ClassVar[str] = "length"
    column: str
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text matches a regular expression as a whole."""

    TAG: ClassVar[str] = "pattern"
    column: str
    pattern: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value is one of a list."""

    TAG: ClassVar[str] = "one_of"
    column: str
    values: tuple[str, ...]  # as expressions


@dataclass(frozen=True, slots=True)
class Holds:
    """An expression is true, or null."""

    TAG: ClassVar[str] = "holds"
    expression: str


@dataclass(frozen=True, slots=True)
class Exists:
    """A value is there in a column of another table."""

    TAG: ClassVar[str] = "exists"
    column: str
    table: str
    there: str


@dataclass(frozen=True, slots=True)
class RowCount:
    """A batch has so many rows."""

    TAG: ClassVar[str] = "rows"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """The newest time in a column is not older than so many seconds when the batch is read."""

    TAG: ClassVar[str] = "fresh"
    column: str
    seconds: float


Rule = NotNull | Unique | Range | Length | Pattern | OneOf | Holds | Exists | RowCount | Fresh


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a feed or a model."""

    name: str  # what receipts and refused rows call it
    rule: Rule
    action: Action = Action.QUARANTINE
    when: When = When.STEPS


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found in one run."""

    name: str
    action: Action
    examined: int  # rows
    failed: int


def together(some: Iterable[CheckResult], others: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """The results of two parts of a run as those of one."""
    found: dict[str, CheckResult] = {}
    for each in (*some, *others):
        known = found.get(each.name, CheckResult(each.name, each.action, 0, 0))
        rows, failed = known.examined + each.examined, known.failed + each.failed
        found[each.name] = CheckResult(each.name, each.action, rows, failed)
    return tuple(found.values())


def halting(results: Iterable[CheckResult]) -> CheckResult | None:
    """The first check that failed and lets nothing through."""
    return next((each for each in results if each.action is Action.HALT and each.failed), None)


OF_BATCHES = (RowCount, Fresh)
"""Rules about all rows together, of which none is to blame: they warn or halt."""
