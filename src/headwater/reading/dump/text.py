"""A window that moves over the text of a dump and knows its line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from headwater.reading.encoding.told import without_mark
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.taken import taken

WINDOW_BYTES = 256 * 1024  # what is made of it stays in the processor's cache


class DumpText:
    """What is at hand of the dump: `text`, of which all before `at` is done with."""

    def __init__(
        self,
        blocks: Iterable[bytes],
        *,
        window_bytes: int = WINDOW_BYTES,
        record_bytes: int = RECORD_BYTES,
    ) -> None:
        self._blocks = without_mark(blocks)
        self._window_bytes = window_bytes
        self._ended = False
        self.record_bytes = record_bytes
        self.text = b""
        self.at = 0
        self.line = 1  # on which `at` lies

    @property
    def ended(self) -> bool:
        """Whether nothing can follow what is at hand."""
        return self._ended and self.at >= len(self.text)

    @property
    def ahead(self) -> int:
        """How many bytes at hand are not done with."""
        return len(self.text) - self.at

    @property
    def full(self) -> bool:
        """Whether as much is at hand as one record may have."""
        return self.ahead > self.record_bytes

    def move(self, end: int) -> None:
        """Be done with all before that place."""
        self.line += self.text.count(b"\n", self.at, end)
        self.at = end

    def grow(self) -> bool:
        """Read on; whether there was more. At least doubles what is held, so that retries pay."""
        if self._ended:
            return False
        held = self.text[self.at :]
        parts, self._ended = taken(self._blocks, max(self._window_bytes, len(held)))
        self.text, self.at = b"".join((held, *parts)), 0
        return True

    def behind(self, pattern: re.Pattern[bytes], *, longest: int) -> bool:
        """Move behind the next match, which has at most so many bytes; or to the end, if none."""
        while True:
            found = pattern.search(self.text, self.at)
            if found is not None and (found.end() < len(self.text) or not self.grow()):
                self.move(found.end())
                return True
            if found is None:
                self.move(max(self.at, len(self.text) - longest))
                if not self.grow():
                    self.move(len(self.text))
                    return False
