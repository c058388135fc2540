"""Making files last: what is written survives the power going out."""

from __future__ import annotations

import ctypes
import fcntl
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

MANY = 16
"""From more files than this on, one sync of the file system is faster than one for each."""

_FULL_SYNC: int | None = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync stops at the drive


def make_durable(paths: Sequence[Path]) -> None:
    """Make these files, and their names in their folders, last; OSError if it cannot be done.

    After an error write the files anew: what the system could not write it may have dropped.
    """
    sync_files(paths)
    sync_folders({path.parent for path in paths})


def sync_files(paths: Sequence[str | Path]) -> None:
    """Make the content of files last."""
    if len(paths) <= MANY or not _sync_file_systems(Path(path).parent for path in paths):
        for path in paths:
            _sync(path)


def sync_folders(folders: Iterable[str | Path]) -> None:
    """Make the names in folders last."""
    distinct = set(folders)
    if len(distinct) <= MANY or not _sync_file_systems(distinct):
        for folder in distinct:
            _sync(folder)


def _sync(path: str | Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _FULL_SYNC is not None:
            try:
                fcntl.fcntl(descriptor, _FULL_SYNC)
            except OSError:  # a file system that does not know it
                os.fsync(descriptor)
        else:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_systems(folders: Iterable[str | Path]) -> bool:
    """Sync every file system that holds one of the folders; False if the system cannot."""
    if _syncfs is None:
        return False
    by_device = {Path(folder).stat().st_dev: folder for folder in set(folders)}
    for folder in by_device.values():
        # An error that nobody has been told of yet is told to a descriptor opened after it.
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if _syncfs(descriptor) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code), str(folder))
        finally:
            os.close(descriptor)
    return True


def _find_syncfs() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


_syncfs = _find_syncfs()
