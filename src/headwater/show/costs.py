"""Money: by feed and month, item by item, and which batches wait for a person over it."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.hold import Held
from headwater.model.budget import Bound
from headwater.model.cost import Cost
from headwater.model.price import TARIFFS, Money, amount
from headwater.ports.ledger import Spending, Work
from headwater.show.figures import clean, count, counted, duration, size
from headwater.show.page import (
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

_SPENDING = ("feed", "month", "for", "how many", "files", "in", "out", "processor time", "on AWS")
_LEFT = 3  # columns of words before those of figures
_SHOWN = 3
_WORDS = {Bound.PER_RUN: "one batch", Bound.PER_MONTH: "the month"}


def costs_page(spending: Sequence[Spending]) -> Page:
    """What feeds' batches, models' builds and compactions would have cost, by month."""
    if not spending:
        return (line(dim("no batch was committed yet")),)
    headings = [Heading(name, right=at >= _LEFT) for at, name in enumerate(_SPENDING)]
    rows = [
        (
            strong(each.feed),
            each.month,
            each.work.value,
            count(each.batches),
            count(each.files) if each.work is Work.BATCHES else dim("-"),
            size(each.bytes_in),
            size(each.bytes_out),
            duration(each.cpu_seconds),
            str(Money(each.nanos, each.currency)),
        )
        for each in spending
    ]
    note = (
        "what the work takes on AWS, by the lake's prices; where it is done here, nobody bills it"
    )
    return (sheet(headings, rows), line(dim(note)))


def cost_sheet(cost: Cost) -> Sheet:
    """A cost item by item, the dearest first."""
    headings = [
        Heading("item"),
        Heading("quantity", right=True),
        Heading("unit"),
        Heading(cost.currency, right=True),
        Heading("share", right=True),
    ]
    lines = sorted(cost.lines, key=lambda each: -each.nanos)
    rows: list[tuple[Piece, ...]] = [
        (
            TARIFFS[each.item].what,
            f"{each.quantity:,.6g}" if each.quantity % 1 else count(int(each.quantity)),
            dim(TARIFFS[each.item].unit),
            amount(each.nanos),
            dim(_share(each.nanos, cost.nanos)),
        )
        for each in lines
    ]
    rows.append((strong("together"), "", "", Span(amount(cost.nanos), Tone.STRONG), ""))
    return sheet(headings, rows)


def cost_words(cost: Cost) -> str:
    """A cost in a line: how much, and what most of it is."""
    lines = sorted(cost.lines, key=lambda each: -each.nanos)[:_SHOWN]
    parts = ", ".join(
        f"{TARIFFS[each.item].what} {_share(each.nanos, cost.nanos)}" for each in lines
    )
    return f"on AWS {Money(cost.nanos, cost.currency)}: {parts}"


def held_line(held: Held) -> Line:
    """A batch that waits, and by how much it would pass its budget."""
    spent = f", of which {held.spent} is spent" if held.bound is Bound.PER_MONTH else ""
    what = (
        f"{clean(held.feed)}: {counted(held.files, 'file')}, {size(held.size_bytes)}, would cost "
        f"{held.cost}; the budget of {_WORDS[held.bound]} is {held.limit}{spent}"
    )
    command = Span(f"headwater work --over-budget {held.feed}", Tone.COMMAND)
    return line(Mark.WAIT, " waits for a person  ", what, "  ", command)


def _share(nanos: int, total: int) -> str:
    return f"{100 * nanos / total:.0f}%" if total else "-"
