"""What was expected of feeds and what came, period by period, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headwater.flow.expected import SHOWN, Expected
from headwater.model.standing import PeriodStanding, PeriodState, why
from headwater.model.volume import unusual_words
from headwater.show.figures import clean, count, counted, duration, moment
from headwater.show.page import (
    BLANK,
    Heading,
    Line,
    Mark,
    Page,
    Piece,
    Sheet,
    Span,
    Tone,
    dim,
    line,
    sheet,
    strong,
)

_MARKS = {
    PeriodState.WAITING: Mark.WAIT,
    PeriodState.MET: Mark.GOOD,
    PeriodState.LATE: Mark.WARN,
    PeriodState.MISSING: Mark.BAD,
    PeriodState.PARTIAL: Mark.WARN,
    PeriodState.DIFFERS: Mark.WARN,
}
_LONGEST = 160


def expected_page(feeds: Sequence[Expected]) -> Page:
    """The last periods of each feed."""
    blocks: list[Line | Sheet] = []
    for each in feeds:
        blocks += [BLANK, line(strong(each.feed)), _periods(each)]
    return tuple(blocks[1:]) or (line(dim("nothing is expected: no feed has `expect`")),)


def bad_words(each: Expected) -> Iterator[tuple[Mark, str, str]]:
    """What a person should know of a feed: a mark, a sentence, and a command."""
    bad = each.bad
    if bad:
        said = f"{each.feed} {bad[-1].period.name} {bad[-1].state.value}{_among(each, bad)}"
        what = f"{said}: {clean(why(bad[-1]), _LONGEST)}"
        yield _MARKS[bad[-1].state], what, f"headwater status {each.feed}"
    for standing, odd in each.unusual:
        what = f"{each.feed} {standing.period.name}: {unusual_words(odd)}"
        yield Mark.WARN, what, f"headwater status {each.feed}"


def _among(each: Expected, bad: Sequence[PeriodStanding]) -> str:
    since = f" since {moment(bad[0].period.due)}"
    if len(bad) == 1:
        return since
    if each.dated:
        return f"{since}, {count(len(bad))} of the last {count(len(each.periods))} periods"
    least = "at least " if bad[0] is each.periods[0] and len(each.periods) == SHOWN else ""
    return f", {least}the {count(len(bad))} periods in a row{since}"


def _periods(each: Expected) -> Sheet:
    headings = [Heading("period"), Heading("files", right=True), Heading("rows", right=True)]
    headings += [Heading("due"), Heading("state"), Heading("")]
    return sheet(headings, map(_row, each.periods))


def _row(standing: PeriodStanding) -> list[Piece]:
    came, mark = standing.came, _MARKS[standing.state]
    return [
        standing.period.name,
        count(came.files) if came.files else dim("-"),
        count(came.rows) if came.rows else dim("-"),
        dim(moment(standing.period.due)),
        Span(standing.state.value, mark.tone),
        _remark(standing),
    ]


def _remark(standing: PeriodStanding) -> Piece:
    words = [clean(why(standing), _LONGEST)] if standing.state is not PeriodState.WAITING else []
    if standing.late is not None:
        words.append(f"{duration(standing.late)} late")
    if standing.came.waiting:
        words.append(f"{counted(standing.came.waiting, 'file')} not converted yet")
    words += map(unusual_words, standing.volume)
    return Span("; ".join(filter(None, words)), Tone.PLAIN if words else Tone.DIM)
