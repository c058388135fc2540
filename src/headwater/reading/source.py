"""A local file that is to be read: opened without harm, and known again by its stamp."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headwater.errors import (
    HeadwaterError,
    InputError,
    SourceChanged,
    SourceMissing,
    SourceNotAFile,
    SourceUnreadable,
)

# Non-blocking, because a pipe may have taken the file's place since it was looked at.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def source_stamp(status: os.stat_result) -> str:
    """Another one means other content: inode, time of change and size.

    Not the time of status change, since a link to the file alters that.
    """
    return f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"


@contextmanager
def open_source(path: Path) -> Iterator[int]:
    """A descriptor of the regular file there, symbolic links followed; closed afterwards.

    SourceMissing, SourceNotAFile, SourceUnreadable. Pipes and devices are not even opened.
    """
    descriptor = _open(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def require_stamp(path: Path, descriptor: int, stamp: str) -> None:
    """Refuse with SourceChanged what has another stamp by now."""
    if source_stamp(os.fstat(descriptor)) != stamp:
        raise changed(path)


def changed(path: Path) -> SourceChanged:
    """The refusal of a file that did not hold still."""
    return SourceChanged(
        f"{spell(path)} changed while it was read",
        hint="wait until its writer has finished, then land it again",
    )


def spell(path: Path) -> str:
    """The path as a message can show it: what is not UTF-8 is escaped."""
    return os.fsencode(path).decode(errors="backslashreplace")


def source_fault(path: Path, cause: OSError | ValueError) -> HeadwaterError:
    """What the system's refusal to open or read a source means."""
    name = spell(path)
    if isinstance(cause, ValueError):  # a NUL in the path
        return SourceMissing(f"{name!r} is not a path", hint="check the path's spelling")
    match cause.errno:
        case errno.ENOENT | errno.ENOTDIR | errno.ENAMETOOLONG:
            return SourceMissing(f"{name} is not there", hint="check the path and its spelling")
        case errno.EACCES | errno.EPERM:
            return SourceUnreadable(
                f"{name} may not be read: {cause.strerror}",
                hint="give this user the right to read the file and to enter its folders",
            )
        case errno.ELOOP:
            return SourceMissing(
                f"{name} is a symbolic link that leads round in a circle",
                hint="name the file itself",
            )
        case errno.ENXIO:
            return _not_a_file(name, "a socket or device")
    return InputError(
        f"{name} could not be read: {cause.strerror}",
        hint="check the disk or network it lies on, then land it again",
    )


def _open(path: Path) -> int:
    try:
        _require_regular(path, path.stat())
        try:
            descriptor = os.open(path, _FLAGS)
        except OSError as cause:
            if cause.errno != errno.ELOOP:
                raise
            descriptor = os.open(os.path.realpath(path, strict=True), _FLAGS)
    except (OSError, ValueError) as cause:
        raise source_fault(path, cause) from cause
    try:
        _require_regular(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_regular(path: Path, status: os.stat_result) -> None:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    raise _not_a_file(spell(path), next((w for is_kind, w in kinds if is_kind(mode)), "a device"))


def _not_a_file(name: str, what: str) -> SourceNotAFile:
    return SourceNotAFile(
        f"{name} is {what}, not a file", hint="name the files themselves, or a pattern over them"
    )
