"""Where the columns of a fixed-width text are, as somebody has declared it or as it was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FixedColumn:
    """One column's place in a line."""

    name: str
    start: int  # characters before it
    width: int | None  # None: up to the end of the line, for the last column only
    strip: bool = True  # blanks around the value are padding

    @property
    def end(self) -> int | None:
        """The characters before what follows it."""
        return None if self.width is None else self.start + self.width


@dataclass(frozen=True, slots=True)
class FixedLayout:
    """Where the columns are, and which lines are records."""

    columns: tuple[FixedColumn, ...]
    first_line: int  # the first record's line, from 1; what is before it is heading
    shortest: int  # characters a record has at least
    longest: int | None  # and at most
    guards: tuple[tuple[int, int], ...] = ()  # places that must be blank: between two columns
    originals: tuple[str, ...] = ()  # the names as the file has them
    evidence: str = ""  # why it is taken for fixed width
    bars: tuple[int, ...] = ()  # places where one stands in each record: between two columns
    ruler: str = ""  # the line below the header, if one is drawn; it may come again


def declared_layout(
    widths: Sequence[tuple[str, int, int]],
    *,
    skip_lines: int = 0,
    trimmed: bool = False,
    strip: bool = True,
) -> FixedLayout:
    """The layout of columns given as name, start (from 1) and length, in characters.

    A record has exactly as many characters as the last column needs; trimmed: or fewer,
    when blanks at its end were cut off. ValueError names the column that cannot be.
    """
    if not widths:
        raise ValueError("no columns are declared; give name, start and length of each")
    behind = 0
    for name, start, length in widths:
        if start < 1 or length < 1:
            raise ValueError(f"column {name!r} needs a start from 1 and a length from 1")
        if start <= behind:
            raise ValueError(f"column {name!r} starts at {start}, inside the column before it")
        behind = start + length - 1
    columns = tuple(
        FixedColumn(name, start - 1, length, strip=strip) for name, start, length in widths
    )
    names = tuple(column.name for column in columns)
    shortest = 1 if trimmed else behind
    return FixedLayout(columns, skip_lines + 1, shortest, behind, originals=names)
