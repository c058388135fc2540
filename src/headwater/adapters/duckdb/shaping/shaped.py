"""What became of rows behind checks and steps: the parts, the books of the steps, the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from headwater.adapters.duckdb.parts.write import Draft
from headwater.adapters.duckdb.shaping.agreed import Agreed
from headwater.errors import CheckFailed
from headwater.model.checks import Action, CheckResult, Fresh, RowCount, When, halting
from headwater.model.codec import to_plain
from headwater.model.feed import Feed
from headwater.model.receipt import Books

Write: TypeAlias = Callable[[Callable[[], str], Agreed, Path], Draft]
"""Writes the rows of a SELECT as parts into a folder; the SELECT is made when it is asked."""

_HINT = "correct the files or the check, then headwater quarantine replay"


@dataclass(frozen=True, slots=True)
class Shaped:
    """One try at taking a batch through."""

    agreed: Agreed
    made: Draft | None
    books: Mapping[str, Books] = field(default_factory=dict)  # of what steps and checks left out
    failed: Mapping[str, int] = field(default_factory=dict)  # rows, by the names of checks
    filtered: int = 0  # rows of all files, where those of each are not told

    def results(self, feed: Feed, read: int) -> tuple[CheckResult, ...]:
        """What each check found; `read` is how many rows came to the steps."""
        written = 0 if self.made is None else self.made.rows.total()
        found = []
        for check in feed.checks:
            if isinstance(check.rule, Fresh):
                continue
            failed = self.failed.get(check.name, 0)
            seen = read if check.when is When.READ else written
            if isinstance(check.rule, RowCount):
                failed = 0 if _fits(check.rule, seen) else max(seen, 1)
            elif check.when is When.STEPS and check.action is Action.QUARANTINE:
                seen += failed
            found.append(CheckResult(check.name, check.action, seen, failed))
        return tuple(found)


def require_passed(feed: Feed, results: tuple[CheckResult, ...]) -> None:
    """CheckFailed if a check failed that halts."""
    halt = halting(results)
    if halt is not None:
        raise CheckFailed(
            f"check {halt.name!r} of feed {feed.name} failed for {halt.failed:,} of "
            f"{halt.examined:,} rows, and it halts the batch",
            hint=_HINT,
            found=to_plain(list(results)),
        )


def _fits(rule: RowCount, rows: int) -> bool:
    return rows >= rule.least and (rule.most is None or rows <= rule.most)
