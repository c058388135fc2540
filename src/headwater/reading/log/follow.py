"""Lines that match nothing and follow one that does: they belong to its message, up to a bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from headwater.reading.encoding.told import is_utf8

MESSAGE = "message"
MOST_LINES = 1_000
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that matches, and those behind it that are its message's."""

    start: int
    joined: Sequence[int]


@dataclass(frozen=True, slots=True)
class SourceEntries:
    """Records of the entries of a stretch of lines."""

    first: int  # the number of the first line
    lines: Sequence[bytes]
    entries: Sequence[Entry]

    def line(self, place: int) -> int:
        """The line where the record at that place of the run starts."""
        return self.first + self.entries[place].start

    def raw(self, place: int) -> bytes:
        """That record as it stands there."""
        entry = self.entries[place]
        return b"\n".join([self.lines[entry.start], *(self.lines[i] for i in entry.joined)])


def entries_of(lines: Sequence[bytes], starts: Sequence[int]) -> Iterator[Entry]:
    """The entries that start at these lines; what is beyond the bound belongs to none."""
    for start, behind in pairwise((*starts, len(lines))):
        joined = list[int]()
        if behind > start + 1:
            joined = _joined(lines, start + 1, behind)
        yield Entry(start, joined)


def is_within_bounds(lines: Sequence[bytes]) -> bool:
    """Whether all of these that follow an entry's line may belong to it, and more might."""
    return len(lines) <= MOST_LINES and sum(map(len, lines)) <= MOST_BYTES


def _joined(lines: Sequence[bytes], start: int, behind: int) -> list[int]:
    """Those of the lines that are text, without blank ones at the end."""
    found, size = list[int](), 0
    last = 0
    for at in range(start, min(behind, start + MOST_LINES)):
        size += len(lines[at])
        if size > MOST_BYTES:
            break
        if is_utf8(lines[at]):
            found.append(at)
            last = len(found) if lines[at].strip() else last
    return found[:last]
