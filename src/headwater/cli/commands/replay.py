"""headwater replay: read files again from the raw zone, and swap their rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_feed
from headwater.cli.outcome import Outcome, conclude, settled_elsewhere
from headwater.errors import EXIT_DONE, EXIT_REFUSED
from headwater.flow.reread import Replayed
from headwater.lake import Lake
from headwater.model.codec import to_plain
from headwater.show.page import Line, Span, Tone, dim, line
from headwater.show.replayed import left_out, rehearsal_page, replayed_page

Words = dict[str, Any]


class Moment(click.ParamType[datetime]):
    """A day or a time; without a zone it is UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it as ISO 8601 spells it."""
        try:
            time = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-04-02 or 2026-04-02T06:00", param, ctx)
        return time if time.tzinfo else time.replace(tzinfo=UTC)


@click.command("replay")
@click.argument("feed", shell_complete=complete_feed)
@click.option("--since", metavar="TIME", type=Moment(), help="Files that landed then or later.")
@click.option("--until", metavar="TIME", type=Moment(), help="Files that landed before then.")
@click.option(
    "--file", "files", metavar="F", multiple=True, type=click.Path(path_type=Path, readable=False),
    help="This file: key, arrival id, path, or a pattern of keys; may be repeated.",
)  # fmt: skip
@click.option(
    "--manifest", "manifests", metavar="M", multiple=True,
    help="Files that this manifest has converted; may be repeated.",
)  # fmt: skip
@click.option("--quarantined", is_flag=True, help="Files that are refused, whole or in part.")
@click.option("--dry-run", is_flag=True, help="Convert aside, say what would change.")
@click.option("--as-one", is_flag=True, help="Swap all rows in one commit, however many files.")
@click.option("--no-work", is_flag=True, help="Only register them; whoever works next reads them.")
@verb
def command(call: Call, feed: str, **words: Any) -> int:
    """Read files again from the raw zone, and swap their rows.

    They are converted under headwater.yaml as it is now. What all options say holds for each
    file that is read; without any, all files of the feed are. A batch is a commit.
    """
    choice = {
        "file": words["files"],
        "since": words["since"],
        "until": words["until"],
        "manifest": words["manifests"],
        "quarantined": words["quarantined"],
    }
    if words["dry_run"]:
        return _rehearse(call, feed, choice)
    with call.open() as lake:
        again = lake.replay(feed, **choice, as_one=words["as_one"])
        if words["no_work"] or not (again or again.waiting):
            call.voice.answer(replayed_page(again), _document(again))
            return EXIT_REFUSED if again.passed else EXIT_DONE
        return _work(call, lake, feed, again)


def _rehearse(call: Call, feed: str, choice: Words) -> int:
    with call.open() as lake, call.voice.talk.watch() as watching:
        found = lake.rehearse(feed, **choice, watch=watching.look)
    call.voice.answer(rehearsal_page(found), to_plain(found))
    return EXIT_REFUSED if found.passed else EXIT_DONE


def _work(call: Call, lake: Lake, feed: str, again: Replayed) -> int:
    voice = call.voice
    awaited = [*again, *again.waiting]
    voice.say(left_out(again.passed, len(again.waiting)))
    try:
        with voice.talk.watch() as watching:
            done = lake.work(feeds=[feed], awaited=awaited, watch=watching.look)
    except KeyboardInterrupt:
        voice.say((_goes_on(),))
        raise
    ended = lake.arrivals([each.id for each in awaited])
    receipts = settled_elsewhere(lake, None, done.receipts, ended)
    outcome = Outcome(receipts, done.failures, arrivals=ended)
    code = conclude(voice, outcome, _document(again))
    return code or (EXIT_REFUSED if again.passed else EXIT_DONE)


def _document(again: Replayed) -> Words:
    return {
        "replayed": to_plain(list(again)),
        "passed": to_plain(list(again.passed)),
        "waiting": to_plain(list(again.waiting)),
    }


def _goes_on() -> Line:
    command = Span("headwater work --until-idle", Tone.COMMAND)
    return line(dim("the rows before stay until a commit takes their place; to go on: "), command)
