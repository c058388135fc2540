"""Iterations: do the steps of a plan, kill whoever reaches a point, recover, verify."""

from __future__ import annotations

import importlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.crash.plan import CONFIGURATION, File, Plan, Step, plan
from tests.crash.points import reachable
from tests.crash.stepper import ASLEEP
from tests.crash.verifier import Findings, held, parts_of, verify, verify_moment

TRIES = 4
"""How often a step is killed before it is let through."""

STEP_SECONDS = 60
LEASE_SECONDS = 0.4
LONG_LEASE_SECONDS = 30.0
HIDDEN_SECONDS = 0.35
"""Past the time for which the steps hide a message that they have received."""


class Caught(Exception):
    """Something does not hold in the middle of an iteration."""


@dataclass
class Tally:
    """What a run of the kit has done."""

    iterations: int = 0
    kills: int = 0
    double_kills: int = 0
    pauses: int = 0
    lost: int = 0
    doubled: int = 0
    killed_at: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, Findings]] = field(default_factory=list)


class Stepper:
    """The process that steps are forked from."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.stepper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=Path(__file__).parents[2],
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

    def ask(self, request: dict[str, object]) -> dict[str, int]:
        """Have one step done; how its process ended, or which one fell asleep."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer

    def errors(self) -> str:
        """What the steps have said on stderr."""
        self._errors.seek(0)
        return self._errors.read()


