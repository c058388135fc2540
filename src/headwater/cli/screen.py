"""Pages and progress on a terminal: colour, aligned sheets, one line that moves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self, TextIO

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from headwater.cli.fit import GAP, LEAST, squeeze
from headwater.cli.pace import Look, Pace, spelled
from headwater.model.progress import Progress
from headwater.show.page import Heading, Line, Mark, Page, Piece, Sheet, Span, Tone

_STYLES = {
    Tone.PLAIN: "",
    Tone.GOOD: "green",
    Tone.WARN: "yellow",
    Tone.BAD: "red",
    Tone.DIM: "dim",
    Tone.STRONG: "bold",
    Tone.COMMAND: "cyan",
}
_BAR_WIDTH = 16
_LOOKS_PER_SECOND = 8


class Screen:
    """A terminal with a person before it."""

    def __init__(self, stream: TextIO, console: Console | None = None) -> None:
        """Take the stream that is a terminal."""
        self._console = console or Console(file=stream, highlight=False, soft_wrap=False)

    @property
    def width(self) -> int | None:
        """How many characters a row holds."""
        return self._console.width

    def paint(self, page: Page) -> None:
        """Put a page there."""
        for block in page:
            if isinstance(block, Line):
                for row in _rows(self._console, block):
                    self._console.print(row, soft_wrap=True)
            else:
                self._console.print(_table(block, self._console.width))

    def watch(self) -> ScreenWatching:
        """Tell of progress by one line that moves, and is gone in the end."""
        return ScreenWatching(self._console)


class ScreenWatching:
    """One line: a bar, and every figure that can be said."""

    def __init__(self, console: Console) -> None:
        """Take the console that the line is on."""
        self._live = Live(
            console=console,
            transient=True,
            refresh_per_second=_LOOKS_PER_SECOND,
            redirect_stdout=False,
        )
        self._pace = Pace()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def look(self, progress: Progress) -> None:
        """Take a look in, and show it."""
        self._live.update(moving_line(progress, self._pace.look(progress, time.monotonic())))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the line away while something else is said."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()


def moving_line(progress: Progress, look: Look) -> Table:
    """A bar, and every figure that can be said."""
    row = Table.grid(padding=(0, 1))
    what, *figures = spelled(progress, look)
    figures.sort(key=lambda figure: not figure.endswith(" left"))  # what a narrow screen keeps
    bar = ProgressBar(
        total=1.0 if look.share else None,
        completed=look.share or 0.0,
        width=_BAR_WIDTH,
        pulse=not look.share,
        style="dim",
        complete_style="green",
        finished_style="green",
        pulse_style="green",
    )
    share = f"{look.share:4.0%}" if look.share else ""
    row.add_row(
        Text(what, "bold", no_wrap=True),
        bar,
        Text(share),
        Text("  ".join(figures), "dim", no_wrap=True, overflow="ellipsis"),
    )
    return row


def _rows(console: Console, line: Line) -> list[Text]:
    """A line, on as many rows as it takes; one with a command in it stays whole, to be copied."""
    whole = _line(line)
    room = console.width - line.hang
    command = any(isinstance(piece, Span) and piece.tone is Tone.COMMAND for piece in line.pieces)
    if not line.hang or command or room < LEAST or whole.cell_len <= console.width:
        return [whole]
    head, rest = whole.divide([line.hang])
    first, *others = rest.wrap(console, room)
    return [head + first, *(Text(" " * line.hang) + each for each in others)]


def _line(line: Line) -> Text:
    text = Text()
    for piece in line.pieces:
        text.append_text(_piece(piece))
    return text


def _piece(piece: Piece) -> Text:
    if isinstance(piece, str):
        return Text(piece)
    if isinstance(piece, Mark):
        return Text(piece.sign, _STYLES[piece.tone])
    return Text(piece.text, _STYLES[piece.tone])


def _table(sheet: Sheet, width: int) -> Table:
    named = any(heading.name for heading in sheet.headings)
    table = Table(
        box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=named, header_style="dim"
    )
    for heading, cells in zip(sheet.headings, squeeze(sheet, width), strict=True):
        table.add_column(
            _heading(heading),
            justify="right" if heading.right else "left",
            width=cells,
            no_wrap=heading.right,  # figures are not folded; of words nothing is left out
            overflow="ellipsis" if heading.right else "fold",
        )
    for row in sheet.rows:
        table.add_row(*(_piece(piece) for piece in row))
    return table


def _heading(heading: Heading) -> Text:
    text = Text(heading.name, "bold")
    if heading.kind:
        text.append(f"\n{heading.kind}", "not bold dim italic")
    return text
