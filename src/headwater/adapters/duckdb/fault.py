"""What DuckDB and the system raise, in the words of our own errors."""

from __future__ import annotations

import errno
import re

import duckdb

from headwater.errors import EngineError, EngineRefused, HeadwaterError, NoSpace

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_WORDS = re.compile(
    r"No space left on device|Disk quota exceeded|File too large"
    r"|temporary directory size|max_temp_directory_size",
    re.IGNORECASE,
)
_FILE = re.compile(r'Failed to read file ".*?": |in file "[^"]*",? ?|^Invalid Input Error: ')
_ROOM = "free some space, or raise the quota, and run it again"


def translated(cause: BaseException) -> HeadwaterError:
    """The same failure as an error of ours."""
    if isinstance(cause, HeadwaterError):
        return cause
    said = first_line(cause)
    full = isinstance(cause, OSError) and cause.errno in _FULL
    if full or _FULL_WORDS.search(str(cause)):
        return NoSpace(f"the disk is full or a quota is used up: {said}", hint=_ROOM)
    if isinstance(cause, MemoryError | duckdb.OutOfMemoryException):
        return EngineRefused(
            f"the engine ran out of memory: {said}",
            hint="raise the engine's memory limit, or make the batches smaller",
        )
    return EngineError(
        f"the conversion failed: {said}", hint="try again; if it fails in the same way, report it"
    )


def first_line(cause: BaseException) -> str:
    """What it says, without the pages that follow and the names of files."""
    said = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
    return _FILE.sub("", said)
