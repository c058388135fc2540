"""headwater doctor: this machine and this lake, looked at for what would hurt."""

from __future__ import annotations

from collections.abc import Iterator

import click

from headwater.cli.call import Call, verb
from headwater.cli.checkup import Finding, lake_findings, machine_findings
from headwater.errors import EXIT_DONE, EXIT_FAILED
from headwater.show.figures import clean
from headwater.show.page import Heading, Mark, Piece, Span, Tone, sheet, strong

_MARKS = {"good": Mark.GOOD, "warn": Mark.WARN, "bad": Mark.BAD}


@click.command("doctor")
@verb
def command(call: Call) -> int:
    """Look at this machine and this lake for what would hurt.

    Ends with 1 if something has to be put right.
    """
    findings = [*machine_findings(call.folder), *lake_findings(call)]
    ill = any(finding.state == "bad" for finding in findings)
    headings = [Heading(""), Heading(""), Heading("")]
    call.voice.answer(
        (sheet(headings, (row for each in findings for row in _rows(each))),),
        {
            "well": not ill,
            "checks": [
                {"name": each.name, "state": each.state, "found": each.found, "hint": each.hint}
                for each in findings
            ],
        },
    )
    return EXIT_FAILED if ill else EXIT_DONE


def _rows(finding: Finding) -> Iterator[tuple[Piece, ...]]:
    """What was found, and the hint below it, where it has the width of the page."""
    mark = _MARKS[finding.state]
    tone = Tone.PLAIN if mark is Mark.GOOD else mark.tone
    first, *more = (Span(clean(each), tone) for each in finding.found.splitlines() or [""])
    yield mark, strong(finding.name), first
    yield from (("", "", each) for each in more)
    yield from (("", "", Span(clean(each), Tone.COMMAND)) for each in finding.hint.splitlines())
