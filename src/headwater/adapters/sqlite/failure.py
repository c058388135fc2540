"""What SQLite's errors mean to a user."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import apsw

from headwater.errors import BrokenInvariant, HeadwaterError, LedgerError, NoSpace, StoreError

BUSY = (apsw.BusyError, apsw.LockedError, apsw.ProtocolError)
"""Somebody else has the lock: wait and try again. Never shown to a user as such."""

_NEEDED = 65_536  # what the shared memory of the write-ahead log takes, and a little
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def explained(cause: Exception, path: Path, *, system_errno: int = 0) -> HeadwaterError:
    """The error of our own tree for one of SQLite's or the file system's, on that file."""
    if isinstance(cause, OSError):
        system_errno = cause.errno or 0
    no_room = isinstance(cause, apsw.IOError) and _is_full(path)
    if isinstance(cause, apsw.FullError) or system_errno in _FULL or no_room:
        return NoSpace(
            f"{path} cannot grow: the disk or a quota is full",
            hint="free some space and run it again; nothing is lost",
        )
    if isinstance(cause, BUSY):
        return LedgerError(
            f"{path} stayed locked by another process for too long",
            hint="end the backup, SQLite shell or stopped worker that holds it; run it again",
        )
    if isinstance(cause, apsw.CorruptError | apsw.NotADBError):
        return LedgerError(
            f"{path} is damaged: {cause}",
            hint="rebuild it from the raw zone and the tables: headwater verify --rebuild",
        )
    if isinstance(cause, apsw.ConstraintError):
        return BrokenInvariant(
            f"{path} refused a change that would break its rules: {cause}",
            hint="nothing was changed; please report it with this message",
        )
    return _out_of_reach(cause, path)


def _is_full(path: Path) -> bool:
    """Whether that is why: of the files beside the database SQLite does not say it."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _NEEDED


def _out_of_reach(cause: Exception, path: Path) -> HeadwaterError:
    if isinstance(cause, apsw.ReadOnlyError):
        return StoreError(
            f"{path} cannot be written: it, or its disk, is read-only",
            hint=f"let this user write to {path.parent} and the files in it",
        )
    if isinstance(cause, apsw.CantOpenError | apsw.PermissionsError | OSError):
        return StoreError(
            f"{path} cannot be opened: {cause}",
            hint=f"see that {path.parent} is a folder that this user may write to",
        )
    if isinstance(cause, apsw.IOError):
        return StoreError(
            f"{path} cannot be read or written: {cause}",
            hint="look at the disk's health and free space, then run it again",
        )
    return LedgerError(f"{path}: {cause}", hint="please report it with this message")
