"""The disk below a lake: its kind, whether copies share blocks, how long an fsync takes."""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

_CLONE = 0x40049409  # Linux: FICLONE
_TRIES = 5
_MOUNT_POINT = 4
_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Disk:
    """What was found below a folder; None where it could not be tried."""

    folder: Path
    kind: str
    reflinks: bool | None
    fsync_seconds: float | None
    written_at: float | None


def look(folder: Path) -> Disk:
    """Try the disk below a folder, or below the nearest one above it that is there."""
    there = folder.absolute()
    while not there.is_dir():
        there = there.parent
    try:
        with TemporaryDirectory(prefix=".headwater-doctor-", dir=there) as scratch:
            reflinks = _reflinks(Path(scratch))
            seconds, written_at = _fsync(Path(scratch))
    except OSError:
        return Disk(there, _kind(there), None, None, None)
    return Disk(there, _kind(there), reflinks, seconds, written_at)


def _kind(folder: Path) -> str:
    """The file system's type, where this system says it."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "unknown"
    best, kind = "", "unknown"
    for mount in mounts:
        before, _, behind = mount.partition(" - ")
        point = before.split()[_MOUNT_POINT].replace("\\040", " ")
        below = folder.is_relative_to(point)
        if below and len(point) >= len(best):  # of two mounts at one place the later one shows
            best, kind = point, behind.split()[0]
    return kind


def _reflinks(scratch: Path) -> bool:
    source, target = scratch / "source", scratch / "target"
    source.write_bytes(b"x" * 4096)
    with source.open("rb") as opened, target.open("wb") as cloned:
        try:
            fcntl.ioctl(cloned.fileno(), _CLONE, opened.fileno())
        except OSError:
            return False
    return True


def _fsync(scratch: Path) -> tuple[float, float]:
    took = []
    file = scratch / "synced"
    with file.open("wb") as opened:
        for _ in range(_TRIES):
            opened.write(b"x" * 4096)
            opened.flush()
            began = time.perf_counter()
            os.fsync(opened.fileno())
            took.append(time.perf_counter() - began)
    return median(took), file.stat().st_mtime
