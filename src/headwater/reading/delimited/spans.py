"""Whether a record that seems to span lines really does, or has a stray quote.

A quote that opens at the start of a field and does not close on its line has two
explanations:

    one     1,"Dear all,           the cell goes on: all lines up to the closing
            see you",3             quote are one record
    split   1,"Dear all,3          the quote is a mistake: this line is damaged,
            2,Bob,4                and each line behind it is a record of its own

Taking "split" for "one" swallows good rows; taking "one" for "split" refuses a good
record and may even let lines of its text pass for rows. So both are played through,
from the line in question until they agree again where a record starts, and the one
that leaves fewer records at fault is believed:

- A genuine record costs "one" nothing, and "split" at least two faults: the line with
  the opening quote and the line with the closing one.
- A single stray quote costs "split" one fault, and "one" mostly two: the quote that it
  takes for the closing one opens a field in truth, so what follows is no delimiter, and
  the inside of that field is left behind as a broken line.
- Where both cost the same, the one whose records have numbers where the file's records
  have numbers is believed; and where that says nothing, "split" if the first line holds
  as many delimiters as a whole row has, and more than a quote is on the last.
- Two stray quotes far apart can fit each other perfectly, and "one" costs nothing. Then
  the lines between tell: if they are whole rows of the right width whose cells are
  numbers where the file's cells are numbers, they are rows.

Letters with commas survive that last rule since it needs every telling column to agree,
or, in files without any, several lines of four fields or more and no other line between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from headwater.reading.delimited.grammar import Grammar
from headwater.reading.delimited.window import NeedMore, Window

_LOOK_LINES = 64  # behind the record; beyond, the score so far decides
_SHAPE_LINES = 64
_STARTS = 16
_ENOUGH_LINES = 64  # inside the record, to know rows or text by
_TELLING_WIDTH = 4
_TELLING_ROWS = 3
_FREE_WASTE_BYTES = 64 * 1024 * 1024
_NUMERIC = re.compile(r"[-+]?\d[-+0-9.,:/TZ ]*")


class Shape:
    """Which columns hold only numbers, dates and times, as far as clean lines have shown."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._lines = 0
        self._numeric = [True] * grammar.width
        self._filled = [False] * grammar.width
        self.telling: list[int] = []  # the columns by which a row is known

    def learn(self, lines: list[bytes]) -> None:
        """Look at clean lines; only the first few of a file are."""
        if self._lines >= _SHAPE_LINES:
            return
        for line in lines[: _SHAPE_LINES - self._lines]:
            self._lines += 1
            for place, cell in enumerate(self._cells(line)):
                self._filled[place] |= bool(cell)
                self._numeric[place] &= not cell or _NUMERIC.fullmatch(cell) is not None
        pairs = zip(self._numeric, self._filled, strict=True)
        self.telling = [
            place for place, (numeric, filled) in enumerate(pairs) if numeric and filled
        ]

    def fits(self, line: bytes) -> bool:
        """Whether a line of the right width has numbers where they are expected."""
        cells = self._cells(line)
        return self.suits(cells)

    def suits(self, cells: Sequence[str]) -> bool:
        """Whether cells, as many as the table has, are numbers where its numbers are."""
        told = [cells[place] for place in self.telling]
        return any(told) and all(not cell or _NUMERIC.fullmatch(cell) for cell in told)

    @property
    def settled(self) -> bool:
        """Whether it learns no more."""
        return self._lines >= _SHAPE_LINES

    @property
    def young(self) -> bool:
        """Whether too few lines were seen to know a row by."""
        return self._lines < _TELLING_ROWS

    def _cells(self, line: bytes) -> tuple[str, ...]:
        return self._grammar.values(self._grammar.read(line))


@dataclass(slots=True)
class _Story:
    """One of the two explanations, as far as it was played through."""

    at: int  # the line where its next record starts
    faults: int = 0
    misfits: int = 0

    def score(self) -> tuple[int, int]:
        return self.faults, self.misfits


