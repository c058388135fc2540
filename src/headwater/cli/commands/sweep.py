"""headwater sweep: remove what nothing names."""

from __future__ import annotations

from datetime import timedelta

import click

from headwater.cli.call import Call, verb
from headwater.cli.moment import Duration
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.upkeep import swept_page


@click.command("sweep")
@click.option(
    "--older-than",
    metavar="TIME",
    type=Duration(),
    help="Give readers of earlier versions this long, such as 7d.  [default: retention]",
)
@click.option("--dry-run", is_flag=True, help="Remove nothing; show what would go.")
@verb
def command(call: Call, older_than: timedelta | None, *, dry_run: bool) -> int:
    """Remove what no log entry, no receipt and no live attempt names.

    Parts that a commit or a compaction replaced stay for the retention, so that those who read
    earlier versions find them; then they go.
    """
    with call.open() as lake:
        swept = lake.sweep(older_than=older_than, dry_run=dry_run)
    call.voice.answer(swept_page(swept), to_plain(swept))
    return EXIT_DONE
