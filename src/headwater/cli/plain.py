"""Pages and progress where no person watches: plain text, ASCII of our own, no escape codes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Self, TextIO

from headwater.cli.pace import Pace, spelled
from headwater.model.progress import WAITING, Progress
from headwater.show.page import Heading, Line, Page, Sheet, text_of

EVERY_SECONDS = 10.0


class Plain:
    """A pipe, a file, or a terminal that knows little."""

    width: int | None = None

    def __init__(self, stream: TextIO) -> None:
        """Take the stream that is written to."""
        self._stream = stream

    def paint(self, page: Page) -> None:
        """Put a page there."""
        for text in plain_lines(page):
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def watch(self) -> PlainWatching:
        """Tell of progress by a line now and then."""
        return PlainWatching(self._stream)


class PlainWatching:
    """A line of progress every ten seconds, none for work that is shorter."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the stream, and what time it is."""
        self._stream = stream
        self._clock = clock
        self._pace = Pace()
        self._said = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def look(self, progress: Progress) -> None:
        """Take a look in; say something if it is time."""
        if progress == WAITING:  # a log need not be told every ten seconds that nothing is
            return
        now = self._clock()
        look = self._pace.look(progress, now)
        if now - self._said >= EVERY_SECONDS:
            self._said = now
            self._stream.write(f"{', '.join(spelled(progress, look))}\n")
            self._stream.flush()

    def aside(self) -> AbstractContextManager[None]:
        """Lines do not get in each other's way."""
        return nullcontext()


def plain_lines(page: Page) -> Iterator[str]:
    """The page as lines of text, columns one below the other."""
    for block in page:
        if isinstance(block, Line):
            yield "".join(map(text_of, block.pieces)).rstrip()
        else:
            yield from _sheet(block)


def _sheet(sheet: Sheet) -> Iterator[str]:
    cells = [[text_of(piece) for piece in row] for row in sheet.rows]
    names = [heading.name for heading in sheet.headings]
    kinds = [heading.kind for heading in sheet.headings]
    head = [names, kinds] if any(kinds) else [names]
    widths = [
        max(len(row[at]) for row in [*head, *cells] if at < len(row)) for at in range(len(names))
    ]
    if any(names):
        for row in head:
            yield _row(row, widths, sheet.headings)
        rules = ["-" * width if name else "" for width, name in zip(widths, names, strict=True)]
        yield _row(rules, widths, sheet.headings)
    for row in cells:
        yield _row(row, widths, sheet.headings)


def _row(row: list[str], widths: list[int], headings: tuple[Heading, ...]) -> str:
    padded = (
        text.rjust(width) if heading.right else text.ljust(width)
        for text, width, heading in zip(row, widths, headings, strict=False)  # may end early
    )
    return "  ".join(padded).rstrip()
