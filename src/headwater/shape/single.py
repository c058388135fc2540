"""Which feeds' rows can go through one by one, and what must be looked at afterwards then."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.model.checks import RowCount, Unique, When
from headwater.model.feed import Feed
from headwater.model.merge import Upsert
from headwater.model.steps import (
    Aggregate,
    Cast,
    Clean,
    Dedupe,
    Derive,
    Explode,
    Fill,
    FillForward,
    Join,
    Missing,
    Parse,
    Query,
    Step,
)

_TOGETHER = (Aggregate, Explode, FillForward, Query)


def is_single(feed: Feed) -> bool:
    """Whether each row's way depends on no other row, as long as keys that must be unique are.

    A `dedupe` leaves nothing out where no key comes twice, which can be seen of the rows behind
    it if nothing after it leaves rows out or changes the keys.
    """
    for number, step in enumerate(feed.steps):
        if isinstance(step, _TOGETHER):
            return False
        if isinstance(step, Dedupe) and not (
            not step.across and _keeps(feed.steps[number + 1 :], step.by)
        ):
            return False
    uniques = [check for check in feed.checks if isinstance(check.rule, Unique)]
    return all(c.when is When.STEPS and not c.rule.across for c in uniques)  # type: ignore[union-attr]


def is_apart(feed: Feed) -> bool:
    """Whether what becomes of a file's rows depends on no other file of the batch."""
    together = (Dedupe, FillForward, Query)
    return (
        not feed.takes
        and not any(isinstance(step, together) for step in feed.steps)
        and not any(isinstance(check.rule, Unique | RowCount) for check in feed.checks)
    )


def single(feed: Feed) -> tuple[Step, ...]:
    """The steps that look at one row at a time."""
    return tuple(step for step in feed.steps if not isinstance(step, Dedupe))


def keys(feed: Feed) -> list[tuple[str, ...]]:
    """The keys that no two rows of a batch may share if its rows go through one by one."""
    found = [step.by for step in feed.steps if isinstance(step, Dedupe)]
    found += [check.rule.columns for check in feed.checks if isinstance(check.rule, Unique)]
    found += [feed.mode.by] if isinstance(feed.mode, Upsert) else []
    return list(dict.fromkeys(found))


def _keeps(steps: Sequence[Step], names: Sequence[str]) -> bool:
    """Whether behind these steps there are the same rows, with the same keys."""
    folded = {name.lower() for name in names}
    for step in steps:
        match step:
            case Join(missing=Missing.KEEP):
                made = [name for _, name in step.take]
            case Derive() | Fill() | Cast():
                made = [name for name, _ in step.columns]
            case Clean():
                made = list(step.columns)
            case Parse():
                made = [step.column]
            case _:
                return False
        if folded & {name.lower() for name in made}:
            return False
    return True
