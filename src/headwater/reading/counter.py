"""Which count shares the pass over a file's bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from headwater.model.feed import Feed, Format
from headwater.reading.count import DelimitedCounter, LineCounter, RecordCounter
from headwater.reading.encoding.decode import keeps_ascii

Counting = Callable[[Path], RecordCounter | None]
"""The count for a file of a certain feed."""

_SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
}
_PACKED = frozenset({".gz", ".zst", ".zip", ".bz2", ".xz", ".lz4"})


def counter(feed: Feed | None, path: Path) -> RecordCounter | None:
    """The count that shares the pass over the bytes, where format and name tell which.

    A wrong guess costs speed, never rows: the engine compares its own count with this
    one and reads carefully where they differ.
    """
    kind = feed.format if feed else Format.AUTO
    if kind is Format.AUTO:
        kind = _SUFFIXES.get(path.suffix.lower(), Format.AUTO)
    if path.suffix.lower() in _PACKED or _is_wide(feed):
        return None
    if kind in {Format.CSV, Format.TSV}:
        return DelimitedCounter()
    return LineCounter() if kind is Format.NDJSON else None


def _is_wide(feed: Feed | None) -> bool:
    """Whether lines and quotes are not what they are in ASCII."""
    return feed is not None and feed.encoding is not None and not keeps_ascii(feed.encoding)
