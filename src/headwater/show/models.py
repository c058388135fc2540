"""How models stand: one in a row, or one with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headwater.flow.models.lineage import ColumnLineage
from headwater.flow.models.refresh import Refreshed
from headwater.flow.models.standing import InputStanding, ModelStanding, ModelState
from headwater.show.built import how_much
from headwater.show.figures import clean, count, counted, duration, moment
from headwater.show.page import (
    BLANK,
    Heading,
    Line,
    Mark,
    Page,
    Piece,
    Span,
    Tone,
    dim,
    line,
    sheet,
    strong,
)
from headwater.show.receipts import failed_page, receipts_page

_MARKS = {
    ModelState.FRESH: Mark.GOOD,
    ModelState.FAILED: Mark.BAD,
    ModelState.HALTED: Mark.BAD,
    ModelState.STALE: Mark.WARN,
    ModelState.HELD: Mark.WARN,
}
_LONGEST = 60
_HEADINGS = ("order", "model", "state", "made from", "refresh", "rows", "last build")


def models_page(models: Sequence[ModelStanding]) -> Page:
    """Every model in a row, in the order of building."""
    if not models:
        return (line(Mark.WAIT, " no models yet: declare one below models: in headwater.yaml"),)
    right = {"order", "rows"}
    headings = [Heading(name, right=name in right) for name in _HEADINGS]
    rows = [
        (
            str(each.order),
            strong(each.model),
            _state(each),
            ", ".join(found.table for found in each.inputs),
            each.refresh,
            count(each.last.build.rows) if each.last and each.last.build else dim("-"),
            moment(each.last.finished_at) if each.last else dim("-"),
        )
        for each in models
    ]
    whys = (line(dim(f"{each.model}: {clean(each.why)}")) for each in models if each.why)
    return (sheet(headings, rows), *whys)


def model_page(model: ModelStanding, columns: Sequence[ColumnLineage] | str = ()) -> Page:
    """One model: its state, its inputs with versions, its columns, its last build, its SQL.

    In place of columns it may be said why they are not known.
    """
    inputs = sheet(_INPUTS, map(_input, model.inputs))
    sql = (line("  ", clean(text)) for text in model.sql.splitlines())
    origin: Page = (line(dim(columns)),) if isinstance(columns, str) else _lineage(columns)
    last = (*_last(model), BLANK, line(strong("SQL")), *sql)
    return (*_head(model), BLANK, inputs, BLANK, *origin, BLANK, *last)


def _lineage(columns: Sequence[ColumnLineage]) -> Page:
    rows = (
        (
            strong(clean(each.column)),
            clean(", ".join(f"{of.table}.{of.column}" for of in each.made_from)) or dim("-"),
            clean(", ".join(f"{of.feed}: {of.column}" for of in each.files)) or dim("-"),
        )
        for each in columns
    )
    return (sheet(_COLUMNS, rows),)


_COLUMNS = (Heading("column"), Heading("comes from"), Heading("in files of"))


_INPUTS = (
    Heading("made from"),
    Heading("written by"),
    Heading("version read", right=True),
    Heading("version now", right=True),
)


def refreshed_page(done: Refreshed) -> Page:
    """What became of the models that were asked for."""
    blocks: list[Page] = [receipts_page(done.receipts)] if done.receipts else []
    blocks += [failed_page(failed) for failed in done.failures]
    if done.fresh:
        blocks.append((line(Mark.GOOD, f" fresh already: {', '.join(done.fresh)}"),))
    for name, table in done.waiting.items():
        blocks.append((line(Mark.WAIT, f" {name}: there is no table {table} yet"),))
    if done.blocked:
        text = f" not built upon one that is not fresh: {', '.join(done.blocked)}"
        blocks.append((line(Mark.WARN, text),))
    if not blocks:
        blocks.append((line(Mark.WAIT, " there is no model"),))
    return tuple(block for page in blocks for block in page)


def _head(model: ModelStanding) -> Iterator[Line]:
    facts = f"  {model.mode}, {model.refresh}, {_place(model.order)}"
    yield line(strong(model.model), " ", Mark.ARROW, " ", strong(model.table), dim(facts))
    if model.description:
        yield line("  ", clean(model.description))
    since = f" since {moment(model.since)}" if model.since else ""
    yield line("  ", _state(model), dim(since))
    if model.why:
        yield line("  ", Span(clean(model.why), Tone.BAD))
    if model.partition_by:
        yield line("  ", dim(f"partitioned by {clean(', '.join(model.partition_by))}"))
    if model.feeds:
        yield line("  ", dim(f"read by {', '.join(model.feeds)}"))


def _place(order: int) -> str:
    return f"number {order} in the order of building"


def _last(model: ModelStanding) -> Iterator[Line]:
    last = model.last
    build = last.build if last is not None else None
    if last is None or build is None:
        yield line(dim("never built"))
        return
    took = duration(last.finished_at - last.started_at)
    yield line(
        strong("Last build"), "  ", moment(last.finished_at),
        dim(f"  version {last.version}, {how_much(build)}, "
            f"{counted(build.rows_written, 'row')} written, {count(build.rows)} in all, {took}"),
    )  # fmt: skip


def _input(each: InputStanding) -> list[Piece]:
    now = "-" if each.version is None else str(each.version)
    behind = each.built is not None and now != str(each.built)
    return [
        strong(each.table),
        f"model {each.model}" if each.model else dim("feeds"),
        dim("-") if each.built is None else str(each.built),
        Span(now, Tone.WARN if behind else Tone.PLAIN),
    ]


def _state(model: ModelStanding) -> Span:
    mark = _MARKS.get(model.state, Mark.WAIT)
    return Span(model.state.value, mark.tone if mark is not Mark.WAIT else Tone.PLAIN)
