"""What a run of the kit has done and found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.crash.evidence import Findings
from tests.crash.points import POINTS

SHOWN = 20


@dataclass(frozen=True)
class Failure:
    """An iteration after which something did not hold, and what was done in it."""

    seed: int
    schedule: Sequence[str]
    findings: Findings


@dataclass
class Tally:
    """What a run has done."""

    iterations: int = 0
    kills: int = 0
    double_kills: int = 0
    pauses: int = 0
    lost: int = 0
    doubled: int = 0
    killed_at: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def unreached(self) -> list[str]:
        """Points of the source that no process has passed or been killed at."""
        return [name for name in POINTS if name not in self.passed and name not in self.killed_at]

    def add(self, seed: int, schedule: Sequence[str], findings: Findings) -> None:
        """Count an iteration."""
        self.iterations += 1
        self.lost += findings.lost
        self.doubled += findings.doubled
        if not findings.clean:
            self.failures.append(Failure(seed, tuple(schedule), findings))

    def lines(self, seed: int, replay: str) -> Iterator[str]:
        """The tally as it is printed."""
        killed = sum(name in self.killed_at for name in POINTS)
        reached = len(POINTS) - len(self.unreached)
        yield f"iterations        {self.iterations}"
        yield f"kills             {self.kills}, {self.double_kills} of them in a recovery"
        yield f"pauses            {self.pauses}"
        yield f"points reached    {reached} of {len(POINTS)}, killed at {killed}"
        if self.unreached:
            yield f"not reached       {', '.join(self.unreached)}"
        yield f"rows lost         {self.lost}"
        yield f"rows doubled      {self.doubled}"
        yield f"first seed        {seed}"
        for failure in self.failures:
            yield f"FAILED            {replay} --seed {failure.seed}"
            yield from (f"    found         {line}" for line in failure.findings.broken[:SHOWN])
            yield from (f"    done          {line}" for line in failure.schedule)
