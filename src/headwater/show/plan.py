"""A plan: which files, how much of everything, what it would cost and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from headwater.flow.plan import Expected, Plan, PlannedFile
from headwater.model.price import Money
from headwater.show.costs import cost_sheet
from headwater.show.figures import clean, counted, size
from headwater.show.page import BLANK, Line, Mark, Page, Sheet, Span, Tone, dim, line, strong

SHOWN = 20
"""Most files that are named; those that would not be converted come first."""

_LONGEST = 60
_SAID = {
    Expected.NEW: (Mark.GOOD, "new"),
    Expected.REWRITE: (Mark.GOOD, "new version: its rows replace those of the one before"),
    Expected.DUPLICATE: (Mark.WAIT, "here already, with the same bytes"),
    Expected.SAME_SIZE: (Mark.WARN, "a file of that name and size is here; taken for new bytes"),
    Expected.UNROUTED: (Mark.BAD, "not this feed's"),
    Expected.REFUSED: (Mark.BAD, "cannot be read"),
    Expected.TWICE: (Mark.BAD, "named twice"),
}


def plan_page(plan: Plan) -> Page:
    """What files would come to."""
    return (
        _head(plan),
        *_files(plan),
        *_samples(plan),
        *(_bill(plan) if plan.batches else (line(dim("nothing would be converted")),)),
    )


def _head(plan: Plan) -> Line:
    parts = sum(batch.parts for batch in plan.batches)
    out = sum(batch.bytes_out for batch in plan.batches)
    facts = [
        counted(plan.converted, "file"),
        f"{size(plan.bytes_in)} in",
        *([f"about {size(plan.bytes_unpacked)} unpacked"] if _is_packed(plan) else []),
        counted(len(plan.batches), "batch", "batches"),
        f"about {size(out)} out, {counted(parts, 'part')}"
        + (f" of {size(out / parts)}" if parts > 1 else ""),
    ]
    return line(strong(plan.feed), "  ", "  ".join(facts))


def _is_packed(plan: Plan) -> bool:
    return plan.bytes_unpacked != plan.bytes_in


def _files(plan: Plan) -> Iterator[Line]:
    telling = [each for each in plan.files if each.expected is not Expected.NEW]
    for each in telling[:SHOWN]:
        yield _file(each)
    if len(telling) > SHOWN:
        rest = Counter(_SAID[each.expected][1] for each in telling[SHOWN:])
        told = "; ".join(
            f"{counted(number, 'more file')} {words}" for words, number in rest.items()
        )
        yield line("  ", dim(f"... {told}"))


def _file(each: PlannedFile) -> Line:
    mark, words = _SAID[each.expected]
    tone = Tone.BAD if mark is Mark.BAD else Tone.PLAIN
    name = clean(str(each.source), _LONGEST)
    return line(mark, " ", name, "  ", Span(words, tone), "  ", dim(clean(each.told)))


def _samples(plan: Plan) -> Iterator[Line]:
    for each in plan.samples:
        name = clean(str(each.source), _LONGEST)
        if each.told:
            yield line(Mark.BAD, " ", name, "  ", Span(clean(each.told), Tone.BAD))
            continue
        packed = "" if each.compression == "none" else f", {each.compression}"
        what = f"{each.format}{packed}, {counted(each.columns, 'column')}"
        yield line("  ", dim(f"looked at {name}: {what}"))


def _bill(plan: Plan) -> Iterator[Line | Sheet]:
    engines = Counter(batch.engine.value for batch in plan.batches)
    words = ", ".join(
        f"{counted(number, 'batch', 'batches')} by {name}" for name, number in engines.items()
    )
    yield line("here: by the embedded engine, for nothing")
    yield line(f"on AWS: {words}, {Money(plan.cost.nanos, plan.cost.currency)}")
    yield BLANK
    yield cost_sheet(plan.cost)
    kept = Money(plan.month.nanos, plan.month.currency)
    yield line(dim(f"and {kept} for each month that files and parts are kept"))
    yield line(dim(f"by {clean(plan.source)}, {clean(plan.cost.region)}, of {plan.cost.date}"))
    yield line(dim(_known(plan)))
    yield from _budget(plan)
    for each in plan.advice:
        yield line(Mark.WARN, " ", each)


def _known(plan: Plan) -> str:
    if plan.known.batches:
        batches = counted(plan.known.batches, "batch", "batches")
        return f"parts and times as in the feed's last {batches}"
    if plan.samples:
        return f"parts as in {counted(len(plan.samples), 'file')} that were looked at"
    return "parts as text usually gives them"


def _budget(plan: Plan) -> Iterator[Line]:
    if plan.over is None:
        return
    limit = getattr(plan.budget, plan.over.value)
    spent = Money(plan.spent, plan.cost.currency)
    words = f"a batch would wait for a person: budget.{plan.over} is {limit}, spent are {spent}"
    command = Span(f"headwater work --over-budget {plan.feed}", Tone.COMMAND)
    yield line(Mark.WARN, " ", words, "  ", command)
