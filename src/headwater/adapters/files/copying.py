"""Copying a file's bytes without reading them: a reflink, or the kernel's own copy."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Callable

from headwater.points import point

_FICLONE = 0x40049409  # Linux: share the source's blocks until one of the two is written to
_PIECE_BYTES = 1 << 26  # so that somebody can be told how far it has come
_READ_BYTES = 1 << 20
_CANNOT = frozenset(
    {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EXDEV, errno.EPERM}
)

_Mover = Callable[[int, int, int], int]  # source, target, at most so many bytes: how many


def copy_bytes(source: int, target: int, size: int, told: Callable[[int], None]) -> None:
    """Copy that many bytes, or as many as there are, from where both descriptors stand."""
    if size == 0 or _reflink(source, target):
        told(size)
        return
    movers = list(_MOVERS)
    left = size
    piece = (size + 1) // 2  # two pieces at least, so that there is a middle to crash in
    while left and movers:
        moved = _try(movers[0], source, target, min(left, piece, _PIECE_BYTES))
        if moved:
            left -= moved
            told(moved)
            point("up.mid_body")
        else:  # the end, or a file system that this way does not work on
            movers.pop(0)


def write_bytes(target: int, body: bytes) -> None:
    """Write the body, in two pieces at least."""
    view = memoryview(body)
    half = (len(view) + 1) // 2
    while view:
        view = view[os.write(target, view[:half]) :]
        point("up.mid_body")


def _reflink(source: int, target: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def _try(mover: _Mover, source: int, target: int, count: int) -> int:
    try:
        return mover(source, target, count)
    except OSError as cause:
        if cause.errno in _CANNOT and mover is not _read_and_write:
            return 0
        raise


def _send(source: int, target: int, count: int) -> int:
    # Without an offset the source's own position is used and moved on.
    return os.sendfile(target, source, None, count)


def _read_and_write(source: int, target: int, count: int) -> int:
    block = os.read(source, min(count, _READ_BYTES))
    view = memoryview(block)
    while view:
        view = view[os.write(target, view) :]
    return len(block)


_MOVERS: tuple[_Mover, ...] = (
    (os.copy_file_range, _send, _read_and_write) if sys.platform == "linux" else (_read_and_write,)
)
