"""One file looked at: read, written where that is wished, and shown."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, BinaryIO

from headwater.cli.advice import advised
from headwater.cli.call import Call
from headwater.cli.export import export
from headwater.cli.fit import fit
from headwater.cli.spelled import respelled
from headwater.errors import EXIT_DONE, EXIT_REFUSED, HeadwaterError
from headwater.show.figures import clean
from headwater.show.page import BLANK, Line, Page, Span, Tone, dim, line

if TYPE_CHECKING:
    from headwater.look.content import Content

STREAM = Path("-")
"""Stands for what comes from standard input."""

_STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")

_COLUMNS = 100
"""Most columns that are listed one below the other."""

_REMEDIES = {
    "ragged=pad": "fills up rows that are too short, and leaves out empty fields too many",
    "lenient=true": "takes a quote that is out of place as a letter",
    "table_number=2": "reads the second table, and not the first",
}
"""What settings do by which records are taken that are refused without."""

_DATES = 1_000
"""So many rows say how dates are written."""

_PLAIN_WIDTH = 200
"""As wide as a page gets where there is no terminal to say it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shown or written."""

    rows: int
    why: bool
    whole: bool
    kind: str | None
    output: Path | None
    refused: Path | None
    refused_kind: str | None
    safe: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """What came of a look: what a program is told, and the exit code."""

    document: dict[str, Any] | None
    code: int


def glance(call: Call, file: Path, options: dict[str, Any], wish: Wish, *, alone: bool) -> Glance:
    """Look at one file. HeadwaterError where it cannot be read at all."""
    began = time.monotonic()
    try:
        content = _read(call, file, options, wish)
    except HeadwaterError as error:
        raise advised(error) from error
    with content:
        if wish.kind is not None:
            export(call.voice, _Rows(content, wish.safe), wish.kind, wish.output)
        if wish.refused is not None and wish.refused_kind is not None:
            export(call.voice, content.refused, wish.refused_kind, wish.refused, "refused record")
        seconds = time.monotonic() - began
        document = _show(call, content, wish, seconds, options=options, alone=alone)
        refused = content.books.quarantined
    return Glance(document, EXIT_REFUSED if wish.whole and refused else EXIT_DONE)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a file as they are to be written."""

    content: Content
    safe: bool

    def write(self, path: str, kind: str) -> int:
        """Write them."""
        return self.content.write(path, kind, safe=self.safe)


def _read(call: Call, file: Path, options: dict[str, Any], wish: Wish) -> Content:
    from headwater.look.read import HEAD_BYTES  # noqa: PLC0415 - engines take their time
    from headwater.wiring import read_file  # noqa: PLC0415 - same

    with _source(file) as source:
        if not wish.whole:
            return read_file(source, options, head_bytes=HEAD_BYTES)
        with call.voice.talk.watch() as watching:
            return read_file(source, options, watch=watching.look)


@contextmanager
def _source(file: Path) -> Iterator[Path | BinaryIO]:
    """The file, or the stream that it stands for: standard input, or a shell's <(command)."""
    if file == STREAM:
        yield sys.stdin.buffer
    elif str(file).startswith(_STREAMS) and file.is_fifo():
        with file.open("rb") as stream:
            yield stream
    else:
        yield file


def _show(
    call: Call,
    content: Content,
    wish: Wish,
    seconds: float,
    *,
    options: dict[str, Any],
    alone: bool,
) -> dict[str, Any] | None:
    """Show what there is to see; where rows went to stdout, to whoever watches."""
    if wish.kind is not None and wish.output is None:
        _tell(call, content)
        return None
    rows = content.first(wish.rows)
    if call.voice.as_json:
        from headwater.look.document import document  # noqa: PLC0415 - the page needs none of it

        return document(content, rows, seconds)
    _paint(call, content, rows, wish, seconds)
    if not wish.whole:
        call.voice.say(tuple(_remedies(content, options)))
        call.voice.say(tuple(_steps(content)))
    if alone and not wish.whole and content.path is not None:
        call.voice.say(_next(content.path, options))
    return None


def _remedies(content: Content, options: dict[str, Any]) -> Iterator[Line]:
    """Options by which fewer records are refused, and more columns have a type."""
    for setting in content.peeked.remedies:
        if setting.partition("=")[0] not in options:
            yield _remedy(setting, _REMEDIES[setting])
    spelling = content.found.spelling
    if spelling is not None and spelling.decimal == "," and "decimal" not in options:
        yield _remedy("decimal=comma", "takes 1234,5 for a number; 1.234,5 with grouping=.")


def _remedy(option: str, what: str) -> Line:
    return line(dim("try: "), Span(f"--set {option}", Tone.COMMAND), dim(f"  {what}"))


def _steps(content: Content) -> Iterator[Line]:
    """Steps of a feed by which dates are dates that nobody may guess at."""
    from headwater.config.scalars import value  # noqa: PLC0415 - seldom needed, as those below
    from headwater.look.dates import written_dates  # noqa: PLC0415
    from headwater.model.types import TEXT  # noqa: PLC0415

    texts = [at for at, each in enumerate(content.schema.columns) if each.type == TEXT]
    rows = content.first(_DATES) if texts else []
    for at in texts[:_COLUMNS]:
        name = content.schema.columns[at].name
        written = written_dates([row[at] for row in rows])
        if written is not None:
            step = Span(f"steps: [{clean(written.step(value(name)))}]", Tone.COMMAND)
            doubt = "; or is the month first?" if len(written.formats) > 1 else ""
            yield line(dim("try: "), step, dim(f"  in its feed{doubt}"))


def _next(path: Path, options: dict[str, Any]) -> Page:
    name = clean(quote(str(path)) + respelled(options))
    into = Span(f"headwater new FEED --from {name}", Tone.COMMAND)
    out = Span(f"headwater peek {name} -o OUT.parquet", Tone.COMMAND)
    return (line(dim("next: "), into), line(dim("  or: "), out))


def _paint(
    call: Call, content: Content, rows: list[tuple[Any, ...]], wish: Wish, seconds: float
) -> None:
    from headwater.show.look import (  # noqa: PLC0415 - seldom needed
        extent,
        flaws_page,
        table,
        upright,
        what_page,
        why_page,
    )

    peeked, painter = content.peeked, call.voice.data
    width = painter.width or _PLAIN_WIDTH
    painter.paint(what_page(content.name, peeked, seconds))
    if wish.why:
        painter.paint(why_page(peeked.found))
    shown, hidden = fit(table(peeked, rows), width)
    if hidden:
        shown = upright(peeked, rows, width, _COLUMNS)
    more = len(peeked.schema.columns) - _COLUMNS
    cut = (
        (line(dim(f"... {more:,} more columns; --json names all")),) if hidden and more > 0 else ()
    )
    sheet = (BLANK, shown, *cut) if peeked.schema.columns else ()
    painter.paint((*sheet, extent(peeked, len(rows)), *flaws_page(peeked)))


def _tell(call: Call, content: Content) -> None:
    """Say what became of the records that were read, where rows are on stdout."""
    from headwater.show.look import flaws_page  # noqa: PLC0415 - same

    books = content.books
    said = f"read {books.counted:,} = written {books.written:,} + refused {books.quarantined:,}"
    call.voice.say((line(dim(said)), *flaws_page(content.peeked)))
