"""What housekeeping found and did: reconcile, compact, sweep, verify, rebuild."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.compact import CompactedTable
from headwater.flow.rebuild import Rebuilt
from headwater.flow.reconcile import Reconciled
from headwater.flow.sweep import Swept
from headwater.flow.verify import Verdict
from headwater.ports.ledger import Outcome
from headwater.show.figures import clean, count, counted, size
from headwater.show.page import (
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

_LISTED = 20


def reconciled_page(found: Reconciled) -> Page:
    """What a look at the raw zone found."""
    head = f" {counted(found.objects, 'object')} in the raw zone, {count(len(found.new))} to do"
    lines = [line(Mark.GOOD, head)]
    for outcome in (Outcome.NEW, Outcome.REWRITE, Outcome.DUPLICATE, Outcome.UNROUTED):
        keys = [each.arrival.key for each in found.registered if each.outcome is outcome]
        mark = Mark.WARN if outcome is Outcome.UNROUTED else Mark.WAIT
        lines += [line(mark, f" {outcome.value}  {clean(key)}") for key in keys[:_LISTED]]
        if len(keys) > _LISTED:
            lines.append(line(dim(f"  ... {count(len(keys) - _LISTED)} more {outcome.value}")))
    lines += [
        line(Mark.WAIT, f" still being written  {clean(name)}") for name in found.unstable[:_LISTED]
    ]
    lines += [
        line(Mark.GOOD, f" {name} is shown in the catalogue") for name in found.catalogue.shown
    ]
    lines += [line(Mark.WAIT, f" {name} is shown no more") for name in found.catalogue.dropped]
    lines += [line(Mark.WARN, f" {clean(why)}") for why in found.catalogue.failed]
    return tuple(lines)


def compacted_page(done: Sequence[CompactedTable]) -> Page:
    """What became of each table."""
    lines: list[Line] = []
    for each in done:
        name = strong(f"{each.table}  ")
        if each.busy:
            lines.append(line(Mark.WAIT, " ", name, "somebody else is compacting it"))
        elif not each.joined and not each.damaged:
            lines.append(line(Mark.WAIT, " ", name, dim("no small parts to join")))
        elif each.joined:
            lines.append(line(Mark.GOOD, " ", name, *_joined(each)))
        for path in each.damaged[:_LISTED]:
            words = Span(f"damaged, left alone: {clean(path)}", Tone.BAD)
            lines.append(line(Mark.BAD, " ", name, words))
    return tuple(lines) or (line(Mark.WAIT, " no tables yet"),)


def _joined(each: CompactedTable) -> tuple[Piece, ...]:
    many = f"{counted(each.joined, 'part')} became {count(each.parts)}"
    sizes = f"{size(each.bytes_before)}, now {size(each.bytes_after)}"
    return (many, dim(f"  {counted(each.rows, 'row')}  {sizes}  version {each.version}"))


def swept_page(swept: Swept) -> Page:
    """What a sweep removed, or would remove, and what it left alone."""
    removed = (
        f" {'would remove' if swept.dry_run else 'removed'} "
        f"{counted(swept.parts, 'part')} ({size(swept.size_bytes)}), "
        f"{counted(swept.refusals, 'refusal file')}, "
        f"{counted(swept.temporary, 'temporary file')}"
    )
    kept = f"{'would keep' if swept.dry_run else 'kept'} {counted(swept.kept, 'part')}"
    kept += f" ({size(swept.kept_bytes)})" if swept.kept else ""
    page: Page = (
        line(Mark.WAIT if swept.dry_run else Mark.GOOD, removed),
        line("  ", dim(f"{kept} for readers of earlier versions")),
    )
    if not swept.dry_run or not swept.files:
        return page
    rows = [
        (clean(each.name), size(each.size_bytes), "was replaced" if each.retired else "no version")
        for each in swept.files[:_LISTED]
    ]
    headings = [Heading("file"), Heading("size", right=True), Heading("named by")]
    more = len(swept.files) - _LISTED
    rest = (line(dim(f"... {counted(more, 'more file')}; --json lists all")),) if more > 0 else ()
    return (*page, sheet(headings, rows), *rest)


def verdict_page(verdict: Verdict) -> Page:
    """What a verification looked at, and each thing that does not hold."""
    looked = (
        f"{counted(verdict.arrivals, 'arrival')}, {counted(verdict.tables, 'table')}, "
        f"{counted(verdict.parts, 'part')}, {counted(verdict.rows, 'row')}, "
        f"{size(verdict.raw_bytes)} of raw bytes"
    )
    if verdict.holds:
        words = Span("every invariant holds", Tone.GOOD)
        head = line(Mark.GOOD, " ", words, dim(f"  {looked}"))
    else:
        broken = f"{counted(len(verdict.findings), 'thing does', 'things do')} not hold"
        head = line(Mark.BAD, " ", Span(broken, Tone.BAD), dim(f"  {looked}"))
    page: Page = (head,)
    if verdict.garbage:
        swept = f"{counted(verdict.garbage, 'file')} that a sweep removes: no fault"
        page = (*page, line("  ", dim(swept)))
    if verdict.findings:
        headings = [Heading("invariant"), Heading("of"), Heading("what is wrong")]
        rows = [
            (strong(each.invariant), clean(each.subject), Span(clean(each.message), Tone.BAD))
            for each in verdict.findings
        ]
        page = (*page, sheet(headings, rows))
    return page


def rebuilt_page(rebuilt: Rebuilt) -> Page:
    """What the new ledger holds."""
    words = (
        f" the ledger is made anew: {counted(rebuilt.arrivals, 'arrival')}, "
        f"{counted(rebuilt.manifests, 'manifest')}, {counted(rebuilt.parts, 'part')}"
    )
    lines = [line(Mark.GOOD, words)]
    if rebuilt.pending:
        lines.append(line("  ", dim(f"{counted(rebuilt.pending, 'file')} to be converted")))
    return tuple(lines)
