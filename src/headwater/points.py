"""Named places in the flow where a crash is worth testing.

In production a point is a dictionary look-up and nothing else. The crash kit
arms one through the environment (HEADWATER_CRASH="name:nth"): the process
that reaches the point for the nth time ends there as if the machine had.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

ARM = "HEADWATER_CRASH"
TRACE = "HEADWATER_CRASH_TRACE"


def point(name: str) -> None:
    """Mark a place between two effects."""
    if _ARMED is not None or _TRACE is not None:
        _reach(name)


def _reach(name: str) -> None:
    if _TRACE is not None:
        with Path(_TRACE).open("a", encoding="utf-8") as trace:
            trace.write(f"{name}\n")
    if _ARMED is None or name != _ARMED[0]:
        return
    _reached[name] = _reached.get(name, 0) + 1
    if _reached[name] == _ARMED[1]:
        os.kill(os.getpid(), signal.SIGKILL)


def _armed() -> tuple[str, int] | None:
    text = os.environ.get(ARM)
    if not text:
        return None
    name, _, nth = text.partition(":")
    return name, int(nth or "1")


_ARMED = _armed()
_TRACE = os.environ.get(TRACE)
_reached: dict[str, int] = {}
