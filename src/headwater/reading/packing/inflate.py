"""A file's bytes in blocks, inflated ahead of whoever reads them, within limits."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import BinaryIO

from headwater.reading.packing.magic import Compression, refuse_nested
from headwater.reading.packing.packed import InflateLimits, Packed, unpacked
from headwater.reading.packing.zips import chosen, content, find, members_of
from headwater.reading.unreadable import Unreadable

__all__ = ["BLOCK_BYTES", "InflateLimits", "blocks", "head"]

BLOCK_BYTES = 1024 * 1024
_ENDED = None


def blocks(
    path: Path,
    compression: Compression,
    *,
    member: str | None = None,
    block_bytes: int = BLOCK_BYTES,
    ahead: int = 4,
    limits: InflateLimits | None = None,
) -> Iterator[bytes]:
    """The file's content in blocks of at most that many bytes; of an archive, a member's.

    What is packed is inflated in a thread, that many blocks ahead. Unreadable:
    truncated, corrupt (also a wrong checksum, or something behind the end), ratio,
    nested, compression (a window that is too large), and those of zip archives. What
    was handed out before is then to be dropped.
    """
    produced = _produce(path, compression, member, block_bytes, limits or InflateLimits())
    if compression is Compression.NONE:
        return produced
    return _ahead(produced, ahead)


def head(
    path: Path, compression: Compression, size_bytes: int, member: str | None = None
) -> tuple[bytes, bool]:
    """The first bytes of the content, and whether that is all of it."""
    parts: list[bytes] = []
    missing = size_bytes + 1
    produced = _produce(path, compression, member, min(missing, BLOCK_BYTES), InflateLimits())
    with closing(produced):
        for block in produced:
            parts.append(block)
            missing -= len(block)
            if missing <= 0:
                break
    held = b"".join(parts)
    return held[:size_bytes], len(held) <= size_bytes


def member_names(path: Path, pattern: str | None) -> tuple[str, ...]:
    """The members of a zip archive that are to be read. Unreadable: multi, and as `blocks`."""
    with path.open("rb") as file:
        return tuple(each.name for each in chosen(members_of(file, InflateLimits()), pattern))


def _produce(
    path: Path,
    compression: Compression,
    member: str | None,
    block_bytes: int,
    limits: InflateLimits,
) -> Generator[bytes]:
    with path.open("rb", buffering=0) as file:
        if compression is Compression.NONE:
            while block := file.read(block_bytes):
                yield block
        elif compression is Compression.ZIP:
            yield from _of_archive(file, member, block_bytes, limits)
        else:
            packed = Packed(file)
            yield from _guarded(unpacked(packed, compression, block_bytes, limits), packed, limits)


def _of_archive(
    file: BinaryIO, name: str | None, block_bytes: int, limits: InflateLimits
) -> Iterator[bytes]:
    members = members_of(file, limits)
    member = next((each for each in members if name in {None, each.name}), None)
    if member is None:
        raise Unreadable("corrupt", f"{name!r} is not in its zip archive; send it again")
    packed = Packed(file, find(file, member))
    yield from _guarded(content(packed, member, block_bytes, limits), packed, limits)


def _guarded(inflated: Iterator[bytes], packed: Packed, limits: InflateLimits) -> Iterator[bytes]:
    given = 0
    for block in inflated:
        if given == 0:
            refuse_nested(block)
        given += len(block)
        if given > limits.harmless_bytes and given > limits.ratio * packed.taken:
            raise Unreadable(
                "ratio",
                f"it inflates to more than {limits.ratio} times its size, as a bomb does; "
                "send it in smaller files if it is genuine",
            )
        yield block


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
