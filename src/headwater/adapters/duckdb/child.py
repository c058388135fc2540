"""The child process: reads jobs from stdin, answers on stdout, ends when stdin does."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

import duckdb

from headwater.adapters.duckdb.convert import convert
from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.peek import peek
from headwater.adapters.duckdb.rewrite import rewrite
from headwater.adapters.duckdb.survey import survey
from headwater.errors import HeadwaterError
from headwater.model.codec import from_plain, to_plain
from headwater.model.feed import Feed
from headwater.model.progress import Progress
from headwater.ports.engine import Job, Rewriting
from headwater.ports.peek import PeekJob


def main() -> None:
    """Answer one request after the other."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    voice = _Voice()
    requests: SimpleQueue[dict[str, Any]] = SimpleQueue()
    Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        voice.say(_answer(requests.get(), voice))


class _Voice:
    """stdout, kept for answers: whatever else prints goes to stderr."""

    def __init__(self) -> None:
        self._pipe = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._turn = Lock()

    def say(self, words: dict[str, Any]) -> None:
        with self._turn:
            self._pipe.write(json.dumps(words).encode() + b"\n")
            self._pipe.flush()

    def progress(self, progress: Progress) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.say({"progress": to_plain(progress)})


def _listen(requests: SimpleQueue[dict[str, Any]]) -> None:
    """Hand on requests; the end of stdin means that nobody waits for an answer any more."""
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    os._exit(0)


def _answer(request: dict[str, Any], voice: _Voice) -> dict[str, Any]:
    try:
        done = _do(request, voice)
    except (HeadwaterError, duckdb.Error, OSError, MemoryError) as cause:
        error = translated(cause)
        return {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    return {"done": to_plain(done), "resident_bytes": _resident_bytes()}


def _do(request: dict[str, Any], voice: _Voice) -> object:
    if request["do"] == "convert":
        return convert(from_plain(Job, request["task"]), voice.progress)
    if request["do"] == "peek":
        return peek(from_plain(PeekJob, request["task"]), voice.progress)
    if request["do"] == "survey":
        return survey(request["task"]["location"], from_plain(Feed, request["task"]["feed"]))
    return rewrite(from_plain(Rewriting, request["task"]))


def _resident_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
