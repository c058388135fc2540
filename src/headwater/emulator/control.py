"""What can be asked of the box itself: faults, its clock, whether it is quiet."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from headwater.emulator.box import ACCOUNT
from headwater.emulator.faults import Faults
from headwater.emulator.meter import Meter
from headwater.emulator.plan import read_plan
from headwater.emulator.pump import Pump
from headwater.errors import HeadwaterError, UsageError

_LOOK_SECONDS = 0.05
_LOOKS = 3
"""So often in a row nothing may be found to do: an event may be between two of the looks."""

_Words = dict[str, Any]


class Control:
    """The box's own questions, each with its answer."""

    def __init__(self, pump: Pump, faults: Faults, meter: Meter) -> None:
        """Take who keeps things going, what goes wrong, and who counts."""
        self._pump = pump
        self._faults = faults
        self._meter = meter
        self._answers: dict[tuple[str, str], Callable[[_Words], _Words]] = {
            ("GET", "health"): lambda _: {"ready": True},
            ("GET", "faults"): self._tell_faults,
            ("POST", "faults"): self._follow,
            ("POST", "tick"): self._tick,
            ("POST", "quiet"): self._await_quiet,
            ("POST", "calls"): self._tell_calls,
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one question with one JSON document."""
        status, document = self._answer(environ)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(document).encode()]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, _Words]:
        method, what = environ["REQUEST_METHOD"], environ["PATH_INFO"].rpartition("/")[2]
        answer = self._answers.get((method, what))
        if answer is None:
            known = ", ".join(" ".join(each) for each in self._answers)
            return "404 Not Found", {"error": f"the box has no {method} {what}", "hint": known}
        try:
            return "200 OK", answer(_words(environ))
        except HeadwaterError as error:
            return "422 Unprocessable Content", {"error": error.message, "hint": error.hint}

    def _tell_faults(self, _: _Words) -> _Words:
        return {"done": dict(self._faults.done), "counted": self._faults.counted}

    def _follow(self, words: _Words) -> _Words:
        self._faults.follow(read_plan(words))
        return {"done": {}}

    def _tick(self, words: _Words) -> _Words:
        return {"now": self._pump.push(float(words.get("seconds", 0))).isoformat()}

    def _await_quiet(self, words: _Words) -> _Words:
        deadline = time.monotonic() + float(words.get("timeout_seconds", 30))
        looks = 0
        while looks < _LOOKS and time.monotonic() < deadline:
            looks = looks + 1 if self._pump.is_quiet() else 0
            time.sleep(_LOOK_SECONDS)
        return {"quiet": looks >= _LOOKS}

    def _tell_calls(self, words: _Words) -> _Words:
        account = str(words.get("account", ACCOUNT))
        told = self._meter.told(account)
        if words.get("forget"):
            self._meter.forget(account)
        return {"calls": told}


def _words(environ: dict[str, Any]) -> _Words:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        words = json.loads(body or b"{}")
    except ValueError as cause:
        raise UsageError("what the box is asked is no JSON", hint='send {"seconds": 60}') from cause
    if not isinstance(words, dict):
        raise UsageError("what the box is asked is no JSON object", hint='send {"seconds": 60}')
    return words
