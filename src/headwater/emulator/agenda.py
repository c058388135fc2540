"""What is to be done, at once or at a time of the box's clock."""

from __future__ import annotations

import heapq
import itertools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock

from headwater.emulator.clock import Clock

_HANDS = 16
_log = logging.getLogger(__name__)

Action = Callable[[], None]


class Agenda:
    """Actions, and the hands that carry them out."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock that says what is due."""
        self._clock = clock
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="box")
        self._later: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()
        self._running = 0
        self._lock = Lock()

    @property
    def running(self) -> int:
        """How many actions run or wait for a hand."""
        return self._running

    @property
    def waiting(self) -> int:
        """How many wait for their time."""
        return len(self._later)

    def soon(self, action: Action) -> None:
        """Have it done as soon as a hand is free."""
        with self._lock:
            self._running += 1
        self._hands.submit(self._carry_out, action)

    def later(self, seconds: float, action: Action) -> None:
        """Have it done when so much time has passed in the box."""
        due = self._clock.now() + timedelta(seconds=seconds)
        with self._lock:
            heapq.heappush(self._later, (due, next(self._order), action))

    def begin_due(self) -> int:
        """Hand over what is due; how much that was."""
        begun = 0
        while True:
            with self._lock:
                if not self._later or self._later[0][0] > self._clock.now():
                    return begun
                _, _, action = heapq.heappop(self._later)
            self.soon(action)
            begun += 1

    def _carry_out(self, action: Action) -> None:
        try:
            action()
        except Exception:  # noqa: BLE001 - the door: nobody waits for what it comes to
            _log.exception("an action of the box failed")
        finally:
            with self._lock:
                self._running -= 1
