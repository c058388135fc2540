"""Who may write to a ledger: any number of processes together, or one that replaces it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from headwater.adapters.sqlite.failure import explained
from headwater.errors import LedgerError


class Hold:
    """A share in the right to write, from the first write until it is let go.

    It is a lock on a file beside the ledger, which stays there for ever and is never
    removed: whoever locked a removed one would be alone without knowing. The system frees
    the lock when a process ends, however it ends. (On NFS, Linux makes it a lock of the
    server's, which is as good; but a ledger does not belong there.)
    """

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._descriptor: int | None = None
        self._turn = Lock()

    def share(self) -> None:
        """Take a share, if there is none yet; LedgerError while the ledger is being replaced."""
        if self._descriptor is not None:
            return
        with self._turn:
            if self._descriptor is None:
                self._descriptor = _lock(self._ledger, fcntl.LOCK_SH)
        if self._descriptor is None:
            raise LedgerError(
                f"{self._ledger} is being made anew by another process, and cannot be written",
                hint="run it again once `headwater verify --rebuild` has ended",
            )

    def let_go(self) -> None:
        """Give the share back; the next write takes another."""
        with self._turn:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


@contextmanager
def alone(ledger: Path) -> Iterator[None]:
    """Be the only one who may write; LedgerError if somebody else has a share."""
    descriptor = _lock(ledger, fcntl.LOCK_EX)
    if descriptor is None:
        raise LedgerError(
            f"{ledger} is in use: another process lands, works or makes it anew",
            hint="stop every `headwater work`, `ingest` and `land`, close the lakes that "
            "notebooks have open, and run it again",
        )
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(ledger: Path, kind: int) -> int | None:
    """A descriptor that holds the lock, or None if somebody stands in the way."""
    beside = ledger.with_name(ledger.name + ".lock")
    try:
        # Open for writing, since NFS wants that of whoever locks out all others.
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as cause:
        raise explained(cause, beside) from cause
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as cause:
        os.close(descriptor)
        if isinstance(cause, BlockingIOError):
            return None
        raise explained(cause, beside) from cause
    return descriptor
