"""The engine as the flow sees it: a child process that converts, one job at a time."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any

from headwater import errors
from headwater.errors import EngineDied, EngineError, HeadwaterError
from headwater.model.codec import from_plain, to_plain
from headwater.model.feed import Feed
from headwater.model.progress import Progress, Watch, nobody
from headwater.ports.building import Building, Edifice
from headwater.ports.engine import (
    Compacted,
    Compacting,
    Conversion,
    Job,
    Rewriting,
    Rewritten,
    Survey,
)
from headwater.ports.peek import Peeked, PeekJob
from headwater.room import Room

_PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH")
_PASSED_PREFIX = "HEADWATER_CRASH"
_LARGE_BYTES = 160_000_000  # a child that holds more than this after a job is replaced
_SHOWN = 400
_LOGGED = 20_000
_GOODBYE_SECONDS = 5
_CRASH = "Fatal Python error"
_ENDINGS: Mapping[int, str] = {
    signal.SIGXCPU: "it took more processor time than a file of its size may",
    signal.SIGKILL: "something outside killed it, as the system does when memory is short",
}

_logger = logging.getLogger(__name__)


class DuckEngine:
    """Converts in a child process that has limits and no secrets; starts it when needed."""

    def __init__(self, python: str = sys.executable) -> None:
        """Take the interpreter that runs the child."""
        self._python = python
        self._child: _Child | None = None
        self.peak_bytes = 0
        """What the child had resident at most while it did the last thing that it did."""
        self.cpu_seconds = 0.0
        """The processor time that this took."""

    def warm(self) -> None:
        """Start the child, which then gets ready by itself."""
        self._ready()

    def convert(self, job: Job, watch: Watch) -> Conversion:
        """Convert the job's files; see the port."""
        conversion = from_plain(Conversion, self._ask("convert", job, watch))
        return replace(conversion, cpu_seconds=self.cpu_seconds)

    def survey(self, location: str, feed: Feed) -> Survey:
        """Look at a file under a feed's settings; see the port."""
        task = {"location": location, "feed": feed}
        return from_plain(Survey, self._ask("survey", task, nobody))

    def peek(self, job: PeekJob, watch: Watch) -> Peeked:
        """Look at a file without a lake; see the port of that name."""
        return from_plain(Peeked, self._ask("peek", job, watch))

    def rewrite(self, rewriting: Rewriting) -> Rewritten:
        """Write parts anew without the rows of some arrivals; see the port."""
        return from_plain(Rewritten, self._ask("rewrite", rewriting, nobody))

    def compact(self, compacting: Compacting, watch: Watch) -> Compacted:
        """Write each group of parts as one; see the port."""
        compacted = from_plain(Compacted, self._ask("compact", compacting, watch))
        return replace(compacted, cpu_seconds=self.cpu_seconds)

    def build(self, building: Building, watch: Watch) -> Edifice:
        """Write the parts of a model's table; see the port."""
        edifice = from_plain(Edifice, self._ask("build", building, watch))
        return replace(edifice, cpu_seconds=self.cpu_seconds)

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    @property
    def process_id(self) -> int | None:
        """The child's, while it runs."""
        return None if self._child is None else self._child.process.pid

    def _ready(self) -> _Child:
        if self._child is None or self._child.process.poll() is not None:
            self.close()
            self._child = _Child(self._python)
        return self._child

    def _ask(self, verb: str, task: object, watch: Watch) -> Any:
        child = self._ready()
        try:
            answer = child.ask({"do": verb, "task": to_plain(task)}, watch)
        except BaseException:
            # Whatever it was in the middle of, the next job gets a fresh one.
            self.close()
            raise
        self.peak_bytes = answer["peak_bytes"]
        self.cpu_seconds = answer["cpu_seconds"]
        if answer["resident_bytes"] > _LARGE_BYTES:
            self.close()
        return answer["done"]


class _Child:
    """The process and the two pipes to it: a line of JSON each way at a time."""

    def __init__(self, python: str) -> None:
        self._room = Room()
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self.process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [python, "-m", "headwater.adapters.duckdb.process.child", str(self._room.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_scrubbed(os.environ),
            start_new_session=True,
        )

    def ask(self, request: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
        """Send one request, hand on its progress, and wait for its answer."""
        if self.process.stdin is None or self.process.stdout is None:
            raise EngineError("the engine's child has no pipes")
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._died() from None
        for line in self.process.stdout:
            answer: dict[str, Any] = json.loads(line)
            if "progress" in answer:
                watch(from_plain(Progress, answer["progress"]))
            elif "error" in answer:
                raise _error(answer)
            else:
                return answer
        raise self._died()

    def end(self) -> None:
        """End the process, kindly if it waits for a request, and free its pipes."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                _close(pipe)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(_GOODBYE_SECONDS)
        self._log.close()
        self._room.clear()

    def _died(self) -> EngineDied:
        self.process.wait()
        self._log.seek(0)
        said = self._log.read().decode("utf-8", "replace").strip()
        if said:
            _logger.warning("the engine's child said at its end:\n%s", said[-_LOGGED:])
        code = self.process.returncode
        why = _last_words(said) or _ENDINGS.get(-code, "")
        told = f": {why}" if why else ""
        return EngineDied(
            f"the engine's child ended {_how(code)} without an answer{told}",
            hint="the attempt is repeated with a fresh one; if it dies again, give it more memory",
        )


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # the child has gone, and with it what was still to be written
        return


def _scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in environment.items()
        if key in _PASSED or key.startswith(_PASSED_PREFIX)
    }


def _last_words(said: str) -> str:
    """The line that says why: the first of a crash's report, the last of any other."""
    lines = said.splitlines()
    crash = [line for line in lines if line.startswith(_CRASH)]
    return next(iter(crash or lines[-1:]), "")[:_SHOWN]


def _how(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"


def _error(answer: Mapping[str, Any]) -> HeadwaterError:
    if "trace" in answer:
        _logger.error("%s\n%s", answer["message"], answer["trace"])
    kind = getattr(errors, str(answer["error"]), EngineError)
    if kind is errors.CheckFailed:
        return errors.CheckFailed(
            answer["message"], hint=answer.get("hint"), found=answer.get("found", ())
        )
    error: HeadwaterError = kind(answer["message"], hint=answer.get("hint"))
    return error
