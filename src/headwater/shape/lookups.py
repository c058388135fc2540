"""Which tables and files a feed's steps and checks look into."""

from __future__ import annotations

from headwater.model.checks import Exists, Unique
from headwater.model.feed import Feed
from headwater.model.steps import Dedupe, Join, Query


def tables_of(feed: Feed) -> tuple[str, ...]:
    """Names of tables of the lake, each once."""
    found = [step.table for step in feed.steps if isinstance(step, Join) and step.table]
    found += [check.rule.table for check in feed.checks if isinstance(check.rule, Exists)]
    for step in feed.steps:
        if isinstance(step, Query):
            # Brings the parser of SQL, which only such a step needs here.
            from headwater.shape.questions import read_question  # noqa: PLC0415 - as said

            found += read_question(step.sql).tables
    return tuple(dict.fromkeys(found))


def files_of(feed: Feed) -> tuple[str, ...]:
    """Paths of files, as the feed spells them, each once."""
    found = [step.file for step in feed.steps if isinstance(step, Join) and step.file]
    return tuple(dict.fromkeys(found))


def is_across(feed: Feed) -> bool:
    """Whether the rows that its own table has are looked at, too."""
    across = any(isinstance(step, Dedupe) and step.across for step in feed.steps)
    return (
        feed.takes
        or across
        or any(isinstance(check.rule, Unique) and check.rule.across for check in feed.checks)
    )
