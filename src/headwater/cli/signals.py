"""Ctrl-C, SIGTERM and SIGHUP: a worker ends the batch in hand, every other verb lets go at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from types import FrameType

from headwater.cli.voice import Voice


class Terminated(KeyboardInterrupt):
    """Somebody other than the person at the keyboard ends this process."""

    def __init__(self, number: int) -> None:
        """Take the signal that said so."""
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


def heed_signals() -> None:
    """Let SIGTERM and SIGHUP end a call as Ctrl-C does: what it holds is given back on the way."""

    def end(number: int, _: FrameType | None) -> None:
        raise Terminated(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, end)


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
    heeded = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, note) for number in heeded}
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
