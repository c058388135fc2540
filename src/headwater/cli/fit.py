"""Wide sheets on narrow terminals: what fits is shown, and what does not is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unicodedata import east_asian_width

from headwater.show.page import Heading, Piece, Sheet, Span, Tone, dim, sheet, text_of

GAP = 2
LEAST = 12
"""A column of words is not squeezed below that."""

NARROW = 24
"""Long cells are cut to that before a column is left out."""


def fit(wide: Sheet, width: int | None) -> tuple[Sheet, list[str]]:
    """A sheet no wider than that, and the names of columns that it leaves out."""
    if width is None or _total(_widths(wide)) <= width:
        return wide, []
    if len(wide.rows) == 1:
        return _upright(wide), []
    cut = _cut(wide)
    widths = _widths(cut)
    if _total(widths) <= width:
        return cut, []
    left = width - 1 - GAP
    kept = 0
    while kept < len(widths) and widths[kept] + (GAP if kept else 0) <= left:
        left -= widths[kept] + (GAP if kept else 0)
        kept += 1
    kept = max(kept, 1)
    headings = [*cut.headings[:kept], Heading("…")]
    rows = [(*row[:kept], dim("…")) for row in cut.rows]
    return sheet(headings, rows), [heading.name for heading in cut.headings[kept:]]


def squeeze(wide: Sheet, width: int) -> list[int]:
    """How many cells each column gets where words may wrap: the last gives way first.

    Then the longest of the others that hold words; figures are never cut.
    """
    widths = _widths(wide)
    over = _total(widths) - width
    words = [at for at, heading in enumerate(wide.headings) if not heading.right]
    for at in sorted(words, key=lambda at: (at != len(widths) - 1, -widths[at])):
        given = min(max(over, 0), max(widths[at] - LEAST, 0))
        widths[at] -= given
        over -= given
    return widths


def _upright(wide: Sheet) -> Sheet:
    """One row, its columns one below the other."""
    (row,) = wide.rows
    headings = [Heading("column"), Heading("type"), Heading("value")]
    return sheet(
        headings,
        [
            (Span(heading.name, Tone.STRONG), dim(heading.kind), piece)
            for heading, piece in zip(wide.headings, row, strict=True)
        ],
    )


def _cut(wide: Sheet) -> Sheet:
    headings = [
        replace(heading, name=_short(heading.name), kind=_short(heading.kind))
        for heading in wide.headings
    ]
    return sheet(headings, [[_short_piece(piece) for piece in row] for row in wide.rows])


def _short(text: str) -> str:
    return text if len(text) <= NARROW else f"{text[: NARROW - 1]}…"


def _short_piece(piece: Piece) -> Piece:
    if isinstance(piece, Span):
        return Span(_short(piece.text), piece.tone)
    return _short(piece) if isinstance(piece, str) else piece


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _widths(wide: Sheet) -> list[int]:
    return [
        max(
            _cells(heading.name),
            _cells(heading.kind),
            *(_cells(text_of(row[at])) for row in wide.rows if at < len(row)),
        )
        for at, heading in enumerate(wide.headings)
    ]


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
