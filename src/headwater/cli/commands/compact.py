"""headwater compact: join small parts into large ones."""

from __future__ import annotations

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_compacted
from headwater.errors import EXIT_DONE, EXIT_FAILED
from headwater.model.codec import to_plain
from headwater.show.page import Span, Tone, dim, line
from headwater.show.upkeep import compacted_page


@click.command("compact")
@click.argument("names", metavar="[TABLE|FEED]...", nargs=-1, shell_complete=complete_compacted)
@verb
def command(call: Call, names: tuple[str, ...]) -> int:
    """Join small parts of tables into large ones; no row changes.

    Small is what is less than half of the feed's file_size. Without a name, all tables are
    compacted. Others may read and write meanwhile; what they replace is left to them. Ends
    with 1 if a part is damaged, which is then left alone.
    """
    with call.open() as lake, call.voice.talk.watch() as watching:
        done = lake.compact(*names, watch=watching.look)
    call.voice.answer(compacted_page(done), {"tables": to_plain(list(done))})
    damaged = any(each.damaged for each in done)
    if damaged and not call.voice.as_json:
        call.voice.say((line(dim("see: "), Span("headwater verify", Tone.COMMAND)),))
    return EXIT_FAILED if damaged else EXIT_DONE
