"""headwater checks: what the checks of feeds and models found, run by run."""

from __future__ import annotations

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_checked
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.checks import checks_page


@click.command("checks")
@click.argument("feed", required=False, shell_complete=complete_checked)
@click.option(
    "--runs",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="How many of the last batches with checks.",
)
@verb
def command(call: Call, feed: str | None, runs: int) -> int:
    """Show what the checks of feeds and models found in their last runs.

    Of each check of FEED, which may be a model, or of all: the rows it examined and those that
    failed, a sign for each run, and since when it fails. A batch that a check halted is in
    quarantine, whole; of a build that a check halted, nothing was written.
    """
    with call.open() as lake:
        stories = lake.checks(feed, runs=runs)
    call.voice.answer(checks_page(stories), {"checks": to_plain(list(stories))})
    return EXIT_DONE
