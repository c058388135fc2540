"""A spare child for the engine, forked before its step has a thread: starting one takes longer.

It is forked from a process that has imported DuckDB and never used it, and does what a started
one does. A step whose engine wants more than one child starts the others, as in production.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from typing import IO, Any

from headwater import points
from headwater.adapters.duckdb import engine
from headwater.adapters.duckdb.process import child
from headwater.room import Room

_spares: list[_Spare] = []


def keep_spare() -> None:
    """Fork a child, and have the first engine of this process take it."""
    requests, ours = os.pipe()
    answers, theirs = os.pipe()
    room = Room()
    forked = os.fork()
    if forked == 0:
        _be_child(requests, theirs, room)
    os.close(requests)
    os.close(theirs)
    _spares.append(_Spare(forked, room, os.fdopen(ours, "wb"), os.fdopen(answers, "rb")))
    engine._Child = _Child  # type: ignore[misc]


def _be_child(stdin: int, stdout: int, room: Room) -> None:
    os.setsid()
    os.dup2(stdin, 0)
    os.dup2(stdout, 1)
    os.closerange(3, 100)
    points.arm()
    sys.argv = ["child", str(room.path)]
    child.main()


class _Child(engine._Child):
    """The spare, or one that is started like any other."""

    def __init__(self, python: str) -> None:
        if not _spares:
            super().__init__(python)
            return
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self.process: Any = _spares.pop()
        self._room = self.process.room


class _Spare:
    """As much of a Popen as the engine asks for."""

    def __init__(self, pid: int, room: Room, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid = pid
        self.room = room
        self.stdin = stdin
        self.stdout = stdout
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, if it did."""
        return self._reap(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end, which is near."""
        return self._reap(0)

    def kill(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)

    def _reap(self, how: int) -> int | None:
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, how)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode
