"""headwater peek: what a file is and what is in it, without any lake."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from headwater.cli.call import Call, verb
from headwater.cli.export import KINDS, kind_of
from headwater.cli.glance import STREAM, Glance, Wish, glance
from headwater.cli.spelled import options_given, options_of_reading
from headwater.cli.tell import complain
from headwater.errors import EXIT_DONE, EXIT_REFUSED, HeadwaterError, UsageError
from headwater.reading.source import spell
from headwater.show.page import BLANK

_WISHES = {each.name for each in fields(Wish)}
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("peek")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, readable=False, allow_dash=True),
)
@click.option(
    "--rows",
    metavar="N",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Show so many of the first rows.",
)
@click.option("--why", is_flag=True, help="Show every delimiter that was tried, with its score.")
@click.option("--all", "whole", is_flag=True, help="Read all of a large file, not its head.")
@click.option("--format", "kind", type=click.Choice(KINDS), help="Write all rows, as this.")
@click.option(
    "-o", "--output", metavar="OUT", type=_FILE,
    help="Write all rows to this file; its suffix says the format.",
)  # fmt: skip
@click.option(
    "--refused", metavar="OUT", type=_FILE,
    help="Write all refused records to this file; its suffix says the format.",
)  # fmt: skip
@click.option(
    "--safe", is_flag=True, help="In CSV, put ' before texts that begin with = + - @, tab or CR."
)
@options_of_reading
@verb
def command(
    call: Call,
    files: tuple[Path, ...],
    **words: Any,
) -> int:
    """Show what a file is and what is in it; it takes no lake.

    With - standard input is read. Of a large file the head is read. With --all, --format, -o or
    --refused all of it is, and the exit code is 3 if a record was refused. Nothing is written
    but OUT.
    """  # fmt: skip
    options = options_given(words)
    wish = _wish(files, {name: words[name] for name in words.keys() & _WISHES})
    if len(files) == 1:
        seen = glance(call, files[0], options, wish, alone=True)
        if seen.document is not None:
            call.voice.document(seen.document)
        return seen.code
    every = list(_one_by_one(call, files, options, wish))
    if call.voice.as_json:
        call.voice.document([each.document for each in every])
    return _worst(each.code for each in every)


def _one_by_one(
    call: Call, files: tuple[Path, ...], options: dict[str, Any], wish: Wish
) -> Iterator[Glance]:
    """Look at each; one that cannot be read stands in nobody's way."""
    for number, file in enumerate(files):
        if number and not call.voice.as_json:
            call.voice.data.paint((BLANK,))
        try:
            yield glance(call, file, options, wish, alone=False)
        except UsageError:
            raise  # what is wrong with the words is wrong for each of them
        except HeadwaterError as error:
            complain(error.message, error.hint)
            yield Glance({"file": spell(file), "error": error.document}, error.exit_code)


def _worst(codes: Iterator[int]) -> int:
    """A file that could not be read at all is worse than a record that was refused."""
    told = set(codes) - {EXIT_DONE}
    return max(told, key=lambda code: (code != EXIT_REFUSED, code), default=EXIT_DONE)


def _wish(files: tuple[Path, ...], wishes: dict[str, Any]) -> Wish:
    asked = Wish(refused_kind=_written_as(wishes["refused"]), **wishes)
    for output in (asked.output, asked.refused):
        if output is not None:
            _require_place(output, files)
    kind = asked.kind or _written_as(asked.output)
    if asked.safe and kind != "csv":
        raise UsageError("--safe is for CSV files", hint="headwater peek FILE --safe -o OUT.csv")
    if kind == "parquet" and asked.output is None and sys.stdout.isatty():
        raise UsageError(
            "Parquet is no text, and this is a terminal", hint="give it a file: -o FILE.parquet"
        )
    if len(files) > 1 and (kind or asked.refused):
        raise UsageError(
            f"{len(files)} files cannot be written into one", hint="name one FILE at a time"
        )
    if list(files).count(STREAM) > 1:
        raise UsageError("standard input can be read once", hint="name - once")
    return replace(asked, whole=asked.whole or bool(kind or asked.refused), kind=kind)


def _written_as(output: Path | None) -> str | None:
    kind = kind_of(output)
    if kind == "table":
        raise UsageError(
            f"{output}: a table of text cannot be read again",
            hint=f"name a file that ends in .csv, or add --format, one of {', '.join(KINDS)}",
        )
    return kind


def _require_place(output: Path, files: tuple[Path, ...]) -> None:
    """Refuse before the work what could not be written after it."""
    if not output.absolute().parent.is_dir():
        raise UsageError(
            f"{output.parent} is not a folder that is there", hint=f"mkdir -p {output.parent}"
        )
    for file in files:
        if output.exists() and file.exists() and output.samefile(file):
            raise UsageError(
                f"{output} is the file that is read, and would be overwritten",
                hint="name another file to write to",
            )
