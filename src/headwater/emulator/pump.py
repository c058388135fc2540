"""What keeps the box going: it looks many times a second for what has become due."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Protocol

from headwater.emulator.agenda import Agenda
from headwater.emulator.clock import Clock

_LOOK_SECONDS = 0.05
_log = logging.getLogger(__name__)


class Moving(Protocol):
    """Something between services that moves by itself."""

    def step(self) -> None:
        """Begin what is due."""

    def is_quiet(self) -> bool:
        """Whether nothing runs here, and nothing waits that could run."""


class Pump:
    """All that moves, moved."""

    def __init__(self, clock: Clock, agenda: Agenda, moving: Sequence[Moving]) -> None:
        """Take the clock, the agenda, and what moves besides."""
        self._clock = clock
        self._agenda = agenda
        self._moving = moving
        self._end = Event()
        self._lock = Lock()

    def start(self) -> None:
        """Begin to look."""
        Thread(target=self._run, name="pump", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._end.set()

    def push(self, seconds: float) -> datetime:
        """Let so much time pass, and begin what is due then."""
        self._step()
        self._clock.push(seconds)
        self._step()
        return self._clock.now()

    def is_quiet(self) -> bool:
        """Whether nothing runs, and nothing waits that could run."""
        return not self._agenda.running and all(each.is_quiet() for each in self._moving)

    def _run(self) -> None:
        while not self._end.wait(_LOOK_SECONDS):
            try:
                self._step()
            except Exception:  # noqa: BLE001 - the door: the next look may find it mended
                _log.exception("the box could not see what is due")

    def _step(self) -> None:
        with self._lock:
            self._agenda.begin_due()
            for each in self._moving:
                each.step()
