"""headwater reconcile: register what lies in the raw zone and the ledger does not know."""

from __future__ import annotations

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.page import Span, Tone, dim, line
from headwater.show.upkeep import reconciled_page


@click.command("reconcile")
@verb
def command(call: Call) -> int:
    """Register what lies in the raw zone and the ledger does not know."""
    with call.open() as lake:
        found = lake.reconcile()
    call.voice.answer(reconciled_page(found), to_plain(found))
    if found.new and not call.voice.as_json:
        call.voice.say((line(dim("next: "), Span("headwater work --until-idle", Tone.COMMAND)),))
    return EXIT_DONE
