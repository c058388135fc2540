"""A reading that is watched: for how long it takes, and for how much memory its child holds."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

SECONDS = 90
"""No small file takes as long, not even on a busy machine."""

RESIDENT_BYTES = 512 << 20


class Hung(Exception):
    """It did not end within its time."""


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raise Hung in this thread if it takes longer; the main thread only."""

    def ring(*_: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def child_in_time(process_id: int | None, seconds: float) -> Iterator[list[str]]:
    """Kill the child if it takes longer, and say so in the list."""
    said: list[str] = []

    def kill() -> None:
        said.append(f"the child took longer than {seconds:.0f} seconds")
        if process_id is not None:
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)

    timer = Timer(seconds, kill)
    timer.start()
    try:
        yield said
    finally:
        timer.cancel()


def forget_peak(process_id: int | None) -> None:
    """Have the system count the process's greatest memory from here on."""
    with suppress(OSError):
        Path(f"/proc/{process_id}/clear_refs").write_text("5", encoding="ascii")


def peak_bytes(process_id: int | None) -> int:
    """The most memory that the process held since; 0 where that cannot be told."""
    with suppress(OSError):
        for line in Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
