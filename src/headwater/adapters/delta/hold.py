"""A right that one process of this machine has at a time, and that ends with it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TRIES = 5  # whoever only asks whether it is held holds it for a moment
_GLANCE_SECONDS = 0.01


@contextmanager
def hold(file: Path) -> Iterator[bool]:
    """Hold the file's lock until the end of the block; False where somebody else holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        yield _take(lock)
    finally:
        os.close(lock)


def held(file: Path) -> bool:
    """Whether somebody holds the file's lock."""
    try:
        lock = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def _take(lock: int) -> bool:
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_GLANCE_SECONDS)
        else:
            return True
    return False
