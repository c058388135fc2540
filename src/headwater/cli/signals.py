"""Ctrl-C and SIGTERM: the first lets the batch in hand end, the second leaves it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from types import FrameType

from headwater.cli.voice import Voice


@dataclass(slots=True)
class Stopping:
    """Whether it is time to stop, and who said so."""

    event: Event = field(default_factory=Event)
    interrupted: bool = False  # by a person, not by a supervisor


@contextmanager
def stopping(voice: Voice, *, in_crew: bool = False) -> Iterator[Stopping]:
    """Turn the first signal into a stop that is safe at once and tidy a little later."""
    stop = Stopping()

    def note(number: int, _: FrameType | None) -> None:
        if stop.event.is_set():
            raise KeyboardInterrupt
        stop.interrupted = number == signal.SIGINT
        stop.event.set()
        if not in_crew:
            voice.murmur("finishing the batch in hand; Ctrl-C again leaves it to another worker")

    if in_crew:
        Thread(target=_await_end, args=(stop.event,), name="stdin", daemon=True).start()
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _await_end(stop: Event) -> None:
    """Stop when the head of the crew closes our stdin, or is no more."""
    while os.read(0, 1):
        pass
    stop.set()
