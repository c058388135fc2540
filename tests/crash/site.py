"""Where an iteration takes place: a lake, the files handed in, and the steps done to it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.curated import CONFIGURATION as MODELS
from tests.crash.driver import Driver
from tests.crash.files import File
from tests.crash.plan import CONFIGURATION, Plan, Step
from tests.crash.shaped import CONFIGURATION as SHAPED
from tests.crash.stepper import ASLEEP

LEASE_SECONDS = 0.4
TURN_SECONDS = 1.0
"""How far the clock is turned between steps: leases and hidden messages run out by then."""

LONG_LEASE_SECONDS = 30.0
"""Of who falls asleep: its heart must not be stopped in mid-beat, with the ledger's lock."""


@dataclass(frozen=True)
class Ended:
    """How a step ended: its exit code, or who fell asleep."""

    code: int
    killed: bool = False
    sleeper: int | None = None


class Site:
    """A folder with everything that one iteration makes and leaves."""

    def __init__(self, driver: Driver, broken: Sequence[str], plan: Plan) -> None:
        self.passed: Counter[str] = Counter()
        self.schedule: list[str] = []
        self._driver = driver
        self._broken = list(broken)
        self._events = plan.events
        self._ahead_seconds = 0.0
        self._root = Path(tempfile.mkdtemp(prefix="headwater-crash-"))
        self.lake = self._root / "lake"
        self.lake.mkdir()
        feeds = CONFIGURATION + (SHAPED if plan.shaped else "")
        models = MODELS if plan.models else ""
        (self.lake / "headwater.yaml").write_text(feeds + models)

    @property
    def now(self) -> float:
        """The time as the next step has it."""
        return time.time() + self._ahead_seconds

    def turn_clock(self, seconds: float = TURN_SECONDS) -> None:
        """Let leases run out, and messages in dead hands be seen again."""
        self._ahead_seconds += seconds

    def do(self, step: Step, armed: str | None = None, nth: int = 1, luck: int = 0) -> Ended:
        """Have a step done, killed where it passes a point for the nth time."""
        if step.verb == "drop":
            return self._drop(step)
        request = self._request(step) | {"files": self._written(step.files), "luck": luck}
        token = self._root / "token"
        if armed:
            token.touch()
            request["environment"]["HEADWATER_CRASH"] = f"{armed}:{nth}:{token}"
        answer = self._driver.ask(request)
        killed = armed is not None and not token.exists()
        token.unlink(missing_ok=True)
        ended = Ended(answer.get("code", 0), killed, answer.get(ASLEEP))
        self._remember(step, ended, f"{armed} ({nth})" if killed else None)
        return ended

    def wake(self, sleeper: int) -> Ended:
        """Let a sleeper go on; it may fall asleep once more."""
        answer = self._driver.ask({"wake": sleeper})
        ended = Ended(answer.get("code", 0), sleeper=answer.get(ASLEEP))
        self._remember(Step("the sleeper"), ended, None)
        return ended

    def errors(self) -> str:
        """What the steps have said on stderr."""
        return self._driver.errors()

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self._root)

    def _request(self, step: Step) -> dict[str, Any]:
        trace = str(self._root / "trace")
        return {
            "lake": str(self.lake),
            "verb": step.verb,
            "environment": {"HEADWATER_CRASH": "", "HEADWATER_CRASH_TRACE": trace},
            "broken": self._broken,
            "pause": step.pause,
            "events": self._events,
            "lease_seconds": LONG_LEASE_SECONDS if step.pause else LEASE_SECONDS,
            "ahead_seconds": self._ahead_seconds,
        }

    def _drop(self, step: Step) -> Ended:
        """Files put into the raw zone by hand; where only messages count, announced as well."""
        raws = []
        for file in step.files:
            path = self.lake / "raw" / file.feed / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(file.body)
            raws.append(f"{file.feed}/{file.name}")
        self._remember(step, Ended(0), None)
        if self._events:
            self._driver.ask(self._request(Step("announce")) | {"raws": raws})
        return Ended(0)

    def _written(self, files: Sequence[File]) -> dict[str, list[str]]:
        by_feed: dict[str, list[str]] = {}
        for file in files:
            path = self._root / "incoming" / file.feed / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != file.body:
                if not file.rewritable:
                    path.unlink(missing_ok=True)
                path.write_bytes(file.body)  # in place: what was linked changes too
            by_feed.setdefault(file.feed, []).append(str(path))
        return by_feed

    def _remember(self, step: Step, ended: Ended, killed_at: str | None) -> None:
        names = " ".join(f"{file.feed}/{file.name}" for file in step.files)
        how = f"killed at {killed_at}" if killed_at else f"ended with {ended.code}"
        if ended.sleeper is not None:
            how = f"fell asleep at {step.pause}" if step.pause else "fell asleep once more"
        self.schedule.append(f"{step.verb} {names}".rstrip() + f": {how}")
        trace = self._root / "trace"
        if trace.exists():
            self.passed.update(trace.read_text().split())
            trace.unlink()
