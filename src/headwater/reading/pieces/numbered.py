"""Records as one text, each with its number before it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import count as count_from

_KEPT = 1 << 18  # numbers that are spelled once for all texts: a dozen megabytes


def numbered(first: int, records: Sequence[bytes], separator: bytes) -> bytes:
    """A line for each record: its number, counted on from the first, the separator, the record."""
    end = first + len(records)
    if end > _KEPT:
        template = b"%d" + separator.replace(b"%", b"%%") + b"%b\n"
        return b"".join([template % pair for pair in zip(count_from(first), records, strict=False)])
    # To spell a number takes longer than all else; with marks at hand, a text is one join.
    marks = _marks(separator)
    if len(marks) < end:
        more = range(len(marks), min(_KEPT, max(end, 2 * len(marks))))
        marks += [b"\n%d%b" % (number, separator) for number in more]
    parts = [b""] * (2 * len(records))
    parts[::2] = marks[first:end]
    parts[1::2] = records
    return b"".join(parts)[1:] + b"\n" if parts else b""


@cache
def _marks(separator: bytes) -> list[bytes]:
    """What stands before records: a line end, a number and the separator; grows as it is needed."""
    del separator
    return []
