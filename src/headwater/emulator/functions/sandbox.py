"""One process of one function: it is started cold, kept warm, and killed past its limits."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headwater.emulator.functions import runtime

_LOOK_SECONDS = 0.02
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PIECE_BYTES = 1 << 20
_KILLED = "Runtime exited with error: signal: killed"


class _Ended(Exception):
    """The process is no more, or must be no more: which kind of error, and what is said of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a function may take."""

    timeout_seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: a JSON text, and whether it is an error's."""

    payload: str
    failed: bool
    log: str
    request_id: str


class Sandbox:
    """A process that runs a function's handler, one event at a time.

    The interpreter is the box's own: whatever is installed beside Headwater, and
    Headwater itself, can be imported by a handler; on AWS it has to be in the package.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], limits: Limits) -> None:
        """Start the process in the folder that the function's code was unpacked to."""
        self._limits = limits
        self._log = folder.with_name(f"{folder.name}-{uuid.uuid4().hex}.log")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this very Python, a user's own code
                [sys.executable, "-u", runtime.__file__],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # its own children end with it
            )
        self._told_bytes = 0

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def invoke(self, event: Any, arn: str, *, killed: bool) -> Outcome:
        """Ask the handler; past a limit the process is killed, and the outcome says so."""
        request_id = str(uuid.uuid4())
        asked = {
            "event": event, "arn": arn, "request_id": request_id,
            "timeout_seconds": self._limits.timeout_seconds,
        }  # fmt: skip
        try:
            answer = self._ask((json.dumps(asked) + "\n").encode(), killed=killed)
        except _Ended as ended:
            kind, said = ended.args or ("Runtime.ExitError", _KILLED)
            self.end()
            value = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {said}"}
            return Outcome(
                json.dumps(value), failed=True, log=self._read_log(), request_id=request_id
            )
        failed = "error" in answer
        value = {**answer["error"], "requestId": request_id} if failed else answer["value"]
        return Outcome(json.dumps(value), failed, self._read_log(), request_id)

    def end(self) -> None:
        """Kill it, and whatever it has started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def forget(self) -> None:
        """End it for good."""
        self.end()
        self._log.unlink(missing_ok=True)

    def _ask(self, line: bytes, *, killed: bool) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None or killed:
            raise _Ended
        deadline = time.monotonic() + self._limits.timeout_seconds
        try:
            stdin.write(line)
            stdin.flush()
        except BrokenPipeError as gone:
            raise _Ended from gone
        said = b""
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while not said.endswith(b"\n"):
                if selector.select(_LOOK_SECONDS):
                    said += _read(stdout.fileno())
                else:
                    self._require_limits(deadline)
        answer: dict[str, Any] = json.loads(said)
        return answer

    def _require_limits(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            seconds = self._limits.timeout_seconds
            raise _Ended("Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds")
        if _resident_bytes(self._process.pid) > self._limits.memory_bytes:
            raise _Ended("Runtime.OutOfMemory", _KILLED)

    def _read_log(self) -> str:
        """What was printed since it was last asked for."""
        with self._log.open("rb") as log:
            log.seek(self._told_bytes)
            said = log.read()
        self._told_bytes += len(said)
        return said.decode(errors="replace")


def _read(descriptor: int) -> bytes:
    piece = os.read(descriptor, _PIECE_BYTES)
    if not piece:
        raise _Ended
    return piece


def _resident_bytes(pid: int) -> int:
    """How much memory a process holds; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * _PAGE_BYTES
