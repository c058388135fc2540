"""What was made goes where it belongs while more is made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock

from headwater.model.ids import AttemptId

_AT_ONCE = 4  # attempts: each puts several files at once


class Leaving:
    """Takes away what attempts have made, and tells whoever waits that it is there."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._going: dict[AttemptId, Future[None]] = {}

    def begin(self, attempt: AttemptId, take: Callable[[], None], kept: ExitStack) -> None:
        """Take away what an attempt has made; what is kept for it goes afterwards."""

        def leave() -> None:
            with kept:
                take()

        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_AT_ONCE, "leaving")
            self._going[attempt] = self._pool.submit(leave)

    def wait(self, attempt: AttemptId) -> None:
        """Return when all is where it belongs; raise what kept it from getting there."""
        with self._lock:
            going = self._going.pop(attempt, None)
        if going is not None:
            going.result()
