"""How the lake stands: feeds by states, tables, and what needs a person with the command for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from headwater.flow.models.standing import ModelState
from headwater.flow.status import Status, TableStanding
from headwater.model.arrival import ArrivalState
from headwater.model.manifest import ManifestState
from headwater.model.price import Money
from headwater.ports.ledger import Standing, Work
from headwater.show.costs import held_line
from headwater.show.expected import bad_words
from headwater.show.figures import clean, count, counted, duration, moment, size
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
    toned,
)

_FEEDS = ("feed", "waiting", "working", "done", "refused", "rows", "refused rows")
_TABLES = ("table", "rows", "parts", "size", "version", "partitioned by", "written by")
_LONGEST = 40


def status_page(status: Status) -> Page:
    """One screen: feeds by states, tables, and what needs a person."""
    depth = status.queue
    queue = f"queue: {count(depth.waiting)} waiting, {count(depth.in_flight)} in hand"
    head = line(dim(f"{moment(status.at)}   {queue}"))
    blocks: list[Line | Sheet] = [head, BLANK, _feeds(status), *_remarks(status)]
    if status.tables:
        blocks += [BLANK, *tables_page(status.tables)]
    blocks += _models(status)
    needs = list(_needs(status))
    if needs:
        return (*blocks, BLANK, line(strong("Needs a person")), *needs)
    return (*blocks, BLANK, line(Mark.GOOD, " nothing needs a person"))


def tables_page(tables: Sequence[TableStanding]) -> Page:
    """Every table in a row."""
    headings = [
        Heading(name, right=name in {"rows", "parts", "size", "version"}) for name in _TABLES
    ]
    rows = [
        (
            strong(each.table),
            count(each.rows),
            count(each.parts),
            size(each.size_bytes),
            str(each.version),
            clean(", ".join(each.partition_by), _LONGEST) or dim("-"),
            clean(", ".join(_writers(each)), _LONGEST) or dim("-"),
        )
        for each in tables
    ]
    return (sheet(headings, rows),)


def table_page(table: TableStanding) -> Page:
    """One table: its figures, its columns."""
    columns = sheet(
        [Heading("column"), Heading("type"), Heading("")],
        [
            (clean(name), Span(kind, Tone.DIM), "partition" if name in table.partition_by else "")
            for name, kind in table.columns
        ],
    )
    readers = ", ".join(table.read_by)
    read = (BLANK, line(dim(f"read by models: {readers}"))) if readers else ()
    return (*tables_page([table]), *read, BLANK, columns)


def _writers(table: TableStanding) -> list[str]:
    return [*table.feeds, *([f"model {table.model}"] if table.model else [])]


def _models(status: Status) -> Iterator[Line]:
    """Models by states, in a line."""
    states = Counter(model.state.value for model in status.models)
    if states:
        told = ", ".join(f"{count(many)} {state}" for state, many in states.items())
        yield BLANK
        yield line(dim(f"models: {told}"))


def _feeds(status: Status) -> Sheet:
    headings = [Heading(name, right=number > 0) for number, name in enumerate(_FEEDS)]
    return sheet(headings, map(_feed, status.feeds))


def _feed(each: Standing) -> list[Piece]:
    waiting = each.arrivals.get(ArrivalState.PENDING, 0)
    working = each.arrivals.get(ArrivalState.PROCESSING, 0)
    done = each.arrivals.get(ArrivalState.COMPLETED, 0)
    refused = _refused(each)
    name = strong(each.feed) if each.feed else Span("no feed matches", Tone.WARN)
    return [
        name,
        _figure(waiting, Tone.PLAIN),
        _figure(working, Tone.PLAIN),
        _figure(done, Tone.GOOD),
        _figure(refused, Tone.BAD),
        _figure(each.rows_written, Tone.PLAIN),
        _figure(each.rows_quarantined, Tone.WARN),
    ]


def _figure(number: int, tone: Tone) -> Piece:
    return toned(count(number), tone) if number else dim("-")


def _refused(each: Standing) -> int:
    """Files that did not reach a table and will not by themselves."""
    states = (
        ArrivalState.QUARANTINED,
        ArrivalState.DEAD,
        ArrivalState.MISSING,
        ArrivalState.UNROUTED,
    )
    return sum(each.arrivals.get(state, 0) for state in states)


_ONE = {Work.BATCHES: "batch", Work.BUILDS: "build", Work.COMPACTIONS: "compaction"}


def _remarks(status: Status) -> Iterator[Line]:
    for each in status.feeds:
        if remark := _remark(each, status.at):
            yield line(dim(f"{each.feed}: {remark}"))
    for taken in status.taken:
        rows = counted(taken.rows, "row")
        yield line(dim(f"{taken.table}: {rows} went for those of later files"))
    for spent in status.spending:
        what = f"{counted(spent.batches, _ONE[spent.work], spent.work.value)} this month"
        money = Money(spent.nanos, spent.currency)
        yield line(dim(f"{spent.feed}: {what}, on AWS {money}"))


def _remark(each: Standing, now: datetime) -> str:
    told = [f"{counted(each.replaying, 'file')} to be read again"] if each.replaying else []
    return "; ".join([*told, *filter(None, [_waiting(each, now)])])


def _waiting(each: Standing, now: datetime) -> str:
    if each.next_retry is not None:
        if each.next_retry <= now:
            return "a retry is due"
        return f"next retry in {duration(each.next_retry - now)}"
    if each.oldest_pending is not None:
        waited = duration(now - each.oldest_pending)
        return f"{size(each.pending_bytes)} waiting, the oldest for {waited}"
    return ""


def _needs(status: Status) -> Iterator[Line]:
    for each in status.feeds:
        yield from _feed_needs(each)
    for model in status.models:
        if model.state is ModelState.FAILED:
            yield _need(Mark.BAD, f"model {model.model} failed", f"headwater models {model.model}")
        if model.state is ModelState.HALTED:
            what = f"a check halts the build of model {model.model}"
            yield _need(Mark.BAD, what, f"headwater models {model.model}")
    for found in status.undecided:
        waiting = counted(found.columns, "column")
        what = f"{waiting} of {found.feed} to decide about"
        yield _need(Mark.WAIT, what, f"headwater schema {found.feed}")
    for expected in status.expected:
        for mark, what, command in bad_words(expected):
            yield _need(mark, what, command)
    yield from map(held_line, status.held)
    unclaimed = sum(
        each.arrivals.get(ArrivalState.PENDING, 0) + each.manifests.get(ManifestState.OPEN, 0)
        for each in status.feeds
    )
    claimed = sum(
        each.manifests.get(state, 0)
        for each in status.feeds
        for state in (ManifestState.CLAIMED, ManifestState.STAGED)
    )
    if unclaimed > len(status.held) and not claimed:
        yield _need(Mark.WAIT, "files wait, and nobody works", "headwater work --until-idle")
    if status.queue.dead:
        what = counted(status.queue.dead, "announcement was", "announcements were")
        yield _need(Mark.WARN, f"{what} given up", "headwater reconcile")


def _feed_needs(each: Standing) -> Iterator[Line]:
    lost = {state: each.arrivals.get(state, 0) for state in ArrivalState}
    if unrouted := lost[ArrivalState.UNROUTED]:
        what = f"{counted(unrouted, 'file lies', 'files lie')} where no feed matches"
        yield _need(Mark.WARN, what, "headwater new FEED --from FILE")
    if each.feed is None:
        return
    if whole := lost[ArrivalState.QUARANTINED]:
        what = f"{counted(whole, 'file')} of {each.feed} refused whole"
        yield _need(Mark.BAD, what, f"headwater quarantine list {each.feed}")
    if each.rows_quarantined:
        what = f"{counted(each.rows_quarantined, 'row')} of {each.feed} refused"
        yield _need(Mark.WARN, what, f"headwater quarantine show {each.feed}")
    if dead := lost[ArrivalState.DEAD] + lost[ArrivalState.MISSING]:
        what = f"{counted(dead, 'file')} of {each.feed} given up or gone"
        yield _need(Mark.BAD, what, f"headwater quarantine list {each.feed}")


def _need(mark: Mark, what: str, command: str) -> Line:
    return line(mark, " ", f"{what:<36}", "  ", Span(command, Tone.COMMAND))
