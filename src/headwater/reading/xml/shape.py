"""Rows that look alike, taken out of XML text many at a time.

A shape is a regular expression for rows, made after rows that expat has read: what it
matches is well-formed since those rows were, and only plain text stands where their
values stood. It has a group for each value, and a template puts these into JSON.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from headwater.reading.xml.draw import Gap, Part, Slot
from headwater.reading.xml.plain import SPECIAL, Odd, plain_cell

BLANKS = rb"[ \t\r\n]*+"
PLAIN = rb'[^<>&"\\\x00-\x1f'  # means itself in XML and in JSON
LOOSE = rb"[^<"
LOOSE_TEXT = rb"(?>[^<]++|<!\[CDATA\[(?s:.*?)\]\]>)*+"
_LOOSE_SHARE = 0.2

Cells: TypeAlias = tuple[bytes, ...]


class Spelling(Protocol):
    """Makes JSON of cells."""

    def lines(self, rows: Sequence[Cells], first: int) -> bytes:
        """Numbered records, of rows with two cells more that are empty."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows that were taken."""

    numbered: bytes  # their JSON, as a piece has it
    count: int
    end: int  # the offset behind the last


@dataclass(frozen=True, slots=True)
class Patterns:
    """A row's expression, written for three uses."""

    plain: bytes  # with a group for each value, which may only be plain text
    loose: bytes  # the same, with values of any text
    rows: bytes  # without groups


class Shape:
    """What rows have in common."""

    def __init__(
        self, patterns: Patterns, slots: tuple[Slot | None, ...], spelling: Spelling
    ) -> None:
        """Take the slot of each group; None is for a group that is no value."""
        loose, rows = patterns.loose, patterns.rows
        rest = rb"((?s:.++))"
        self.rows = re.compile(BLANKS + rows)
        self._plain = re.compile(BLANKS + b"(?:" + patterns.plain + b"|(" + rows + b"))|" + rest)
        self._loose = re.compile(BLANKS + loose + b"()|" + rest)
        self._cells = re.compile(loose)
        self._slots = slots
        self._spelling = spelling
        self._mostly_loose = False

    def fits(self, text: bytes, start: int) -> int:
        """Where the row of that shape ends that stands there; -1 if none does."""
        row = self.rows.match(text, start)
        return row.end() if row else -1

    def take(self, text: bytes, start: int, end: int, first: int) -> Taken:
        """The rows that follow each other from start on, numbered from first on.

        The text between must be UTF-8 that XML allows.
        """
        pattern = self._loose if self._mostly_loose else self._plain
        found = pattern.findall(text, start, end)
        rest = found.pop()[-1] if found and found[-1][-1] else b""
        stop = end - len(rest)
        sound = self._respell_all(found) if self._mostly_loose else self._respell(found)
        if sound < len(found):
            stop = self._end_of(text, start, end, sound)
            del found[sound:]
        return Taken(self._spelling.lines(found, first), len(found), stop)

    def _respell(self, found: list[Cells]) -> int:
        """Put cells in the place of rows that are not plain; answer how many rows are sound."""
        odd = [place for place, row in enumerate(found) if row[-2]]
        self._mostly_loose = len(odd) > _LOOSE_SHARE * len(found)
        for place in odd:
            match = self._cells.fullmatch(found[place][-2])
            if match is None:
                return place
            try:
                found[place] = self._respelled((*match.groups(b""), b"", b""))
            except Odd:
                return place
        return len(found)

    def _respell_all(self, found: list[Cells]) -> int:
        odd = 0
        for place, row in enumerate(found):
            if SPECIAL.search(b"".join(row)):
                odd += 1
                try:
                    found[place] = self._respelled(row)
                except Odd:
                    return place
        self._mostly_loose = odd > _LOOSE_SHARE * len(found)
        return len(found)

    def _respelled(self, row: Cells) -> Cells:
        cells = [
            plain_cell(cell, slot) if slot is not None and SPECIAL.search(cell) else cell
            for cell, slot in zip(row, self._slots, strict=False)
        ]
        return (*cells, b"", b"")

    def _end_of(self, text: bytes, start: int, end: int, count: int) -> int:
        for place, row in enumerate(self.rows.finditer(text, start, end)):
            if place == count:
                return row.start()
        return end


def pattern_of(part: Part, letters: bytes, *, group: bool) -> bytes:
    """The expression of one part of a row."""
    if isinstance(part, Gap):
        return BLANKS
    if isinstance(part, bytes):
        return re.escape(part)
    if letters is LOOSE and not part.delimiter and not part.required:
        value = LOOSE_TEXT
    else:
        value = letters + part.delimiter + (b"]++" if part.required else b"]*+")
    return b"(" + value + b")" if group else value
