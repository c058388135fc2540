"""headwater peek: what a file is and what is in it, without any lake."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.call import Call, verb
from headwater.cli.export import KINDS, export, kind_of
from headwater.cli.fit import fit
from headwater.errors import EXIT_DONE, EXIT_REFUSED, UsageError
from headwater.show.figures import clean
from headwater.show.page import BLANK, Span, Tone, dim, line

if TYPE_CHECKING:
    from headwater.look.content import Content

_COLUMNS = 100
"""Most columns that are listed one below the other."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be shown or written."""

    rows: int
    why: bool
    whole: bool
    kind: str | None
    output: Path | None
    safe: bool


@click.command("peek")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
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
    "-o",
    "--output",
    metavar="OUT",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all rows to this file; its suffix says the format.",
)
@click.option(
    "--safe", is_flag=True, help="In CSV, put ' before texts that begin with = + - @, tab or CR."
)
@click.option("--as", "declared", metavar="FORMAT", help="Read it as csv, tsv, ndjson and so on.")
@click.option("--encoding", metavar="NAME", help="Of text that does not say it: latin-1, cp1252.")
@click.option("--types", type=click.Choice(["infer", "text"]), help="text keeps cells as they are.")
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Any other key of a feed, such as timezone=Europe/Berlin; may be repeated.",
)
@verb
def command(
    call: Call,
    file: Path,
    settings: tuple[str, ...],
    declared: str | None,
    encoding: str | None,
    types: str | None,
    **wishes: Any,
) -> int:
    """Show what a file is and what is in it; it takes no lake.

    Of a large file the head is read. With --all, --format or -o all of it is, and the exit code
    is 3 if a record was refused. Nothing is written but OUT.
    """  # fmt: skip
    from headwater.config.options import option  # noqa: PLC0415 - pydantic takes its time

    wish = _wish(file, wishes)
    named = {"format": declared, "encoding": encoding, "types": types}
    options = {key: value for key, value in named.items() if value is not None}
    began = time.monotonic()
    with _read(call, file, {**options, **dict(map(option, settings))}, wish) as content:
        if wish.kind is not None:
            export(call.voice, _Rows(content, wish.safe), wish.kind, wish.output)
        _show(call, content, wish, time.monotonic() - began)
        refused = content.books.quarantined
    return EXIT_REFUSED if wish.whole and refused else EXIT_DONE


def _wish(file: Path, wishes: dict[str, Any]) -> _Wish:
    asked = _Wish(**wishes)
    if asked.output is not None:
        _require_place(asked.output, file)
    kind = asked.kind or kind_of(asked.output)
    if kind == "table":
        raise UsageError(
            f"{asked.output}: a table of text cannot be read again",
            hint=f"name a file that ends in .csv, or add --format, one of {', '.join(KINDS)}",
        )
    if asked.safe and kind != "csv":
        raise UsageError("--safe is for CSV files", hint="headwater peek FILE --safe -o OUT.csv")
    if kind == "parquet" and asked.output is None and sys.stdout.isatty():
        raise UsageError(
            "Parquet is no text, and this is a terminal", hint="give it a file: -o FILE.parquet"
        )
    return _Wish(
        asked.rows, asked.why, asked.whole or kind is not None, kind, asked.output, asked.safe
    )


def _require_place(output: Path, file: Path) -> None:
    """Refuse before the work what could not be written after it."""
    if not output.absolute().parent.is_dir():
        raise UsageError(
            f"{output.parent} is not a folder that is there", hint=f"mkdir -p {output.parent}"
        )
    if output.exists() and file.exists() and output.samefile(file):
        raise UsageError(
            f"{output} is the file that is read, and would be overwritten",
            hint="name another file after -o",
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a file as they are to be written."""

    content: Content
    safe: bool

    def write(self, path: str, kind: str) -> int:
        """Write them."""
        return self.content.write(path, kind, safe=self.safe)


def _read(call: Call, file: Path, options: dict[str, Any], wish: _Wish) -> Content:
    from headwater.look.read import HEAD_BYTES  # noqa: PLC0415 - engines take their time
    from headwater.wiring import read_file  # noqa: PLC0415 - same

    if not wish.whole:
        return read_file(file, options, head_bytes=HEAD_BYTES)
    with call.voice.talk.watch() as watching:
        return read_file(file, options, watch=watching.look)


def _show(call: Call, content: Content, wish: _Wish, seconds: float) -> None:
    """Show what there is to see; where rows went to stdout, to whoever watches."""
    from headwater.look.document import document  # noqa: PLC0415 - the page needs none of it

    streamed = wish.kind is not None and wish.output is None
    if streamed:
        _tell(call, content)
        return
    rows = content.first(wish.rows)
    if call.voice.as_json:
        call.voice.document(document(content, rows, seconds))
        return
    _paint(call, content, rows, wish, seconds)
    if not wish.whole and wish.kind is None:
        name = clean(quote(str(content.path)))
        into = Span(f"headwater new FEED --from {name}", Tone.COMMAND)
        out = Span(f"headwater peek {name} -o OUT.parquet", Tone.COMMAND)
        call.voice.say((line(dim("next: "), into, dim("  or: "), out),))


def _paint(
    call: Call, content: Content, rows: list[tuple[Any, ...]], wish: _Wish, seconds: float
) -> None:
    from headwater.show.look import (  # noqa: PLC0415 - same
        extent,
        flaws_page,
        table,
        upright,
        what_page,
        why_page,
    )

    peeked, painter = content.peeked, call.voice.data
    painter.paint(what_page(content.name, peeked, seconds))
    if wish.why:
        painter.paint(why_page(peeked.found))
    shown, hidden = fit(table(peeked, rows), painter.width)
    if hidden and painter.width is not None:
        shown = upright(peeked, rows, painter.width, _COLUMNS)
    more = len(peeked.schema.columns) - _COLUMNS
    cut = (
        (line(dim(f"... {more:,} more columns; --json names all")),) if hidden and more > 0 else ()
    )
    painter.paint((BLANK, shown, *cut, extent(peeked, len(rows)), *flaws_page(peeked)))


def _tell(call: Call, content: Content) -> None:
    """Say what became of the records that were read, where rows are on stdout."""
    from headwater.show.look import flaws_page  # noqa: PLC0415 - same

    books = content.books
    said = f"read {books.counted:,} = written {books.written:,} + refused {books.quarantined:,}"
    call.voice.say((line(dim(said)), *flaws_page(content.peeked)))
