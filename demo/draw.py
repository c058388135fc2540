"""A bar chart for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

WIDTH = 48
EIGHTHS = " ▏▎▍▌▋▊▉█"


def bars(values: Sequence[tuple[str, float]]) -> Table:
    """Draw a bar for each value, as long as its share of the greatest."""
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim")
    table.add_column(width=WIDTH)
    table.add_column(justify="right")
    most = max((value for _, value in values), default=0) or 1
    for label, value in values:
        table.add_row(label, Text(bar(value / most), style="cyan"), f"{value:,.0f}")
    return table


def bar(share: float) -> str:
    """A bar of that share of the width, to an eighth of a character."""
    eighths = round(share * WIDTH * 8)
    return EIGHTHS[8] * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")
