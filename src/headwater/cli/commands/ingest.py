"""headwater ingest: land files and work until each of them is settled."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_feed
from headwater.cli.intake import intake, refused
from headwater.cli.outcome import Outcome, conclude, settled_elsewhere
from headwater.flow.attempt import Failed
from headwater.flow.land import Landing
from headwater.model.ids import ArrivalId
from headwater.model.receipt import Receipt
from headwater.ports.store import How
from headwater.show.receipts import failed_page


@click.command("ingest")
@click.argument("feed", shell_complete=complete_feed)
@intake
@verb
def command(call: Call, feed: str, files: tuple[Path, ...], how: How, under: str) -> int:
    """Land files, work until each is settled, and show the receipts."""
    voice = call.voice
    with call.open() as lake:
        with voice.talk.watch() as watching:

            def told(news: Receipt | Failed) -> None:
                if isinstance(news, Failed):
                    with watching.aside():
                        voice.say(failed_page(news))

            done = lake.ingest(feed, *files, how=how, under=under, watch=watching.look, told=told)
        waited = {_waited(each) for each in done.landings}
        ended = [each for each in done.arrivals if each.id in waited]
        receipts = settled_elsewhere(lake, feed, done.receipts, ended)
    outcome = Outcome(receipts, done.failures, done.landings, done.arrivals, done.held)
    return conclude(voice, outcome, refused(done.landings))


def _waited(landing: Landing) -> ArrivalId | None:
    """The arrival that was still to be converted when the file landed."""
    arrival = landing.arrival
    return arrival.id if arrival is not None and not arrival.settled else None
