"""Events on their way from one service to another, and what befalls them there."""

from __future__ import annotations

import logging
from collections import defaultdict
from threading import Lock

from headwater.emulator.agenda import Action, Agenda
from headwater.emulator.faults import Faults

_OVERTAKEN_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Deliveries:
    """Where every event passes by that one service sends another."""

    def __init__(self, agenda: Agenda, faults: Faults) -> None:
        """Take who does things later, and who says what goes wrong."""
        self._agenda = agenda
        self._faults = faults
        self._held: dict[str, list[Action]] = defaultdict(list)
        self._lock = Lock()

    def deliver(self, target: str, send: Action) -> None:
        """Bring an event to its target, as often and as late as its fate has it.

        An event with no fault has arrived when this returns.
        """
        fate = self._faults.fate(target)
        if not fate.copies:
            return
        if fate.behind_next:
            self._hold(target, send, fate.copies)
        elif fate.late_seconds:
            for _ in range(fate.copies):
                self._agenda.later(fate.late_seconds, lambda: _attempt(send))
        else:
            for _ in range(fate.copies):
                _attempt(send)
            self._let_go(target)

    def _hold(self, target: str, send: Action, copies: int) -> None:
        with self._lock:
            self._held[target] += [send] * copies
        # Where nothing follows that could overtake it, it arrives nevertheless.
        self._agenda.later(_OVERTAKEN_SECONDS, lambda: self._let_go(target))

    def _let_go(self, target: str) -> None:
        with self._lock:
            held = self._held.pop(target, [])
        for send in held:
            _attempt(send)


def _attempt(send: Action) -> None:
    """Send, and do not tell the sender that it failed: AWS does not either."""
    try:
        send()
    except Exception:  # noqa: BLE001 - the door between two services
        _log.exception("an event could not be delivered")
