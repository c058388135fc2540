"""What housekeeping found and did: reconcile, sweep, verify, rebuild."""

from __future__ import annotations

from headwater.flow.rebuild import Rebuilt
from headwater.flow.reconcile import Reconciled
from headwater.flow.sweep import Swept
from headwater.flow.verify import Verdict
from headwater.ports.ledger import Outcome
from headwater.show.figures import clean, count, counted, size
from headwater.show.page import Heading, Mark, Page, Span, Tone, dim, line, sheet, strong

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
    return tuple(lines)


def swept_page(swept: Swept) -> Page:
    """What a sweep removed, and what it left alone."""
    removed = (
        f" removed {counted(swept.parts, 'part')} ({size(swept.size_bytes)}), "
        f"{counted(swept.refusals, 'refusal file')}, "
        f"{counted(swept.temporary, 'temporary file')}"
    )
    kept = f"kept {counted(swept.kept, 'part')} for readers of earlier versions"
    return (line(Mark.GOOD, removed), line("  ", dim(kept)))


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
