"""What came out: runs, their medians, their ratios to the baseline."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from bench.cases import BASELINE, HEADWATER

METRICS = ("wall_seconds", "cpu_seconds", "memory_bytes", "output_bytes")
MEMORY = frozenset({"memory_bytes", "anonymous_bytes", "biggest_process_bytes"})


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of one run whose output was right."""

    wall_seconds: float
    cpu_seconds: float
    memory_bytes: int  # the process tree's peak, what is shared counted once
    anonymous_bytes: int  # of that, what is no file
    biggest_process_bytes: int
    output_bytes: int
    output_files: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One contestant in one case."""

    contestant: str
    title: str
    case: str
    runs: tuple[Run, ...] = ()
    problem: str = ""  # why there are no figures
    details: str = ""  # the contestant's last words, when it failed
    scale: int = 1  # ran on 1/scale of the data
    idle: Run | None = None  # what a scaled contestant takes for almost no data

    @property
    def right(self) -> bool:
        """Whether there are figures to show."""
        return bool(self.runs) and not self.problem

    def median(self, metric: str) -> float:
        """The middle run's figure, brought to the full size for a scaled contestant."""
        return self._whole(metric, median(getattr(run, metric) for run in self.runs))

    def spread(self, metric: str) -> tuple[float, float]:
        """The smallest and the biggest figure."""
        values = [getattr(run, metric) for run in self.runs]
        return self._whole(metric, min(values)), self._whole(metric, max(values))

    def _whole(self, metric: str, value: float) -> float:
        """Scale what grows with the data; the start is paid once, and memory not at all."""
        if self.idle is None or metric in MEMORY:
            return value
        idle = getattr(self.idle, metric)
        return float(idle + self.scale * max(0.0, value - idle))


@dataclass(frozen=True, slots=True)
class CaseResult:
    """Everyone in one case."""

    case: str
    title: str
    input_bytes: int
    input_files: int
    rows: int
    outcomes: tuple[Outcome, ...]

    def of(self, contestant: str) -> Outcome | None:
        """The contestant's figures, if it has right ones."""
        found = (each for each in self.outcomes if each.contestant == contestant)
        return next((each for each in found if each.right), None)

    def ratio(self, contestant: str, metric: str, to: str = BASELINE) -> float | None:
        """How much of the other's figure the contestant needs; below 1 is less."""
        own, other = self.of(contestant), self.of(to)
        if own is None or other is None or not other.median(metric):
            return None
        return own.median(metric) / other.median(metric)


NOTHING = "python, doing nothing"
"""The peer of commands that do almost nothing."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """How long the program takes to do almost nothing."""

    seconds: dict[str, tuple[float, float, float]]  # command: median, smallest, biggest
    cpu_seconds: dict[str, float]  # command: median
    imports: tuple[tuple[str, float], ...]  # the costliest modules by their own time
    import_seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the benchmark."""

    machine: dict[str, str]
    versions: dict[str, str]
    settings: dict[str, str]
    cases: tuple[CaseResult, ...]
    start: StartUp | None = None
    notes: tuple[str, ...] = field(default=())

    def of(self, case: str) -> CaseResult | None:
        """The result of one case, if it was measured."""
        return next((each for each in self.cases if each.case == case), None)

    def headwater(self, case: str, metric: str) -> float | None:
        """Headwater's own figure in a case."""
        result = self.of(case)
        own = result.of(HEADWATER) if result else None
        return own.median(metric) if own else None
