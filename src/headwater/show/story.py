"""The story of one file as a small timeline: each version, what was tried, what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from headwater.flow.explain import Chapter, Story
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.change import Change, ChangeKind
from headwater.model.receipt import Receipt
from headwater.show.costs import cost_words
from headwater.show.figures import clean, count, counted, duration, moment, size
from headwater.show.page import BLANK, Line, Mark, Page, Piece, Span, Tone, dim, line, strong
from headwater.show.receipts import equation

_STATES: dict[ArrivalState, tuple[Mark, str]] = {
    ArrivalState.PENDING: (Mark.WAIT, "waits for its batch"),
    ArrivalState.PROCESSING: (Mark.WAIT, "is in a batch that has not ended"),
    ArrivalState.COMPLETED: (Mark.GOOD, "completed: its rows are in the table"),
    ArrivalState.QUARANTINED: (Mark.BAD, "refused whole"),
    ArrivalState.DEAD: (Mark.BAD, "given up: every attempt failed"),
    ArrivalState.SUPERSEDED: (Mark.WAIT, "superseded by the next version"),
    ArrivalState.DUPLICATE: (Mark.WAIT, "the same bytes were here before: nothing to do"),
    ArrivalState.STALE: (Mark.WAIT, "older than what is visible already"),
    ArrivalState.UNROUTED: (Mark.WARN, "no feed matches: kept, not converted"),
    ArrivalState.MISSING: (Mark.BAD, "gone from the raw zone before it could be read"),
}

_TOLD_AT = len(" x 2026-01-01 00:00:00 UTC  ")
"""Where what happened begins, behind the sign and the time."""


def stories_page(stories: Sequence[Story]) -> Page:
    """Stories one below the other."""
    return tuple(block for story in stories for block in (*_story(story), BLANK))[:-1]


def _story(story: Story) -> Iterator[Line]:
    feeds = {chapter.arrival.feed for chapter in story.chapters if chapter.arrival.feed}
    yield line(strong(clean(story.key)), dim(f"  feed {', '.join(sorted(feeds)) or 'none'}"))
    for chapter in story.chapters:
        yield from _chapter(chapter)
    if story.models:
        yield line(" ", Mark.ARROW, dim(f" goes on into models: {', '.join(story.models)}"))


def _chapter(chapter: Chapter) -> Iterator[Line]:
    arrival = chapter.arrival
    version = strong(f"version {arrival.generation}")
    facts = [size(arrival.size_bytes)]
    if arrival.records is not None:
        facts.append(counted(arrival.records, "record"))
    facts += [f"content {arrival.version[:12]}", f"arrival {arrival.id}"]
    when, what = moment(arrival.landed_at), " landed  "
    if chapter.again:
        when = moment(chapter.manifest.created_at) if chapter.manifest else " " * len(when)
        what = " read again from raw  "
    yield _event(Mark.WAIT, when, version, what, dim(", ".join(facts)))
    yield _below(dim(f"raw/{clean(arrival.raw)}{'' if chapter.raw_there else ' (gone)'}"))
    yield from _tries(chapter)
    yield from _end(chapter)


def _tries(chapter: Chapter) -> Iterator[Line]:
    manifest, receipt = chapter.manifest, chapter.receipt
    if manifest is None:
        return
    among = counted(len(manifest.arrivals), "file")
    batched = f"batched  manifest {manifest.id}, {among}, {size(manifest.size_bytes)}"
    yield _event(Mark.WAIT, moment(manifest.created_at), dim(batched))
    if receipt is None:
        tried = f"attempt {manifest.attempt}" if manifest.attempt else "not tried yet"
        yield _event(Mark.WAIT, " " * len(moment(manifest.created_at)), dim(tried))
        if manifest.error:
            yield _below(Span(f"last failure: {clean(manifest.error)}", Tone.BAD))
        if manifest.retry_at is not None:
            yield _below(dim(f"not tried again before {moment(manifest.retry_at)}"))
        return
    took = duration(receipt.finished_at - receipt.started_at)
    converted = f"converted  attempt {receipt.attempt}, {clean(receipt.engine)}, {took}"
    yield _event(Mark.WAIT, moment(receipt.finished_at), converted)
    if receipt.cost is not None:
        yield _below(dim(f"its batch {cost_words(receipt.cost)}"))
    for words in _columns(receipt, chapter.arrival):
        yield _below(dim(words))


def _columns(receipt: Receipt, arrival: Arrival) -> Iterator[str]:
    """What the file changed in the table's columns, as far as its batch tells."""
    for (kind, is_its_own), changes in groupby(
        receipt.changes,
        key=lambda each: (
            each.kind,
            each.first == arrival.key or each.files >= len(receipt.files),
        ),
    ):
        whose = "" if is_its_own else " by files of its batch"
        yield f"columns {kind.value}{whose}: {', '.join(map(_column, changes))}"


def _column(change: Change) -> str:
    if change.kind is ChangeKind.RENAMED and change.before is not None:
        return clean(f"{change.before} -> {change.column}")
    if change.kind is ChangeKind.WIDENED:
        return clean(f"{change.column} {change.before} -> {change.type}")
    return clean(f"{change.column} {change.type}" if change.type else change.column)


def _end(chapter: Chapter) -> Iterator[Line]:
    arrival = chapter.arrival
    mark, words = _STATES[arrival.state]
    if chapter.followed is not None:
        words = f"superseded by version {chapter.followed.generation}"
    when = " " * len(moment(arrival.landed_at))
    ended: list[Piece] = [Span(words, mark.tone if mark is not Mark.WAIT else Tone.PLAIN)]
    if chapter.receipt is not None and chapter.receipt.version is not None:
        ended.append(dim(f"  {chapter.receipt.table} version {chapter.receipt.version}"))
    yield _event(mark, when, *ended)
    if arrival.cause is not None:
        yield _below(Span(f"{clean(arrival.cause.code)}: {clean(arrival.cause.message)}", Tone.BAD))
    if chapter.books is not None:
        yield _below(equation(chapter.books.books))
        if chapter.taken:
            gone = counted(chapter.taken, "row")
            yield _below(dim(f"{gone} of these went for those of later files"))
        for code, rows in chapter.books.reasons:
            yield _below(Span(f"{count(rows)} refused: {clean(code)}", Tone.WARN))
        for note in chapter.books.notes:
            yield _below(dim(clean(note)))
    if command := _command(arrival, chapter):
        yield _below(dim("try: "), Span(command, Tone.COMMAND))


def _command(arrival: Arrival, chapter: Chapter) -> str:
    if arrival.state in {ArrivalState.QUARANTINED, ArrivalState.DEAD}:
        return f"headwater quarantine replay --file {arrival.id}"
    if arrival.state is ArrivalState.UNROUTED:
        return "headwater new FEED --from FILE"
    if arrival.state in {ArrivalState.PENDING, ArrivalState.PROCESSING}:
        return "headwater work --until-idle"
    refused = chapter.books is not None and chapter.books.books.quarantined > 0
    if arrival.state is ArrivalState.COMPLETED and refused:
        return f"headwater quarantine show --file {arrival.id}"
    return ""


def _event(mark: Mark, when: str, *pieces: Piece) -> Line:
    return line(" ", mark, " ", dim(when), "  ", *pieces, hang=_TOLD_AT)


def _below(*pieces: Piece) -> Line:
    return line(" ", Mark.STEM, " " * (_TOLD_AT - 2), *pieces, hang=_TOLD_AT)
