"""headwater verify: check every invariant that can be checked from outside."""

from __future__ import annotations

from typing import Any

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE, EXIT_FAILED
from headwater.model.codec import to_plain
from headwater.show.page import Page, Span, Tone, dim, line
from headwater.show.upkeep import rebuilt_page, verdict_page

LEDGERS = ("I3", "I8")
"""What a ledger says that is made anew, it says as the logs do."""


@click.command("verify")
@click.option("--rebuild", is_flag=True, help="First make the ledger anew from raw and log.")
@verb
def command(call: Call, *, rebuild: bool) -> int:
    """Check every invariant that can be checked from outside.

    Reads logs, parts, books, ledger and raw bytes, and changes none of them. Ends with 1
    if something does not hold.
    """
    page: Page = ()
    document: dict[str, Any] = {}
    if rebuild:
        with call.open() as lake:
            rebuilt = lake.rebuild()
        page, document = rebuilt_page(rebuilt), {"rebuilt": to_plain(rebuilt)}
    with call.open() as lake, call.voice.talk.watch() as watching:
        verdict = lake.verify(watch=watching.look)
    document |= {"holds": verdict.holds, **to_plain(verdict)}
    call.voice.answer((*page, *verdict_page(verdict)), document)
    if verdict.holds:
        return EXIT_DONE
    at_odds = any(each.invariant.startswith(LEDGERS) for each in verdict.findings)
    if at_odds and not call.voice.as_json and not rebuild:
        command = Span("headwater verify --rebuild", Tone.COMMAND)
        call.voice.say((line(dim("make the ledger anew from raw and log: "), command),))
    return EXIT_FAILED
