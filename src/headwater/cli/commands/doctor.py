"""headwater doctor: this machine and this lake, looked at for what would hurt."""

from __future__ import annotations

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
    headings = [Heading(""), Heading(""), Heading(""), Heading("")]
    call.voice.answer(
        (sheet(headings, map(_row, findings)),),
        {
            "well": not ill,
            "checks": [
                {"name": each.name, "state": each.state, "found": each.found, "hint": each.hint}
                for each in findings
            ],
        },
    )
    return EXIT_FAILED if ill else EXIT_DONE


def _row(finding: Finding) -> tuple[Piece, ...]:
    mark = _MARKS[finding.state]
    tone = Tone.PLAIN if mark is Mark.GOOD else mark.tone
    hint = Span(clean(finding.hint), Tone.COMMAND) if finding.hint else ""
    return (mark, strong(finding.name), Span(clean(finding.found), tone), hint)
