"""headwater status: how feeds and tables stand, and what needs a person."""

from __future__ import annotations

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_feed
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.expected import expected_page
from headwater.show.standing import status_page


@click.command("status")
@click.argument("feed", required=False, shell_complete=complete_feed)
@verb
def command(call: Call, feed: str | None) -> int:
    """Show how feeds and tables stand, and what needs a person.

    With FEED, show what was expected of it in its last periods, and what came.
    """
    with call.open() as lake:
        if feed is not None:
            expected = lake.expected(feed)
            call.voice.answer(expected_page(expected), {"expected": to_plain(list(expected))})
            return EXIT_DONE
        status = lake.status()
    call.voice.answer(status_page(status), to_plain(status))
    return EXIT_DONE
