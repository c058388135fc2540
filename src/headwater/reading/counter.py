"""Which count shares the pass over a file's bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from headwater.model.feed import Feed, Format
from headwater.reading.count import Block, DelimitedCounter, LineCounter, RecordCounter
from headwater.reading.encoding.codec import keeps_ascii
from headwater.reading.packing.magic import is_opaque

Counting = Callable[[Path], RecordCounter | None]
"""The count for a file of a certain feed."""

_SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
}
_HEAD_BYTES = 64  # enough for every magic


def counter(feed: Feed | None, path: Path) -> RecordCounter | None:
    """The count that shares the pass over the bytes, where format and name tell which.

    A wrong guess costs speed, never rows: the engine compares its own count with this
    one and reads carefully where they differ.
    """
    kind = feed.format if feed else Format.AUTO
    if kind is Format.AUTO:
        kind = _SUFFIXES.get(path.suffix.lower(), Format.AUTO)
    if _is_wide(feed):
        return None
    if kind in {Format.CSV, Format.TSV}:
        return _OfText(DelimitedCounter())
    return _OfText(LineCounter()) if kind is Format.NDJSON else None


class _OfText:
    """A count that ends where the first bytes are none of a text, whatever the name says."""

    def __init__(self, counter: DelimitedCounter | LineCounter) -> None:
        self._counter: DelimitedCounter | LineCounter | None = counter
        self._head: bytes | None = b""

    def update(self, block: Block) -> None:
        """Take the next bytes; they may change once this returns."""
        if self._head is not None:
            self._head += bytes(block)
            if len(self._head) < _HEAD_BYTES:
                return
            block = self._begin(self._head)
        if self._counter is not None:
            self._counter.update(block)

    def finish(self) -> int | None:
        """How many records there were in all; None where lines do not tell."""
        if self._head is not None:
            rest = self._begin(self._head)
            if self._counter is not None:
                self._counter.update(rest)
        return None if self._counter is None else self._counter.finish()

    def _begin(self, head: bytes) -> bytes:
        self._head = None
        if is_opaque(head):
            self._counter = None
        return head


def _is_wide(feed: Feed | None) -> bool:
    """Whether lines and quotes are not what they are in ASCII."""
    return feed is not None and feed.encoding is not None and not keeps_ascii(feed.encoding)
