"""headwater refresh: build models whose tables have changed."""

from __future__ import annotations

from typing import Any

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_model
from headwater.cli.outcome import failure_document, receipt_document
from headwater.cli.signals import stopping
from headwater.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from headwater.flow.models.refresh import Refreshed
from headwater.show.models import refreshed_page


@click.command("refresh")
@click.argument("models", nargs=-1, metavar="[MODEL]...", shell_complete=complete_model)
@click.option("--full", is_flag=True, help="Every row anew, whether anything has changed or not.")
@verb
def command(call: Call, models: tuple[str, ...], *, full: bool) -> int:
    """Build models where a table that they read has changed.

    All of them, if none is named. Models that those are made of come first, whatever their
    refresh says. What is fresh is left as it is, and nothing is built upon a model that failed.
    `headwater work` does by itself what is due.
    """
    voice = call.voice
    with (
        call.open() as lake,
        stopping(voice, in_crew=False) as stop,
        voice.talk.watch() as watching,
    ):
        done = lake.refresh(*models, full=full, watch=watching.look, stop=stop.event)
    voice.answer(refreshed_page(done), _document(done))
    if stop.interrupted or stop.event.is_set():
        return EXIT_INTERRUPTED
    failed = done.blocked or any(failure.dead for failure in done.failures)
    return EXIT_FAILED if failed else EXIT_DONE


def _document(done: Refreshed) -> dict[str, Any]:
    return {
        "receipts": [receipt_document(receipt) for receipt in done.receipts],
        "failures": [failure_document(failed) for failed in done.failures],
        "fresh": list(done.fresh),
        "blocked": list(done.blocked),
        "waiting": dict(done.waiting),
    }
