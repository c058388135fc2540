"""Whether a service answers at all: who waits for its first answer is told so, and not for long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Timer
from typing import Any
from urllib.parse import urlsplit

from headwater.errors import StoreError

WITHIN_SECONDS = 12.0
"""For the first answer: two tries of a connection that nobody takes."""

LOOK_AT = "look at network, proxy, region and AWS_ENDPOINT_URL, then run it again"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A service that has said nothing yet."""

    since: float
    telling: Timer


class Reach:
    """What was heard from services so far, as their clients tell of each try.

    Where nothing was ever heard, keys, region or network are wrong more often than a service is
    busy: a try that fails ends the call, if the next might not be over in time. With no limit it
    is only told that there is no answer.
    """

    def __init__(
        self,
        limit_seconds: float | None,
        try_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take how long a service may say nothing at all, how long a try may take, a clock."""
        self._limit_seconds = limit_seconds
        self._try_seconds = try_seconds
        self._clock = clock
        self._asked: dict[str, _Asked] = {}
        self._heard: set[str] = set()
        self._lock = Lock()

    def listen(self, events: Any) -> None:
        """Hear of each try of the clients that a session with these events makes."""
        events.register_first("before-send", self._sent)
        events.register_first("needs-retry", self._ended)

    def _sent(self, event_name: str, request: Any, **_: Any) -> None:
        service = _service(event_name)
        with self._lock:
            if service in self._asked:
                return
            telling = Timer(WITHIN_SECONDS, _tell, (service, urlsplit(request.url).netloc))
            telling.daemon = True
            self._asked[service] = _Asked(self._clock(), telling)
            telling.start()

    def _ended(self, event_name: str, caught_exception: Exception | None, **_: Any) -> None:
        service = _service(event_name)
        if service in self._heard:
            return
        asked = self._asked[service]
        if caught_exception is None:  # an error of the service is an answer, too
            self._heard.add(service)
            asked.telling.cancel()
            return
        waited = self._clock() - asked.since
        if self._limit_seconds is None or waited + self._try_seconds < self._limit_seconds:
            return
        asked.telling.cancel()
        raise StoreError(
            f"AWS's {service} has not answered for {waited:.0f} s: {caught_exception}",
            hint=LOOK_AT,
        ) from caught_exception


def _service(event_name: str) -> str:
    return event_name.split(".")[1]


def _tell(service: str, host: str) -> None:
    _logger.warning("AWS's %s at %s has not answered for %.0f s", service, host, WITHIN_SECONDS)
