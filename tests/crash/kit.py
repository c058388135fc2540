"""Iterations: do the steps of a plan, kill whoever reaches a point, recover, verify."""

from __future__ import annotations

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
from tests.crash.points import POINTS
from tests.crash.verifier import Findings, verify

TRIES = 6
"""How often a step is killed before it is let through."""

STEP_SECONDS = 60


@dataclass
class Tally:
    """What a run of the kit has done."""

    iterations: int = 0
    kills: int = 0
    double_kills: int = 0
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

    def ask(self, request: dict[str, object]) -> int:
        """Have one step done; how its process ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()))

    def errors(self) -> str:
        """What the steps have said on stderr."""
        self._errors.seek(0)
        return self._errors.read()


class Iteration:
    """One plan, carried out under fire."""

    def __init__(self, seed: int, stepper: Stepper, tally: Tally, broken: Sequence[str]) -> None:
        self.plan: Plan = plan(seed)
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
        for step in self.plan.steps:
            self._under_fire(step)
        for verb in ("reconcile", "work", "sweep", "verify"):
            code = self._do(Step(verb), None)
            if code != 0:
                text = self.stepper.errors()[-2000:]
                return Findings(broken=[f"{verb} ended with {code} after the faults: {text}"])
        return verify(self.lake, self.plan)

    def clean_up(self) -> None:
        """Remove what the iteration made."""
        shutil.rmtree(self.root)

    def _under_fire(self, step: Step) -> None:
        """Kill it, and kill its recovery, until it is let through."""
        in_a_row = 0
        for _ in range(TRIES):
            armed = self._choose() if self.chance.random() < 0.75 else None
            code = self._do(step, armed)
            token_left = (self.root / "token").exists()
            (self.root / "token").unlink(missing_ok=True)
            if armed and not token_left:
                self.tally.kills += 1
                self.tally.killed_at[armed] += 1
                in_a_row += 1
                self.tally.double_kills += in_a_row == 2
            if code == 0:
                return
        code = self._do(step, None)
        if code != 0:
            text = self.stepper.errors()[-2000:]
            raise AssertionError(f"{step.verb} ended with {code}: {text}")

    def _choose(self) -> str:
        """The least killed of a handful, so that rare points get their turn."""
        handful = self.chance.sample(POINTS, 6)
        return min(handful, key=lambda name: self.tally.killed_at[name])

    def _do(self, step: Step, armed: str | None) -> int:
        environment = {"HEADWATER_CRASH": "", "HEADWATER_CRASH_TRACE": str(self.root / "trace")}
        if armed:
            token = self.root / "token"
            token.touch()
            nth = self.chance.choice([1, 1, 1, 2, 3])
            environment["HEADWATER_CRASH"] = f"{armed}:{nth}:{token}"
        if step.verb == "drop":
            return self._drop(step.files)
        request = {
            "lake": str(self.lake),
            "verb": step.verb,
            "files": self._written(step.files),
            "environment": environment,
            "broken": self.broken,
        }
        code = self.stepper.ask(request)
        self._count_points()
        return code

    def _drop(self, files: Sequence[File]) -> int:
        """Files put into the raw zone by hand."""
        for file in files:
            path = self.lake / "raw" / file.feed / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.body)
        return 0

    def _written(self, files: Sequence[File]) -> dict[str, list[str]]:
        by_feed: dict[str, list[str]] = {}
        for file in files:
            path = self.root / "incoming" / file.feed / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != file.body:
                path.write_bytes(file.body)
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
