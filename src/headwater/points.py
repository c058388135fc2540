"""Named places in the flow where a crash is worth testing.

In production a point is two comparisons and nothing else. The crash kit arms
one through the environment, HEADWATER_CRASH="name:nth" or "name:nth:token": the
process that reaches the point for the nth time ends there as if the machine had.
With a token, a file, only whoever can remove it ends: one crash, however many
processes share the environment.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import NamedTuple

ARM = "HEADWATER_CRASH"
TRACE = "HEADWATER_CRASH_TRACE"


class _Armed(NamedTuple):
    name: str
    nth: int
    token: str | None


def point(name: str) -> None:
    """Mark a place between two effects."""
    if _armed is not None or _trace is not None:
        _reach(name)


def arm() -> None:
    """Read the environment; done once at import, and again by a process that was forked."""
    global _armed, _trace  # noqa: PLW0603 - the environment is as global as it gets
    _armed = _read(os.environ.get(ARM))
    _trace = os.environ.get(TRACE)
    _reached.clear()


def _read(text: str | None) -> _Armed | None:
    if not text:
        return None
    name, _, rest = text.partition(":")
    nth, _, token = rest.partition(":")
    return _Armed(name, int(nth or "1"), token or None)


def _reach(name: str) -> None:
    if _trace is not None:
        with Path(_trace).open("a", encoding="utf-8") as trace:
            trace.write(f"{name}\n")
    if _armed is None or name != _armed.name:
        return
    _reached[name] = _reached.get(name, 0) + 1
    if _reached[name] == _armed.nth and _is_ours(_armed.token):
        os.kill(os.getpid(), signal.SIGKILL)


def _is_ours(token: str | None) -> bool:
    if token is None:
        return True
    try:
        Path(token).unlink()
    except FileNotFoundError:
        return False
    return True


_armed: _Armed | None = None
_trace: str | None = None
_reached: dict[str, int] = {}
arm()
