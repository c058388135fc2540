"""headwater land: take files into the raw zone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_feed
from headwater.cli.follow import follow
from headwater.cli.intake import intake, refused
from headwater.cli.outcome import Outcome, conclude
from headwater.model.codec import to_plain
from headwater.ports.store import How
from headwater.show.page import Span, Tone, dim, line
from headwater.show.receipts import landings_page


@click.command("land")
@click.argument("feed", shell_complete=complete_feed)
@intake
@click.option("--follow", "following", is_flag=True, help="Wait and watch until they are settled.")
@verb
def command(
    call: Call, feed: str, files: tuple[Path, ...], how: How, under: str, *, following: bool
) -> int:
    """Take files into the raw zone; whoever works next converts them.

    What is said to have landed is on the disk, whole, and survives a crash.
    """
    with call.open() as lake:
        with call.voice.talk.watch() as watching:
            landings = lake.land(feed, *files, how=how, under=under, watch=watching.look)
        error = refused(landings)
        waiting = [each.arrival for each in landings if each.arrival and not each.arrival.settled]
        if following and waiting:
            outcome = follow(call.voice, lake, feed, waiting)
            return conclude(call.voice, replace(outcome, landings=landings), error)
    taken = tuple(each for each in landings if each.error is None)
    call.voice.answer(landings_page(taken), {"landings": to_plain(list(landings)), **error})
    if waiting and not call.voice.as_json:
        how_to = Span("headwater work --until-idle", Tone.COMMAND)
        call.voice.say((line(dim("next: "), how_to),))
    return Outcome((), landings=landings).code
