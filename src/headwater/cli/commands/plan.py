"""headwater plan: what files would come to, before anything is written."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_feed
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.plan import plan_page


@click.command("plan")
@click.argument("feed", shell_complete=complete_feed)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, readable=False),
)
@click.option("--under", metavar="FOLDER", default="", help="As for land.")
@verb
def command(call: Call, feed: str, files: tuple[Path, ...], under: str) -> int:
    """Tell what files would come to, before anything is written.

    Which of them are here already, what they are, how many batches and parts they make, what
    converts them on AWS, and what that costs, item by item. Little is read of each file.
    """
    with call.open() as lake:
        plan = lake.plan(feed, *files, under=under)
    call.voice.answer(plan_page(plan), to_plain(plan))
    return EXIT_DONE
