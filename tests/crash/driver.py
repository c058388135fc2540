"""The process that steps are forked from, as an iteration sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import Any, Self

from tests.crash.stepper import ROOT, STEP_SECONDS

_SLIPS = ("TypeError", "AttributeError", "NameError", "ImportError")


class Driver:
    """Has steps done, one after the other."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in __exit__
        self._heard = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.stepper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # a fork takes no thread along
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=STEP_SECONDS)
        self._process.stdout.close()
        self._errors.close()

    def ask(self, request: dict[str, Any]) -> dict[str, int]:
        """Have one step done; how its process ended, or which one fell asleep."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer

    def slips(self) -> list[str]:
        """Where a replaced function did not fit, since this was asked last: that shows nothing."""
        self._errors.seek(self._heard)
        lines = self._errors.read().splitlines()
        self._heard = self._errors.tell()
        return [line for line in lines if line.startswith(_SLIPS)]

    def errors(self) -> str:
        """What the steps have said on stderr, the end of it."""
        self._errors.seek(0)
        return self._errors.read()[-4000:]
