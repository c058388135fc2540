"""Checks over time: a row for each, with a bar for each of its runs."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.checks import CheckStory
from headwater.model.checks import Action
from headwater.ports.watching import CheckRun
from headwater.show.figures import clean, count, moment
from headwater.show.page import Heading, Page, Piece, Span, Tone, dim, line, sheet, strong

_LONGEST = 60
_HEADINGS = ("feed", "check", "action", "examined", "failed", "share", "runs", "fails since")
_RIGHT = frozenset({"examined", "failed", "share"})
_TENTHS = 10
_LEAST_SHARE = 0.0001
_TONES = {Action.WARN: Tone.WARN, Action.QUARANTINE: Tone.WARN, Action.HALT: Tone.BAD}


def checks_page(stories: Sequence[CheckStory]) -> Page:
    """Every check in a row."""
    if not stories:
        return (line(dim("no feed and no model has `checks`")),)
    headings = [Heading(name, right=name in _RIGHT) for name in _HEADINGS]
    legend = (
        "runs: the last to the right; a dot where all held, else the tenth that failed; "
        "! where it halted the batch"
    )
    return (sheet(headings, map(_row, stories)), line(dim(legend)))


def bars(runs: Sequence[CheckRun]) -> str:
    """A sign for each run: a dot, or 1 to 9 for the tenth of the rows that failed, # for all.

    And ! where the check halted the batch.
    """
    return "".join(map(_bar, runs))


def _bar(run: CheckRun) -> str:
    if not run.failed:
        return "."
    if run.halted and run.action is Action.HALT:
        return "!"
    if run.failed >= run.examined:
        return "#"
    return str(max(1, run.failed * _TENTHS // run.examined))


def _row(story: CheckStory) -> list[Piece]:
    tone = _TONES[story.action] if story.failing_since else Tone.PLAIN
    name = clean(story.check, _LONGEST)
    return [
        strong(story.feed),
        name if story.declared else dim(f"{name} (no longer declared)"),
        dim(story.action.value),
        count(story.examined) if story.runs else dim("-"),
        Span(count(story.failed), tone) if story.failed else dim("-"),
        _share(story),
        Span(bars(story.runs), tone) if story.runs else dim("has not run"),
        Span(moment(story.failing_since), tone) if story.failing_since else "",
    ]


def _share(story: CheckStory) -> Piece:
    if not story.failed:
        return dim("-")
    return f"{story.share:.2%}" if story.share >= _LEAST_SHARE else "< 0.01%"
