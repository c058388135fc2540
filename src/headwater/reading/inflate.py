"""A file's bytes in blocks, inflated ahead of whoever reads them, within limits."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import BinaryIO

from isal import isal_zlib

from headwater.reading.magic import GZIP, ZSTD, Compression
from headwater.reading.unreadable import Unreadable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK_BYTES = 4 * 1024 * 1024
_READ_BYTES = 256 * 1024
_GZIP_WRAPPED = 31  # window bits: 15, and 16 for a gzip header
_ENDED = None
# The stubs declare an exception's class as an instance of it.
_BAD_GZIP: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class InflateLimits:
    """Where inflating stops: a file that grows past both is a bomb."""

    ratio: int = 200
    harmless_bytes: int = 1 << 30
    window_log: int = 27  # zstd: 128 MiB


def blocks(
    path: Path,
    compression: Compression,
    *,
    block_bytes: int = BLOCK_BYTES,
    ahead: int = 4,
    limits: InflateLimits | None = None,
) -> Iterator[bytes]:
    """The file's content in blocks of at most that many bytes.

    What is packed is inflated in a thread, that many blocks ahead. Unreadable:
    truncated, corrupt (also a wrong checksum, or something behind the end), ratio,
    nested, compression (a zstd window that is too large). What was handed out before
    is then to be dropped.
    """
    produced = _produce(path, compression, block_bytes, limits or InflateLimits())
    if compression is Compression.NONE:
        return produced
    return _ahead(produced, ahead)


def head(path: Path, compression: Compression, size_bytes: int) -> tuple[bytes, bool]:
    """The first bytes of the content, and whether that is all of it."""
    parts: list[bytes] = []
    missing = size_bytes + 1
    produced = _produce(path, compression, min(missing, BLOCK_BYTES), InflateLimits())
    with closing(produced):
        for block in produced:
            parts.append(block)
            missing -= len(block)
            if missing <= 0:
                break
    content = b"".join(parts)
    return content[:size_bytes], len(content) <= size_bytes


class _Source:
    """A packed file that knows how much of it was taken."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0

    def read(self) -> bytes:
        data = self._file.read(_READ_BYTES)
        self.taken += len(data)
        return data


def _produce(
    path: Path, compression: Compression, block_bytes: int, limits: InflateLimits
) -> Generator[bytes]:
    with path.open("rb", buffering=0) as file:
        if compression is Compression.NONE:
            while block := file.read(block_bytes):
                yield block
            return
        source = _Source(file)
        if compression is Compression.GZIP:
            inflated = _gunzip(source, block_bytes)
        else:
            inflated = _unzstd(source, block_bytes, limits.window_log)
        yield from _guarded(inflated, source, limits)


def _guarded(inflated: Iterator[bytes], source: _Source, limits: InflateLimits) -> Iterator[bytes]:
    given = 0
    for block in inflated:
        if given == 0 and block.startswith((GZIP, ZSTD)):
            raise Unreadable("nested", "it is packed twice; unpack it once before it is sent")
        given += len(block)
        if given > limits.harmless_bytes and given > limits.ratio * source.taken:
            raise Unreadable(
                "ratio",
                f"it inflates to more than {limits.ratio} times its size, as a bomb does; "
                "send it in smaller files if it is genuine",
            )
        yield block


def _gunzip(source: _Source, block_bytes: int) -> Iterator[bytes]:
    pending = source.read()
    while pending:
        member = isal_zlib.decompressobj(_GZIP_WRAPPED)
        while not member.eof:
            more = pending or source.read()
            try:
                block = member.decompress(more, block_bytes)
            except _BAD_GZIP as error:
                raise _corrupt("gzip", error) from error
            pending = member.unconsumed_tail
            if block:
                yield block
            elif not more and not member.eof:
                raise _truncated("gzip")
        pending = _next_member(member.unused_data or source.read(), source, GZIP[:1])


def _unzstd(source: _Source, block_bytes: int, window_log: int) -> Iterator[bytes]:
    options = {int(zstd.DecompressionParameter.window_log_max): window_log}
    pending = source.read()
    while pending:
        frame = zstd.ZstdDecompressor(options=options)
        while not frame.eof:
            more = (pending or source.read()) if frame.needs_input else b""
            try:
                block = frame.decompress(more, block_bytes)
            except zstd.ZstdError as error:
                raise _zstd_refusal(error, window_log) from error
            pending = b"" if more else pending
            if block:
                yield block
            elif not more and frame.needs_input and not frame.eof:
                raise _truncated("zstd")
        # A skippable frame's magic begins with another byte than a data frame's.
        pending = _next_member(frame.unused_data or source.read(), source, b"\x28PQRSTUVWXYZ[\\]^_")


def _next_member(rest: bytes, source: _Source, first_bytes: bytes) -> bytes:
    """What follows a member: another one, or nothing; zeros that pad a tape block are nothing."""
    if not rest or rest[0] in first_bytes:
        return rest
    while rest:
        if rest.strip(b"\0"):
            raise Unreadable(
                "corrupt",
                "something that is not packed data follows the end of the packed data; "
                "send the file again",
            )
        rest = source.read()
    return b""


def _corrupt(kind: str, error: Exception) -> Unreadable:
    return Unreadable("corrupt", f"the {kind} data is damaged ({error}); send the file again")


def _truncated(kind: str) -> Unreadable:
    return Unreadable(
        "truncated", f"the {kind} data ends before its end mark; send the file again whole"
    )


def _zstd_refusal(error: Exception, window_log: int) -> Unreadable:
    if "too much memory" in str(error):
        return Unreadable(
            "compression",
            f"its zstd window is larger than {1 << window_log >> 20} MiB; "
            "pack it without --long or with a smaller one",
        )
    return _corrupt("zstd", error)


def _ahead(produced: Generator[bytes], depth: int) -> Iterator[bytes]:
    """Hand over what a thread produces, at most depth blocks ahead; leaving early ends it."""
    shelf: Queue[bytes | BaseException | None] = Queue(maxsize=depth)
    stop = Event()
    thread = Thread(target=_fill, args=(produced, shelf, stop), name="inflate", daemon=True)
    thread.start()
    try:
        while (item := shelf.get()) is not _ENDED:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        while thread.is_alive():
            _discard(shelf)
            thread.join(0.01)


def _fill(
    produced: Generator[bytes], shelf: Queue[bytes | BaseException | None], stop: Event
) -> None:
    try:
        with closing(produced):
            for block in produced:
                if stop.is_set():
                    break
                shelf.put(block)
    except BaseException as error:  # noqa: BLE001 - whoever waits for a block must hear of it
        shelf.put(error)
    else:
        shelf.put(_ENDED)


def _discard(shelf: Queue[bytes | BaseException | None]) -> None:
    try:
        while True:
            shelf.get_nowait()
    except Empty:
        return