class Spans:
    """Decides for one file, with what it has learnt of the file's rows."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._waste = 0  # bytes looked at in vain; hostile files would multiply them
        self._budget = _FREE_WASTE_BYTES
        self.shape = Shape(grammar)
        self.headers: set[bytes] = set()  # spellings of the header, which is a row of its kind

    @property
    def exhausted(self) -> bool:
        """Whether so much was looked at in vain that no record is believed to span lines."""
        return self._waste > self._budget

    def allow(self, seen_bytes: int) -> None:
        """Let looking ahead grow with what was read."""
        self._budget += 4 * seen_bytes

    def is_one(self, window: Window, first: int, behind: int) -> bool:
        """Whether the lines from first up to behind, which read as one sound record, are one."""
        if not self._grammar.quote:
            return True  # nothing but an escaped line end can have made them one
        if self._waste > self._budget or self._hold_rows(window, first, behind):
            return False
        one, split = _Story(behind), _Story(first + 1, faults=1)
        one.misfits += self._misfits(window, first, behind)
        while one.at != split.at and max(one.at, split.at) < behind + _LOOK_LINES:
            self._play_on(window, one if split.at > one.at else split)
        if split.score() != one.score():
            return split.score() > one.score()
        # A cell that ends with a line end closes on a line of its own: common in forms.
        closes_alone = window.bare(behind - 1) == self._grammar.quote
        found = window.bare(first).count(self._grammar.delimiter) + 1
        return closes_alone or found < self._grammar.width

    def resume(self, window: Window, first: int, behind: int) -> int:
        """The line behind a damaged record that may go on up to behind.

        The one that leaves the fewest records at fault, and the nearest of those.
        """
        if self._waste > self._budget or self._hold_rows(window, first, behind):
            return first + 1
        rest = self._faults_from(window, behind)
        best, least = behind, rest[behind]
        sound = (at for at in range(first + 1, behind) if self._starts_sound(window, at))
        for start in reversed(list(islice(sound, _STARTS))):
            story = _Story(start)
            while story.at not in rest and story.at < behind + _LOOK_LINES:
                self._play_on(window, story)
            faults = story.faults + rest.get(story.at, 0)
            if faults <= least:
                best, least = start, faults
        return best

    def _faults_from(self, window: Window, behind: int) -> dict[int, int]:
        """For each line where a record starts from there on: how many faults follow it."""
        story, passed = _Story(behind), {behind: 0}
        while story.at < min(behind + _LOOK_LINES, len(window.lines)):
            self._play_on(window, story)
            passed[story.at] = story.faults
        return {at: story.faults - faults for at, faults in passed.items()}

    def _starts_sound(self, window: Window, index: int) -> bool:
        return not window.blank(index) and self._after(window, index) is not None

    def _play_on(self, window: Window, story: _Story) -> None:
        """Take one more record, or a line at fault, into the story."""
        after = self._after(window, story.at)
        if after is None:
            story.faults += 1
        else:
            story.misfits += self._misfits(window, story.at, after)
        story.at = after or story.at + 1

    def _hold_rows(self, window: Window, first: int, behind: int) -> bool:
        """Whether the lines strictly between are rows, to all appearance."""
        rows = others = 0
        for index in range(first + 1, behind - 1):
            if window.blank(index):
                continue
            alone = self._after(window, index) == index + 1
            row = alone and self._is_row(window.bare(index))
            rows, others = rows + row, others + (not row)
            if abs(rows - others) > _ENOUGH_LINES:
                break
        return self._are_rows(rows, others)

    def _misfits(self, window: Window, index: int, behind: int) -> bool:
        """Whether a sound record has text where the file has numbers."""
        if not self.shape.telling or window.blank(index):
            return False
        return not self.shape.fits(window.raw(index, behind))

    def _after(self, window: Window, index: int) -> int | None:
        """The line behind the sound record that starts here; None if none does."""
        if window.blank(index):
            return index + 1
        line = window.bare(index)
        if self._grammar.is_plain(line):
            return (
                index + 1
                if line.count(self._grammar.delimiter) + 1 == self._grammar.width
                else None
            )
        start = window.start(index)
        whole = self._grammar.match(window.text, start)
        if whole is not None:
            if window.is_cut(index, whole.end()):
                raise NeedMore
            fits = window.within_limit(index, whole.end())
            return window.line_behind(whole.end()) if fits else None
        reading = self._grammar.read(window.text, start)
        if window.is_cut(index, reading.end):
            raise NeedMore
        self._waste += max(0, reading.end - start - len(line))
        return None

    def _is_row(self, line: bytes) -> bool:
        return line in self.headers or not self.shape.telling or self.shape.fits(line)

    def _are_rows(self, rows: int, others: int) -> bool:
        if self.shape.telling:
            return rows > 0 and rows >= others
        return rows >= _TELLING_ROWS and not others and self._grammar.width >= _TELLING_WIDTH
