"""headwater schema: a feed's columns, what changed them, and what a person decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_decision, complete_feed
from headwater.cli.written import read, replace
from headwater.errors import EXIT_DONE, ConfigError
from headwater.flow.decide import decide
from headwater.flow.schema import ColumnStory
from headwater.lake import Lake
from headwater.model.change import ChangeKind
from headwater.model.codec import to_plain
from headwater.model.decision import Decisions
from headwater.show.figures import clean, counted
from headwater.show.page import Line, Mark, Span, Tone, dim, line, strong
from headwater.show.schema import schema_page

NEW_COLUMN = "new_column"
"""The cause of a file that was refused for a column that the table does not have."""


@click.command("schema")
@click.argument("feed", shell_complete=complete_feed)
@click.option(
    "--accept", metavar="COLUMN[=TYPE]", multiple=True, shell_complete=complete_decision,
    help="Declare it in `schema`; without a type, as files have it.",
)  # fmt: skip
@click.option(
    "--map", "rename", metavar="NAME=COLUMN", multiple=True, shell_complete=complete_decision,
    help="In files it is called NAME: put it into `rename`.",
)  # fmt: skip
@click.option(
    "--refuse", metavar="COLUMN", multiple=True, shell_complete=complete_decision,
    help="Refuse every file that has it: put it into `refuse`.",
)  # fmt: skip
@verb
def command(
    call: Call,
    feed: str,
    accept: tuple[str, ...],
    rename: tuple[str, ...],
    refuse: tuple[str, ...],
) -> int:
    """Show a feed's columns and what changed them, and decide about new ones.

    Shown are the columns of its table, the versions at which they changed, and what waits for
    a decision: columns that files brought or lacked. Each option decides about one, may be
    repeated, and is written into headwater.yaml; what is there already stays as it is.
    """
    with call.open() as lake:
        story = lake.schema(feed)
        if not (accept or rename or refuse):
            return _show(call, story)
        declared = next(each for each in lake.feeds if each.name == feed)
        decisions = decide(declared, story, accept=accept, rename=rename, refuse=refuse)
        _write(call.configuration, feed, decisions)
        again = _to_replay(lake, feed, decisions)
    call.voice.answer(
        tuple(_written(call.configuration, decisions)),
        {"feed": feed, "file": str(call.configuration), **_document(decisions), "replay": again},
    )
    if not call.voice.as_json:
        call.voice.say(tuple(_follows(story, decisions, again)))
    return EXIT_DONE


def _show(call: Call, story: ColumnStory) -> int:
    call.voice.answer(schema_page(story), to_plain(story))
    if story.waiting and not call.voice.as_json:
        ways = Span("--accept COLUMN[=TYPE]  --map NAME=COLUMN  --refuse COLUMN", Tone.COMMAND)
        call.voice.say((line(dim("decide: "), ways),))
    return EXIT_DONE


def _write(file: Path, feed: str, decisions: Decisions) -> None:
    from headwater.config.edit import with_decisions  # noqa: PLC0415 - pydantic takes its time

    before = read(file)
    if not replace(file, before, with_decisions(before, feed, decisions, str(file))):
        raise ConfigError(
            f"{file} was changed by somebody else meanwhile, and was not touched",
            hint="run it again",
        )


def _to_replay(lake: Lake, feed: str, decisions: Decisions) -> int:
    """How many files are in quarantine for columns that the table did not have."""
    if not (decisions.accepted or decisions.renamed):
        return 0
    files = lake.quarantine(feed=feed)
    return sum(each.cause is not None and each.cause.code == NEW_COLUMN for each in files)


def _document(decisions: Decisions) -> dict[str, Any]:
    return {
        "accepted": {column.name: str(column.type) for column in decisions.accepted},
        "renamed": dict(decisions.renamed),
        "refused": list(decisions.refused),
    }


def _written(file: Path, decisions: Decisions) -> Iterator[Line]:
    for column in decisions.accepted:
        yield line(Mark.GOOD, " declared ", strong(clean(column.name)), dim(f"  {column.type}"))
    for name, column_name in decisions.renamed:
        yield line(Mark.GOOD, " ", strong(clean(name)), " in files is ", strong(clean(column_name)))
    for name in decisions.refused:
        yield line(Mark.GOOD, " files with ", strong(clean(name)), " are refused")
    yield line(
        "  ", dim(f"written into {clean(str(file))}; running workers heed it once restarted")
    )


def _follows(story: ColumnStory, decisions: Decisions, again: int) -> Iterator[Line]:
    """What it means for what was read before."""
    taken = {name.lower() for name, _ in decisions.renamed}
    taken |= {column.name.lower() for column in decisions.accepted}
    kinds = {each.kind for each in story.waiting if each.column.lower() in taken}
    there = {each.name.lower() for each in story.columns}
    if apart := [name for name, _ in decisions.renamed if name.lower() in there]:
        yield line("  ", dim(f"rows that are written keep their {clean(', '.join(apart))}"))
    if ChangeKind.RESCUED in kinds:
        yield line("  ", dim("rows that are written keep these values in _rescued"))
    if ChangeKind.IGNORED in kinds:
        yield line("  ", dim("rows that are written stay as they are, without these values"))
    if again:
        replay = Span(f"headwater quarantine replay {story.feed}", Tone.COMMAND)
        yield line(dim(f"{counted(again, 'file')} refused for new columns: "), replay)
        if left := _undecided(story, decisions):
            yield line(Mark.WARN, f" not decided yet: {clean(', '.join(left))}")
    elif not kinds:
        yield line(dim("see: "), Span(f"headwater schema {story.feed}", Tone.COMMAND))


def _undecided(story: ColumnStory, decisions: Decisions) -> list[str]:
    """Columns for which files are refused still."""
    decided = {column.name.lower() for column in decisions.accepted}
    decided |= {name.lower() for name, _ in decisions.renamed}
    decided |= {name.lower() for name in decisions.refused}
    refused = (each.column for each in story.waiting if each.kind is ChangeKind.REFUSED)
    return [name for name in refused if name.lower() not in decided]
