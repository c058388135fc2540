"""Files that are mostly holes: they claim to be large, and hardly anything was written to them."""

from __future__ import annotations

import os
from pathlib import Path

from headwater.errors import SourceTooBig
from headwater.reading.source import spell

_LARGE_BYTES = 1 << 30
_RATIO = 200  # as of packed files: past it, and past that size, a file is a bomb


def require_written(path: Path, descriptor: int, size_bytes: int) -> None:
    """SourceTooBig for a file that to read would take hours and that holds next to nothing.

    Where a file system cannot tell holes from bytes, all of it counts as written.
    """
    if size_bytes <= _LARGE_BYTES:
        return
    least = size_bytes // _RATIO
    written = _written(descriptor, least)
    if written >= least:
        return
    raise SourceTooBig(
        f"{spell(path)} claims {size_bytes:,} bytes, and {written:,} were ever written to it: "
        "the rest are holes",
        hint="send the file that was meant; a download that made room first may not have ended",
    )


def _written(descriptor: int, enough: int) -> int:
    """How many bytes are no holes, counted no further than is enough."""
    written = position = 0
    while written < enough:
        try:
            start = os.lseek(descriptor, position, os.SEEK_DATA)
        except OSError:  # none behind it
            break
        position = os.lseek(descriptor, start, os.SEEK_HOLE)
        written += position - start
    os.lseek(descriptor, 0, os.SEEK_SET)
    return written
