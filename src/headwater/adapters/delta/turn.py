"""Whose turn it is to write: politeness between the writers of one machine.

Nothing is wrong without it: of racing writers the log takes one, and the others look again.
But eight that always race do eight times the work, so they wait for each other; though never
for one that was stopped in the middle of its turn, which shows in a log that does not move.
"""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 1.0
_GLANCE_SECONDS = 0.004


@contextmanager
def turn(folder: Path, log: Path) -> Iterator[None]:
    """Hold the folder's lock, or go without it once patience is at its end."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        _wait(lock, log)
        yield
    finally:
        os.close(lock)


def _wait(lock: int, log: Path) -> None:
    last_move, patient_until = 0, 0.0
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            moved = log.stat().st_mtime_ns
            if moved != last_move:
                last_move, patient_until = moved, time.monotonic() + PATIENCE_SECONDS
            if time.monotonic() > patient_until:
                return
            time.sleep(_GLANCE_SECONDS * (0.5 + random.random()))
        else:
            return
