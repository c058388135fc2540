"""headwater quarantine: what was refused and why; and have it read again."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_feed
from headwater.cli.outcome import Outcome, conclude, settled_elsewhere
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.figures import counted
from headwater.show.page import Mark, Span, Tone, dim, line
from headwater.show.refused import refused_files_page, refused_rows_page

_feed = click.argument("feed", required=False, shell_complete=complete_feed)
_all = click.option(
    "--all", "history", is_flag=True,
    help="Also what a replay or a later version has followed.",
)  # fmt: skip
_file = click.option(
    "--file", metavar="F", type=click.Path(path_type=Path, readable=False),
    help="Only this file: key, arrival id or path.",
)  # fmt: skip


@click.group("quarantine", invoke_without_command=True)
@verb
def command(call: Call) -> int:
    """Show what was refused and why, and have it read again.

    Without a further word it lists the files.
    """
    context = click.get_current_context()
    return EXIT_DONE if context.invoked_subcommand else _list(call, None)


@command.command("list")
@_feed
@_all
@verb
def list_files(call: Call, feed: str | None, *, history: bool) -> int:
    """List the files that are refused as things stand, whole or in part."""
    return _list(call, feed, history=history)


def _list(call: Call, feed: str | None, *, history: bool = False) -> int:
    with call.open() as lake:
        files = lake.quarantine(feed=feed, history=history)
    call.voice.answer(refused_files_page(files), {"files": to_plain(list(files))})
    if any(file.now for file in files) and not call.voice.as_json:
        show = Span("headwater quarantine show", Tone.COMMAND)
        again = Span("headwater quarantine replay", Tone.COMMAND)
        call.voice.say((line(dim("the rows: "), show, dim("   after a fix: "), again),))
    return EXIT_DONE


@command.command("show")
@_feed
@_file
@_all
@click.option("--limit", metavar="N", type=click.IntRange(1), default=50, show_default=True)
@verb
def show_rows(call: Call, feed: str | None, file: Path | None, limit: int, *, history: bool) -> int:
    """Show rows that are refused as things stand: file, line, column, reason, raw text."""
    with call.open() as lake:
        rows = lake.refused_rows(feed=feed, file=file, limit=limit + 1, history=history)
    more = len(rows) > limit
    shown = rows[:limit]
    call.voice.answer(refused_rows_page(shown), {"rows": to_plain(list(shown)), "more": more})
    if more and not call.voice.as_json:
        call.voice.say((line(dim(f"... more than {counted(limit, 'row')}: --limit N")),))
    return EXIT_DONE


@command.command("replay")
@_feed
@_file
@click.option("--no-work", is_flag=True, help="Only register them; whoever works next reads them.")
@verb
def replay(call: Call, feed: str | None, file: Path | None, *, no_work: bool) -> int:
    """Have what was refused read again, under headwater.yaml as it is now.

    The rows of a file that is read again take the place of those it gave before.
    """
    voice = call.voice
    with call.open() as lake:
        again = lake.replay(feed, file=file or (), quarantined=True)
        if no_work or not again:
            page = (line(Mark.GOOD, f" {counted(len(again), 'file')} to be read again"),)
            voice.answer(page, {"replayed": to_plain(list(again))})
            return EXIT_DONE
        feeds = sorted({each.feed for each in again if each.feed})
        with voice.talk.watch() as watching:
            done = lake.work(feeds=feeds, until_idle=True, watch=watching.look)
        arrivals = lake.arrivals([each.id for each in again])
        receipts = settled_elsewhere(lake, None, done.receipts, arrivals)
    outcome = Outcome(receipts, done.failures, arrivals=arrivals)
    return conclude(voice, outcome, {"replayed": to_plain(list(again))})
