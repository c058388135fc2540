"""headwater status: how feeds and tables stand, and what needs a person."""

from __future__ import annotations

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.standing import status_page


@click.command("status")
@verb
def command(call: Call) -> int:
    """Show how feeds and tables stand, and what needs a person."""
    with call.open() as lake:
        status = lake.status()
    call.voice.answer(status_page(status), to_plain(status))
    return EXIT_DONE
