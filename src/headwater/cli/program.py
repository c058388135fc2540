"""The program and its verbs; a verb's module is imported when it is called."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from headwater import __version__

VERBS = {
    "peek": "Show what a file is and what is in it; it takes no lake.",
    "init": "Make a lake in a folder.",
    "new": "Write the first version of a feed, as a sample suggests it.",
    "land": "Take files into the raw zone; whoever works next converts them.",
    "plan": "Tell what files would come to, before anything is written.",
    "ingest": "Land files, work until each is settled, and show the receipts.",
    "work": "Convert what has landed.",
    "refresh": "Build models where a table that they read has changed.",
    "status": "Show how feeds and tables stand, and what needs a person.",
    "costs": "Show what each feed's batches would have cost on AWS, by month.",
    "explain": "Tell the full story of one file.",
    "query": "Answer one SELECT over the tables.",
    "tables": "Show the tables, or one closely: history, partitions, sizes, columns, advice.",
    "models": "Show how models stand, and what they are made of.",
    "schema": "Show a feed's columns and what changed them, and decide about new ones.",
    "checks": "Show what the checks of feeds and models found in their last runs.",
    "quarantine": "Show what was refused and why, and have it read again.",
    "replay": "Read files again from the raw zone, and swap their rows.",
    "reconcile": "Register what lies in the raw zone and the ledger does not know.",
    "compact": "Join small parts of tables into large ones; no row changes.",
    "sweep": "Remove what no log entry, no receipt and no live attempt names.",
    "verify": "Check every invariant that can be checked from outside.",
    "emulate": "Start AWS in the box on this machine, and say what to export.",
    "deploy": "Lay the lake down on AWS, look whether it answers, or take it away.",
    "doctor": "Look at this machine and this lake for what would hurt.",
    "completion": "Print the script by which a shell completes verbs, options, feeds and files.",
}

EPILOG = "Start with: headwater init my-lake"


class Program(click.Group):
    """Knows its verbs by name and one sentence, and fetches one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The verbs in the order of a day's work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The verb of that name, imported now."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"headwater.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that the words name; for a mistyped one, the verb that was meant."""
        name = args[0]
        if name not in VERBS and not ctx.resilient_parsing and not name.startswith("-"):
            meant = get_close_matches(name, VERBS, n=1)
            guess = f"; did you mean {meant[0]!r}?" if meant else ""
            raise click.UsageError(f"there is no command {name!r}{guess}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Every verb with its sentence; no module is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Program,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="headwater %(version)s")
@click.option("-C", "folder", metavar="DIR", type=click.Path(path_type=Path), help="The lake.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def program(context: click.Context, /, **words: Any) -> None:
    """Files and rows become a lake: landed untouched, every row accounted for, exactly once."""
    context.meta["headwater"] = words
