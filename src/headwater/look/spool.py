"""A stream put into a file, so that it can be looked at more than once."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import BinaryIO

from headwater.errors import InputError, NoSpace, UsageError
from headwater.reading.packing.magic import Compression, compression_of

_BLOCK_BYTES = 1 << 20
_MOST_BYTES = 16 << 30
_NEED_THEIR_END = (b"PK", b"PAR1", b"ORC")
"""What files begin with that say at their end where everything is: zip and Excel, Parquet, ORC."""


def spool(stream: BinaryIO, path: Path, enough_bytes: int | None) -> bool:
    """Write what comes, or enough of it to look at, into a file; answer whether that is all.

    UsageError for a stream of text, InputError for one without an end, NoSpace.
    """
    try:
        with path.open("wb") as file:
            return _pour(stream, file, enough_bytes)
    except OSError as cause:
        if cause.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoSpace(
                "there is no room on disk for what is read from the stream",
                hint="name a folder that has some: TMPDIR=/folder",
            ) from cause
        raise InputError(f"the stream could not be read: {cause.strerror}") from cause


def _pour(stream: BinaryIO, file: BinaryIO, enough_bytes: int | None) -> bool:
    first, size, block = b"", 0, b""
    while block := stream.read(_BLOCK_BYTES):
        try:
            file.write(block)
        except TypeError as cause:
            raise UsageError(
                "the stream gives text, and files are bytes", hint="open it in binary mode: 'rb'"
            ) from cause
        first = first or block
        size += len(block)
        if size > _MOST_BYTES:
            raise InputError(
                f"the stream holds more than {_MOST_BYTES >> 30} GiB",
                hint="write it into a file, and name that",
            )
        if enough_bytes is not None and size >= enough_bytes and not _needs_end(first):
            if compression_of(first) is Compression.NONE and (end := block.rfind(b"\n") + 1):
                file.truncate(size - len(block) + end)  # a line cut in two is no line
            return False
    return True


def _needs_end(first: bytes) -> bool:
    return first.startswith(_NEED_THEIR_END)
