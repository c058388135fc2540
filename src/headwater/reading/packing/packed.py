"""Packed bytes taken apart, member by member, in bounded memory."""

from __future__ import annotations

import bz2
import lzma
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from isal import igzip_lib

from headwater.reading.packing.magic import Compression
from headwater.reading.unreadable import Unreadable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_READ_BYTES = 256 * 1024
_FIRST_BYTES = 1024
_XZ_OVERHEAD_BYTES = 4 << 20
# The stubs declare an exception's class as an instance of it.
_BAD_GZIP: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]
_DAMAGED = (_BAD_GZIP, OSError, EOFError, ValueError, RuntimeError, lzma.LZMAError, zstd.ZstdError)
# What another member begins with: a frame that is to be skipped begins otherwise than one of data.
_SKIPPABLE = b"PQRSTUVWXYZ[\\]^_"
_FIRST_OF_MEMBER = {
    Compression.GZIP: b"\x1f",
    Compression.ZSTD: b"\x28" + _SKIPPABLE,
    Compression.BZIP2: b"B",
    Compression.XZ: b"\xfd",
    Compression.LZ4: b"\x04" + _SKIPPABLE,
}


@dataclass(frozen=True, slots=True)
class InflateLimits:
    """Where inflating stops: a file that grows past both is a bomb."""

    ratio: int = 200
    harmless_bytes: int = 1 << 30
    window_log: int = 27  # of zstd and xz: 128 MiB


class Unpacker(Protocol):
    """Takes one member apart."""

    @property
    def eof(self) -> bool:
        """Whether the member's end was reached."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out of what was put in."""
        ...

    @property
    def unused_data(self) -> bytes | None:
        """What was put in and lies behind the member's end."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Some more of what was packed."""
        ...


class Packed:
    """Packed bytes, handed out in helpings; what a member does not want is put back.

    Helpings start small behind each member: were they large, a file of tiny members
    would have its bytes copied again for each of them.
    """

    def __init__(self, file: BinaryIO, size_bytes: int | None = None) -> None:
        """Start where the file stands; with a size, end so many bytes further on."""
        self._file = file
        self._left = sys.maxsize if size_bytes is None else size_bytes
        self._held = b""
        self._at = 0
        self._helping = _FIRST_BYTES
        self.taken = 0  # bytes handed out and not put back

    def take(self) -> bytes:
        """The next helping; empty at the end."""
        if self._at == len(self._held):
            self._held = self._file.read(min(_READ_BYTES, self._left))
            self._left -= len(self._held)
            self._at = 0
        helping = self._held[self._at : self._at + self._helping]
        self._at += len(helping)
        self.taken += len(helping)
        self._helping = min(4 * self._helping, _READ_BYTES)
        return helping

    def put_back(self, size_bytes: int) -> None:
        """Give back the end of the last helping."""
        self._at -= size_bytes
        self.taken -= size_bytes
        self._helping = _FIRST_BYTES


def unpacker_of(compression: Compression, limits: InflateLimits) -> Callable[[], Unpacker]:
    """What makes an unpacker for each member."""
    match compression:
        case Compression.GZIP:
            return lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        case Compression.BZIP2:
            return bz2.BZ2Decompressor
        case Compression.XZ:
            memory = (1 << limits.window_log) + _XZ_OVERHEAD_BYTES
            return lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=memory)
        case Compression.LZ4:
            return _lz4_unpacker()
        case _:
            options = {int(zstd.DecompressionParameter.window_log_max): limits.window_log}
            return lambda: zstd.ZstdDecompressor(options=options)


def raw_deflate() -> Unpacker:
    """An unpacker of deflated data without a header, as zip archives hold it."""
    unpacker: Unpacker = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)
    return unpacker


def unpacked(
    packed: Packed, compression: Compression, block_bytes: int, limits: InflateLimits
) -> Iterator[bytes]:
    """Every member's content, in blocks. Unreadable: truncated, corrupt, compression."""
    make = unpacker_of(compression, limits)
    yield from member_content(packed, make(), compression, block_bytes)
    while _another(packed, compression):
        yield from member_content(packed, make(), compression, block_bytes)


def member_content(
    packed: Packed, unpacker: Unpacker, compression: Compression, block_bytes: int
) -> Iterator[bytes]:
    """One member's content, in blocks."""
    while not unpacker.eof:
        hungry = unpacker.needs_input
        more = packed.take() if hungry else b""
        try:
            block = unpacker.decompress(more, block_bytes)
        except _DAMAGED as error:
            raise _refusal(compression, error) from error
        if block:
            yield block
        elif hungry and not more and not unpacker.eof:
            raise Unreadable(
                "truncated",
                f"the {compression} data ends before its end mark; send the file again whole",
            )
    packed.put_back(len(unpacker.unused_data or b""))


def _another(packed: Packed, compression: Compression) -> bool:
    """Whether another member follows; zeros that pad a tape block are nothing."""
    padded = False
    while rest := packed.take():
        member = rest.lstrip(b"\0")
        padded = padded or member[:1] != rest[:1]
        # Only xz knows padding between members.
        starts = member[:1] in {bytes([byte]) for byte in _FIRST_OF_MEMBER[compression]}
        if starts and (not padded or compression is Compression.XZ):
            packed.put_back(len(member))
            return True
        if member:
            raise Unreadable(
                "corrupt",
                "something that is not packed data follows the end of the packed data; "
                "send the file again",
            )
    return False


def _refusal(compression: Compression, error: Exception) -> Unreadable:
    said = str(error).lower()
    if "too much memory" in said or "memory usage limit" in said:
        return Unreadable(
            "compression",
            f"its {compression} window is too large to be unpacked in bounded memory; "
            "pack it without --long or with a smaller dictionary",
        )
    return Unreadable(
        "corrupt", f"the {compression} data is damaged ({error}); send the file again"
    )


def _lz4_unpacker() -> Callable[[], Unpacker]:
    try:
        frame: Any = import_module("lz4.frame")
    except ImportError as missing:
        raise Unreadable(
            "compression",
            "it is an lz4 file, and the package for these is not installed; install "
            "headwater[lz4], or pack it with gzip or zstd",
        ) from missing
    make: Callable[[], Unpacker] = frame.LZ4FrameDecompressor
    return make
