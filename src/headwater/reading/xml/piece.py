"""A piece of an XML file: its rows as JSON, and the source they were read from."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from headwater.reading.pieces.piece import Piece, Refusal, shown

SEPARATOR = b"\t"


def line_ends(text: bytes) -> int:
    """How many lines end in the text: by LF, by CR, or by both together."""
    ends = text.count(b"\n")
    if b"\r" in text:
        ends += text.count(b"\r") - text.count(b"\r\n")
    return ends


@dataclass(slots=True)
class Stretch:
    """Rows that follow each other in the source."""

    first: int  # index of the first of them
    line: int  # where the source begins
    source: bytes
    rows: re.Pattern[bytes] | None  # finds them; None if the source is one row
    _spans: list[tuple[int, int]] = field(default_factory=list)

    def span(self, index: int) -> tuple[int, int]:
        """Where a row lies in the source."""
        if self.rows is None:
            return 0, len(self.source)
        if not self._spans:  # looked for once somebody asks, which is rare
            self._spans = [found.span() for found in self.rows.finditer(self.source)]
        start, end = self._spans[index - self.first]
        lead = len(self.source[start:end]) - len(self.source[start:end].lstrip())
        return start + lead, end


@dataclass(slots=True)
class XmlPiece(Piece):
    """A piece that knows its rows by where they lie, since each may span lines."""

    stretches: list[Stretch] = field(default_factory=list)

    def line_of(self, index: int) -> int:
        """The line in the source where the row starts."""
        stretch = self._stretch(index)
        start, _ = stretch.span(index)
        return stretch.line + line_ends(stretch.source[:start])

    def raw_of(self, index: int) -> str:
        """The row as the source has it."""
        stretch = self._stretch(index)
        start, end = stretch.span(index)
        return shown(stretch.source[start:end])

    def _stretch(self, index: int) -> Stretch:
        if not 0 <= index < self.count:
            raise IndexError(f"record {index} of {self.count}")
        place = bisect_right(self.stretches, index, key=lambda stretch: stretch.first)
        return self.stretches[place - 1]


class XmlPieceBuilder:
    """Gathers rows in the order of the source."""

    def __init__(self) -> None:
        """Begin with none."""
        self._start()

    def _start(self) -> None:
        self.count = 0
        self.size = 0
        self._refused: list[Refusal] = []
        self._parts: list[bytes] = []
        self._stretches: list[Stretch] = []

    def take_row(self, record: bytes, raw: bytes, line: int) -> None:
        """One row, and its JSON."""
        self._stretches.append(Stretch(self.count, line, raw, None))
        self._add(b"%d%b%b\n" % (self.count, SEPARATOR, record), 1)

    def take_rows(
        self, numbered: bytes, count: int, where: tuple[bytes, int, re.Pattern[bytes]]
    ) -> None:
        """Rows that follow each other, numbered on, and source, line and pattern of them."""
        source, line, rows = where
        self._stretches.append(Stretch(self.count, line, source, rows))
        self._add(numbered, count)

    def refuse(self, line: int, raw: bytes, code: str, message: str) -> None:
        """One row that is not clean."""
        self._refused.append(Refusal(line, shown(raw), code, message))
        self.size += len(self._refused[-1].raw)

    @property
    def empty(self) -> bool:
        """Whether nothing was gathered."""
        return not self.count and not self._refused

    def piece(self) -> XmlPiece:
        """Everything gathered since the last piece."""
        text = b"".join(self._parts)
        made = XmlPiece(text, self.count, self._refused, SEPARATOR, [], {}, [], self._stretches)
        self._start()
        return made

    def _add(self, part: bytes, count: int) -> None:
        self._parts.append(part)
        self.size += len(part)
        self.count += count
