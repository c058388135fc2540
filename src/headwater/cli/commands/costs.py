"""headwater costs: what feeds, models and compactions would have cost on AWS, by month."""

from __future__ import annotations

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_checked
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.costs import costs_page


@click.command("costs")
@click.argument("feed", required=False, shell_complete=complete_checked)
@verb
def command(call: Call, feed: str | None) -> int:
    """Show what each feed's batches would have cost on AWS, by month.

    And builds of models, and compactions of tables, on lines of their own.
    """
    with call.open() as lake:
        spending = lake.costs(feed=feed)
    call.voice.answer(costs_page(spending), {"costs": to_plain(list(spending))})
    return EXIT_DONE
