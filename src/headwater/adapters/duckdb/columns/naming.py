"""The columns of a file under the names that the feed gives them."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.reading.names import clean_name
from headwater.reading.unreadable import Unreadable

Pairs = tuple[tuple[str, str], ...]
"""Names: before, and after."""


def named(columns: Sequence[str], rename: Pairs) -> tuple[tuple[str, ...], Pairs]:
    """The columns as the table has them, and those that are renamed.

    Unreadable: columns, where another column has the name already.
    """
    if not rename:
        return tuple(columns), ()
    told = {clean_name(before).lower(): after for before, after in rename}
    made = tuple(told.get(name.lower(), name) for name in columns)
    renamed = tuple((old, new) for old, new in zip(columns, made, strict=True) if old != new)
    taken = {name.lower() for name in columns if name.lower() not in told}
    for before, after in renamed:
        if after.lower() in taken:
            raise Unreadable(
                "columns",
                f"it has a column {after}, and a column {before} which the feed renames to that; "
                "send one of them, or rename it otherwise",
            )
    return made, renamed


def names_in_files(columns: Sequence[str], rename: Pairs) -> tuple[str, ...]:
    """What files call the columns of a table."""
    told = {after.lower(): before for before, after in rename}
    return tuple(told.get(name.lower(), name) for name in columns)
