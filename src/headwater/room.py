"""Folders for what is needed for a while: each goes with whoever needs it, even if that is killed.

A room's owner holds a lock on a file in it for as long as it lives. Whoever opens
a room later looks once for old ones that nobody holds any more, and removes them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR
from tempfile import gettempdir, mkdtemp

from headwater.errors import NoSpace

_NAME = "headwater-room-"
_LOCK = ".held"
_OLD_SECONDS = 3600.0  # one that was made a moment ago may not be held yet
_swept = False


class Room:
    """A folder of its owner's own, there as long as somebody needs it."""

    def __init__(self) -> None:
        """Make it, among the temporary files of this machine."""
        _sweep_once()
        try:
            self.path = Path(mkdtemp(prefix=_NAME))
            lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as cause:
            raise NoSpace(
                f"there is no folder for what is read: {cause.strerror}",
                hint="name one that can be written to: TMPDIR=/folder",
            ) from cause
        self._end = weakref.finalize(self, _leave, self.path, lock, os.getpid())
        _hold(self.path / _LOCK, lock)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Remove it and what is in it."""
        self._end()


def sweep(folder: Path, now: float) -> int:
    """Remove old rooms in the folder that nobody holds; answer how many."""
    return sum(_take_away(each) for each in _old(folder, now))


def _hold(file: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError:
        file.unlink()  # nobody can hold anything there, so nobody may take it for left behind


def _leave(path: Path, lock: int, owner: int) -> None:
    if os.getpid() == owner:  # and not a process that its owner has forked
        _remove(path, lock)


def _sweep_once() -> None:
    """Once a process is often enough: rooms are left behind by those that are killed."""
    global _swept  # noqa: PLW0603 - a process has one folder for temporary files
    if not _swept:
        _swept = True
        with suppress(OSError):
            sweep(Path(gettempdir()), time.time())


def _old(folder: Path, now: float) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(_NAME):
                continue
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                ours = S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
                if ours and now - status.st_mtime > _OLD_SECONDS:
                    yield Path(entry.path)


def _take_away(room: Path) -> bool:
    try:
        lock = os.open(room / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False  # it is no room of ours, or is being removed
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)  # somebody needs it
        return False
    _remove(room, lock)
    return not room.exists()


def _remove(path: Path, lock: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(lock)
