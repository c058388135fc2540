"""What a feed's other files decide where a text leaves a choice: whether its first row is names."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.reading.delimited.kinds import is_datum
from headwater.reading.delimited.layout import Layout
from headwater.reading.delimited.samplelines import Line
from headwater.reading.told import Told

_NAMED = 0.5  # of the likely columns


def usual_heads(layout: Layout, lines: Sequence[Line], told: Told) -> int | None:
    """How many rows of names the other files have, if this one may have as many; else None."""
    usual = told.usual.header_rows if told.usual is not None else None
    if told.header_rows is not None or usual is None or usual == layout.header_rows:
        return None
    rows = [line.cells for line in lines[layout.first :] if len(line.cells) == layout.width]
    named = bool(rows) and _share_named(rows[0], told.columns) >= _NAMED
    if not usual:
        return None if layout.telling or named else 0
    heads = rows[:usual]
    open_ = layout.header_rows > 0 and not layout.telling and len(heads) == usual
    if named or (open_ and not any(is_datum(cell) for row in heads for cell in row)):
        return usual
    return None


def _share_named(row: Sequence[str], columns: Sequence[str]) -> float:
    names = {cell.strip().casefold() for cell in row}
    return sum(name.casefold() in names for name in columns) / len(columns) if columns else 0.0
