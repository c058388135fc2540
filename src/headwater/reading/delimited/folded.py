"""Records that span lines, folded onto one line each where nothing about them is in doubt.

Line ends between quotes are taken out of the way, all at once for the records of a window, by
counting the quotes before each. That a record is one, and no stray quote, is certain by the
rules that decide it where

- no line within holds a quote, or as many delimiters as a row has: none can pass for a row;
- the last line's first quote stands behind a letter: taken for a record of its own, that line
  would be at fault, and nothing else would end there.

All others are odd, and looked at one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.reading.delimited.grammar import Grammar
from headwater.reading.delimited.window import Window

_MARKS = (0x1F, 0x1E, 0x1D, 0x1C, 0x07, 0x0B, 0x0C, 0x02, 0x03, 0x04)
_FEED = ord("\n")
_LEAST_WIDTH = 2

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Fold:
    """The records of a window from one of its lines on."""

    records: list[bytes]  # without their ends
    mark: bytes  # what stands in them for a line end
    odd: frozenset[int]  # records that are not surely clean, quoted ones left aside
    quoted: list[int]  # records with quotes
    lines: Places  # where each record starts, and behind the last

    def line(self, index: int) -> int:
        """The line where the record starts."""
        return int(self.lines[index])

    def find(self, line: int) -> int | None:
        """Which record starts on the line; behind the last, how many there are."""
        index = int(self.lines.searchsorted(line))
        return index if index < len(self.lines) and self.lines[index] == line else None


def fold(window: Window, first: int) -> Fold | None:
    """Fold the lines from the first on, which starts a record; None if that gains nothing."""
    grammar, at = window.grammar, window.start(first)
    text = window.text[at:]
    letters = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(letters == _FEED)
    quotes = np.flatnonzero(letters == ord(grammar.quote))
    before = np.searchsorted(quotes, ends)
    inside = (before & 1).astype(np.bool_)
    outside = np.flatnonzero(~inside)
    mark = next((mark for mark in _MARKS if mark not in text), None)
    if len(outside) in {0, len(ends)} or mark is None:
        return None
    folded = letters[: ends[outside[-1]] + 1].copy()
    folded[ends[inside & (ends < len(folded))]] = mark
    records = folded.tobytes().split(b"\n")[:-1]
    if b"\r" in text:
        records = [each[:-1] if each.endswith(b"\r") else each for each in records]
    lines = _Lines(letters, ends, quotes, before, inside)
    quoted, odd = _of_records(lines, outside, grammar)
    return Fold(
        records,
        bytes([mark]),
        frozenset(odd.tolist()),
        quoted.tolist(),
        np.concatenate(([first], outside + first + 1)),
    )


def may_fold(grammar: Grammar, text: bytes) -> bool:
    """Whether a window's text is of a kind that can be folded."""
    plain = not grammar.escape and len(grammar.delimiter) == 1 == len(grammar.quote)
    if not plain or grammar.newline != b"\n" or grammar.width < _LEAST_WIDTH:
        return False
    return text.count(b"\r") == text.count(b"\r\n")


@dataclass(frozen=True, slots=True)
class _Lines:
    letters: npt.NDArray[np.uint8]
    ends: Places
    quotes: Places
    before: Places  # how many quotes there are before each end
    inside: Flags  # whether that end is between quotes


def _of_records(lines: _Lines, outside: Places, grammar: Grammar) -> tuple[Places, Places]:
    """Which records have quotes, and which are odd for other reasons than these."""
    delimiters = np.flatnonzero(lines.letters == ord(grammar.delimiter))
    ends = lines.ends[outside]
    width = np.diff(delimiters.searchsorted(ends), prepend=0) + 1
    quotes = np.diff(lines.before[outside], prepend=0)
    doubtful = outside.searchsorted(_doubtful(lines, delimiters, grammar))
    odd = np.flatnonzero((quotes == 0) & (width != grammar.width))
    return np.flatnonzero(quotes), np.union1d(odd, doubtful[doubtful < len(outside)])


def _doubtful(lines: _Lines, delimiters: Places, grammar: Grammar) -> Places:
    """Lines that leave a doubt whether the record that they belong to is one."""
    began_inside = np.concatenate(([False], lines.inside[:-1]))
    earlier = np.concatenate(([0], lines.before[:-1]))
    within = np.flatnonzero(began_inside & lines.inside)
    starts, ends = lines.ends[within - 1], lines.ends[within]
    width = delimiters.searchsorted(ends) - delimiters.searchsorted(starts) + 1
    odd = within[(width == grammar.width) | (lines.before > earlier)[within]]
    last = np.flatnonzero(began_inside & ~lines.inside)
    behind = lines.letters[lines.quotes[earlier[last]] - 1]
    opens = (behind == ord(grammar.delimiter)) | (behind == _FEED)
    return np.concatenate((odd, last[opens]))
