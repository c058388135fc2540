"""Whether another table begins in the middle of a file: a row of names, and rows as wide as it.

Such lines are refused until a row of the first table comes, which ends the second: so a
mistake here costs no row that would have been read otherwise.
"""

from __future__ import annotations

from headwater.reading.delimited.grammar import Grammar
from headwater.reading.delimited.kinds import is_datum
from headwater.reading.delimited.spans import Spans
from headwater.reading.delimited.window import NeedMore, Window

_ROWS = 2  # behind its header
_LEAST_WIDTH = 2


class SecondTable:
    """Looks for one, and knows where it ends."""

    def __init__(self, grammar: Grammar, spans: Spans) -> None:
        self._grammar = grammar
        self._spans = spans
        self._width = 0
        self._usual = {grammar.width}  # and of lines refused before, which begin no table either
        self.line = 0  # where it begins
        self.begun = False
        self.behind_gap = False  # whether the line before the window is blank

    def saw(self, width: int) -> None:
        """A line of another width was refused by itself."""
        self._usual.add(width)

    def begins(self, window: Window, index: int) -> bool:
        """Whether a line of another width than the table's begins one."""
        names = self._cells(window, index)
        if len(names) in self._usual or not self._are_names(names):
            return False
        rows = self._rows(window, index)
        if len(rows) < _ROWS or any(len(row) != len(names) for row in rows):
            return False
        behind_gap = window.empty(index - 1) if index else self.behind_gap
        return behind_gap or any(
            all(is_datum(row[place]) for row in rows) for place in range(len(names))
        )

    def begins_behind_gap(self, window: Window, index: int) -> bool:
        """Whether a table of the same width, and of other columns, begins behind a blank line."""
        telling = self._spans.shape.telling
        if not telling or self._spans.shape.young or not window.empty(index):
            return False
        if index + 1 == len(window.lines):
            if window.may_grow(index):
                raise NeedMore
            return False
        if window.blank(index + 1) or window.bare(index + 1) in self._spans.headers:
            return False
        names = self._cells(window, index + 1)
        if len(names) != self._grammar.width or not self._are_names(names):
            return False
        rows = self._rows(window, index + 1)
        alike = len(rows) == _ROWS and all(len(row) == len(names) for row in rows)
        return alike and not any(self._spans.shape.suits(row) for row in rows)

    def begin(self, window: Window, index: int, line: int) -> None:
        """From that line on it is another table."""
        self._width = len(self._cells(window, index))
        self.line, self.begun = line, True

    def holds(self, window: Window, index: int) -> bool:
        """Whether the line belongs to the second table; the first table's rows end it."""
        if window.blank(index):
            return True
        line = window.bare(index)
        ends = line in self._spans.headers
        if not ends and self._width != self._grammar.width:
            cells = self._cells(window, index)
            ends = len(cells) == self._grammar.width and (
                not self._spans.shape.telling or self._spans.shape.suits(cells)
            )
        self.begun = not ends
        return not ends

    def behind(self, window: Window, index: int) -> int:
        """The line behind the record that starts there, whatever its width."""
        if self._grammar.is_plain(window.bare(index)):
            return index + 1
        reading = self._grammar.read(window.text, window.start(index))
        if window.is_cut(index, reading.end):
            raise NeedMore
        if reading.fault is not None or not window.within_limit(index, reading.end):
            return index + 1
        return window.line_behind(reading.end)

    def _cells(self, window: Window, index: int) -> tuple[str, ...]:
        """The cells of the record that starts there; none if it is no record."""
        reading = self._grammar.read(window.text, window.start(index))
        if window.is_cut(index, reading.end):
            raise NeedMore
        return () if reading.fault else self._grammar.values(reading)

    def _rows(self, window: Window, index: int) -> list[tuple[str, ...]]:
        """The records right behind it."""
        rows: list[tuple[str, ...]] = []
        at = self.behind(window, index)
        while len(rows) < _ROWS:
            if at >= len(window.lines):
                if window.may_grow(index):
                    raise NeedMore
                break
            if window.blank(at):
                break
            rows.append(self._cells(window, at))
            at = self.behind(window, at)
        return rows

    def _are_names(self, cells: tuple[str, ...]) -> bool:
        bare = [cell.strip().casefold() for cell in cells]
        distinct = all(bare) and len(set(bare)) == len(bare) >= _LEAST_WIDTH
        return distinct and not any(map(is_datum, cells))
