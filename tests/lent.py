"""Children of the engine that one test hands on to the next, as a worker does from job to job.

To start one takes longer than most tests. One that was ended in the middle of something, or has
grown, or was started with another environment or folder, is not handed on.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict

from headwater.adapters.duckdb import engine

_OWN = engine._Child
_MOST = 3  # of one kind: that many engines are seldom open at once

_idle: dict[object, list[_Lent]] = defaultdict(list)


def child(python):
    """One that waits for work, or a new one."""
    kind = _kind(python)
    while _idle[kind]:
        found = _idle[kind].pop()
        if found.process.poll() is None:
            return found
        found.part()
    return _Lent(python)


def end_all():
    """End those that wait."""
    for waiting in _idle.values():
        while waiting:
            waiting.pop().part()


def _kind(python):
    environment = tuple(sorted(engine._scrubbed(os.environ).items()))
    return python, environment, os.getcwd(), tempfile.gettempdir()  # noqa: PTH109 - told, not used


class _Lent(_OWN):
    def __init__(self, python):
        self._kind = _kind(python)
        self._busy = False
        super().__init__(python)

    def ask(self, request, watch):
        self._busy = True  # and stays so where it fails
        answer = super().ask(request, watch)
        self._busy = answer["resident_bytes"] > engine._LARGE_BYTES
        return answer

    def end(self):
        """Wait for the next one who needs a child, if it is as good as new."""
        fit = not self._busy and self.process.poll() is None and len(_idle[self._kind]) < _MOST
        if fit:
            _idle[self._kind].append(self)
        else:
            self.part()

    def part(self):
        """End it."""
        super().end()
