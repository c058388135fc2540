"""What files changed in the columns of their table, or would have changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from headwater.model.ids import Key


class ChangeKind(StrEnum):
    """What became of a column that is not as the table has it."""

    ADDED = "added"  # the table did not have it, and has it from this commit on
    RESCUED = "rescued"  # the table does not have it; its values are in _rescued
    IGNORED = "ignored"  # the table does not have it; its values were left out
    REFUSED = "refused"  # the table does not have it; the file was refused
    MISSING = "missing"  # the table has it, and the file does not
    WIDENED = "widened"  # its type holds more from this commit on
    RENAMED = "renamed"  # the feed's `rename` gives it the table's name


@dataclass(frozen=True, slots=True)
class Change:
    """One column's change, of one file or of all files of a manifest that brought it."""

    kind: ChangeKind
    column: str  # as the table has it; of a new one, as the file has it
    type: str | None = None  # in the file, or after it was widened
    before: str | None = None  # the type before it was widened; the name before it was renamed
    first: Key | None = None  # the first file that brought it
    files: int = 1  # how many did


def gathered(changes: list[tuple[Key, Change]]) -> tuple[Change, ...]:
    """The changes of many files, each told once, with its first file and their number."""
    found: dict[tuple[ChangeKind, str, str | None, str | None], Change] = {}
    for key, each in changes:
        same = (each.kind, each.column, each.type, each.before)
        known = found.get(same)
        files = each.files + (known.files if known else 0)
        first = known.first if known else key
        found[same] = Change(*same, first=first, files=files)
    return tuple(found.values())
