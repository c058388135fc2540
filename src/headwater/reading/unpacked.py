"""How much a packed file holds, judged from its first bytes or its directory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from headwater.reading.packing.magic import Compression, compression_of
from headwater.reading.packing.packed import InflateLimits, Packed, unpacked
from headwater.reading.packing.zips import chosen, members_of
from headwater.reading.unreadable import Unreadable

_LOOK_BYTES = 1 << 20
_MAGIC_BYTES = 64 * 1024
_ENOUGH_BYTES = 64 << 20


def unpacked_bytes(path: Path, member: str | None = None) -> int:
    """About how many bytes are in the file; of a zip archive, in the members that are read.

    At most one MiB of it is read. What is damaged counts as it lies there: whoever reads it
    says what is wrong with it.
    """
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        compression = compression_of(file.read(_MAGIC_BYTES))
        if compression is Compression.NONE:
            return size_bytes
        if compression is not Compression.ZIP:
            return max(_estimate(file, compression, size_bytes), size_bytes)
        try:
            members = chosen(members_of(file, InflateLimits()), member)
        except Unreadable:  # a workbook is a zip archive, too, and is read in its own way
            return size_bytes
        return sum(each.size_bytes for each in members)


def _estimate(file: BinaryIO, compression: Compression, size_bytes: int) -> int:
    file.seek(0)
    packed = Packed(file, min(size_bytes, _LOOK_BYTES))
    given = taken = 0
    with suppress(Unreadable):  # the look ends in the middle of what is packed
        for block in unpacked(packed, compression, _MAGIC_BYTES, InflateLimits()):
            given += len(block)
            taken = packed.taken  # what is taken later gives nothing any more
            if given > _ENOUGH_BYTES:
                break
    return given * size_bytes // max(taken, 1)
