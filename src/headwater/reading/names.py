"""Column names made fit for every engine that reads the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from headwater.reading.unreadable import Unreadable

COLUMNS = 10_000
NAME_BYTES = 255
RESERVED = frozenset({"_arrival", "_rescued", "_load", "_row"})
RESERVED_PREFIX = "__index_level"
_SHOWN = 5
# Delta and Parquet refuse blanks, commas, semicolons, braces, brackets and equal signs; dots and
# quotes would have to be escaped in every query; control characters break what shows them.
_UNFIT = re.compile(r"[\s,;{}()=.\"'`\\/\x00-\x1f\x7f-\x9f]")


def clean_names(
    originals: Sequence[str], *, lenient: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names as columns get them, in order, and notes on what was changed.

    Leniently, a blank name is column_2 by its place, one that was there is name_2, and a
    reserved one gets an underscore behind it. Unreadable: columns (blank, twice the same
    without regard to case, too long), reserved (ours, or a data frame's index), too_wide.
    """
    if len(originals) > COLUMNS:
        raise Unreadable(
            "too_wide", f"it has {len(originals):,} columns and {COLUMNS:,} are the limit"
        )
    names = tuple(clean_name(original) for original in originals)
    if lenient:
        names = _made_distinct(names)
    seen: dict[str, int] = {}
    for position, (name, original) in enumerate(zip(names, originals, strict=True)):
        _refuse_unfit(name, original, position)
        earlier = seen.setdefault(name.lower(), position)
        if earlier != position:
            raise Unreadable(
                "columns",
                f"columns {earlier + 1} ({originals[earlier]!r}) and {position + 1} "
                f"({original!r}) have the same name, whatever its case; rename one of them, or "
                "read it with `lenient: true`",
            )
    return names, _notes(names, originals)


def _made_distinct(names: Sequence[str]) -> tuple[str, ...]:
    taken = {name.lower() for name in names}
    used: set[str] = set()
    made = []
    for place, bare in enumerate(names, 1):
        name = bare or f"column_{place}"
        if name.lower() in RESERVED or name.lower().startswith(RESERVED_PREFIX):
            name = f"{name.lstrip('_')}_"
        root, count = name, 1
        while name.lower() in used or (name != bare and name.lower() in taken):
            count += 1
            name = f"{root}_{count}"
        used.add(name.lower())
        made.append(name)
    return tuple(made)


def clean_name(original: str) -> str:
    """The name as a column gets it, if it can be one."""
    return _UNFIT.sub("_", unicodedata.normalize("NFC", original).strip())


def _refuse_unfit(name: str, original: str, position: int) -> None:
    if not name:
        raise Unreadable(
            "columns",
            f"column {position + 1} has no name; give it one, or read it with `lenient: true`",
        )
    if len(name.encode("utf-8", "backslashreplace")) > NAME_BYTES:
        raise Unreadable(
            "columns",
            f"the name of column {position + 1} ({original[:40]!r}...) is longer than "
            f"{NAME_BYTES} bytes; shorten it",
        )
    if name.lower() in RESERVED or name.lower().startswith(RESERVED_PREFIX):
        raise Unreadable(
            "reserved",
            f"column {position + 1} is named {original!r}, which is reserved; rename it, or read "
            "it with `lenient: true`",
        )


def _notes(names: Sequence[str], originals: Sequence[str]) -> tuple[str, ...]:
    changed = [
        f"{original!r} is {name}"
        for name, original in zip(names, originals, strict=True)
        if name != original
    ]
    if not changed:
        return ()
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return (f"column names changed: {', '.join(changed[:_SHOWN])}{more}",)