class Iteration:
    """One plan, carried out under fire."""

    def __init__(self, seed: int, stepper: Stepper, tally: Tally, broken: Sequence[str]) -> None:
        self.plan: Plan = plan(seed, _favoured(broken))
        self.chance = random.Random(seed ^ 0xC0FFEE)
        self.stepper = stepper
        self.tally = tally
        self.broken = list(broken)
        self.root = Path(tempfile.mkdtemp(prefix="headwater-crash-"))
        self.lake = self.root / "lake"

    def run(self) -> Findings:
        """Do every step, then recover and verify."""
        self.lake.mkdir()
        (self.lake / "headwater.yaml").write_text(CONFIGURATION)
        try:
            for step in self.plan.steps:
                if step.pause:
                    self._asleep(step)
                else:
                    self._under_fire(step)
            self._recover()
            found = verify(self.lake, self.plan)
            if found.clean:
                # A look at the raw zone finds what was written over in place, and no new row.
                self._must(Step("reconcile"), Step("work"), Step("verify"))
                found = verify(self.lake, self.plan)
        except Caught as caught:
            found = Findings(broken=[str(caught)])
        return found

    def clean_up(self) -> None:
        """Remove what the iteration made."""
        shutil.rmtree(self.root)

    def _recover(self) -> None:
        """Without faults: whatever waits is done, whatever was given up is done again."""
        time.sleep(HIDDEN_SECONDS)  # messages in dead hands are seen again
        self._must(Step("work"), Step("replay"), Step("work"), Step("sweep"))

    def _must(self, *steps: Step) -> None:
        for step in steps:
            code = self._do(step)
            if code != 0:
                text = self.stepper.errors()[-2000:]
                raise Caught(f"{step.verb} ended with {code} without any fault: {text}")

    def _under_fire(self, step: Step) -> None:
        """Kill it, and kill its recovery, until it is let through."""
        points = reachable(step.verb)
        in_a_row = 0
        for _ in range(TRIES):
            armed = self.chance.choice(points) if points and self.chance.random() < 0.85 else None
            code = self._do(step, armed)
            killed = armed is not None and not (self.root / "token").exists()
            (self.root / "token").unlink(missing_ok=True)
            if killed:
                self.tally.kills += 1
                self.tally.killed_at[str(armed)] += 1
                in_a_row += 1
                self.tally.double_kills += in_a_row == 2
            self._look()
            if code == 0:
                return
            if not killed:
                break
        self._must(step)

    def _look(self) -> None:
        """What a reader sees at this moment must be whole versions, each once."""
        broken = verify_moment(self.lake, self.plan)
        if broken:
            raise Caught("; ".join(broken))

    def _asleep(self, step: Step) -> None:
        """A worker falls asleep, others do what they do, and it wakes."""
        lease = LONG_LEASE_SECONDS if step.lease_holds else LEASE_SECONDS
        answer = self.stepper.ask(self._request(step, lease_seconds=lease))
        self._count_points()
        if ASLEEP in answer:
            self.tally.pauses += 1
            if not step.lease_holds:
                time.sleep(LEASE_SECONDS)
            before = parts_of(self.lake)
            for each in step.meanwhile:
                self._must(each)
            try:
                self._require_held(before)
            finally:
                answer = self.stepper.ask({"wake": answer[ASLEEP]})
            self._count_points()
        self._look()
        if answer["code"] != 0:
            self._must(Step("work"))

    def _require_held(self, before: set[str]) -> None:
        attempts = held(self.lake)
        gone = [
            path for path in before - parts_of(self.lake) if any(each in path for each in attempts)
        ]
        if gone:
            raise Caught(f"{sorted(gone)} were swept from under a live lease")

    def _do(self, step: Step, armed: str | None = None) -> int:
        environment = {}
        if armed:
            token = self.root / "token"
            token.touch()
            nth = self.chance.choice([1, 1, 1, 2, 3])
            environment["HEADWATER_CRASH"] = f"{armed}:{nth}:{token}"
        if step.verb == "drop":
            return self._drop(step.files)
        answer = self.stepper.ask(self._request(step, **environment))
        self._count_points()
        return answer["code"]

    def _request(
        self, step: Step, *, lease_seconds: float = LEASE_SECONDS, **environment: str
    ) -> dict[str, object]:
        trace = {"HEADWATER_CRASH": "", "HEADWATER_CRASH_TRACE": str(self.root / "trace")}
        return {
            "lake": str(self.lake),
            "verb": step.verb,
            "files": self._written(step.files),
            "environment": trace | environment,
            "broken": self.broken,
            "pause": step.pause,
            "events": self.plan.events,
            "lease_seconds": lease_seconds,
        }

    def _drop(self, files: Sequence[File]) -> int:
        """Files put into the raw zone by hand; where only messages count, announced as well."""
        raws = []
        for file in files:
            path = self.lake / "raw" / file.feed / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(file.body)
            raws.append(f"{file.feed}/{file.name}")
        if self.plan.events:
            request = self._request(Step("announce"))
            return self.stepper.ask({**request, "raws": raws})["code"]
        return 0

    def _written(self, files: Sequence[File]) -> dict[str, list[str]]:
        by_feed: dict[str, list[str]] = {}
        for file in files:
            path = self.root / "incoming" / file.feed / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != file.body:
                if not file.rewritable:
                    path.unlink(missing_ok=True)
                path.write_bytes(file.body)  # in place: what was linked changes too
            by_feed.setdefault(file.feed, []).append(str(path))
        return by_feed

    def _count_points(self) -> None:
        trace = self.root / "trace"
        if trace.exists():
            self.tally.passed.update(trace.read_text().split())
            trace.unlink()


def run(
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int,
    broken: Sequence[str] = (),
    stop_at_failure: bool = True,
) -> Tally:
    """Run iterations until time or count is up, or until one fails."""
    tally = Tally()
    end = time.monotonic() + seconds if seconds else None
    with Stepper() as stepper:
        while (end is None or time.monotonic() < end) and (
            iterations is None or tally.iterations < iterations
        ):
            iteration = Iteration(seed + tally.iterations, stepper, tally, broken)
            try:
                findings = iteration.run()
            finally:
                iteration.clean_up()
            tally.iterations += 1
            tally.lost += findings.lost
            tally.doubled += findings.doubled
            if not findings.clean:
                tally.failures.append((iteration.plan.seed, findings))
                if stop_at_failure:
                    break
    return tally


def _favoured(broken: Sequence[str]) -> list[str]:
    """The steps under which a broken variant shows, so that not many are needed."""
    modules = (importlib.import_module(f"tests.crash.broken.{name}") for name in broken)
    return [kind for module in modules for kind in getattr(module, "SHOWS_UNDER", ())]
