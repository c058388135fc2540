"""What Headwater must reach (DESIGN, section 9), and whether a run reached it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bench.cases import BARE, BASELINE, CASES, CLEAN, HEADWATER
from bench.results import Report

MEGABYTE = 1_000_000


class Kind(StrEnum):
    """What is compared with the aim."""

    RATIO = "ratio"  # Headwater's figure by the peer's; at most
    FASTER = "faster"  # the peer's time by Headwater's; at least
    MEMORY = "memory"  # megabytes; at most
    FILES = "files"  # files a second; at least


@dataclass(frozen=True, slots=True)
class Aim:
    """One promise about speed or size."""

    case: str
    says: str
    kind: Kind
    limit: float
    metric: str = "wall_seconds"
    peer: str = BASELINE


AIMS = (
    Aim("csv", "as fast as DuckDB COPY, everything on", Kind.FASTER, 1.0),
    Aim("csv", "half of DuckDB's bytes", Kind.RATIO, 0.5, metric="output_bytes"),
    Aim("csv", "within 512 MB", Kind.MEMORY, 512),
    Aim("csv", "6 times as fast as Spark", Kind.FASTER, 6.0, peer="spark"),
    Aim("csv", "40 times as fast as dlt", Kind.FASTER, 40.0, peer="dlt"),
    Aim("gz", "1.5 times as fast as DuckDB COPY", Kind.FASTER, 1.5),
    Aim("gz", "within 512 MB", Kind.MEMORY, 512),
    Aim("ndjson", "as fast as DuckDB COPY", Kind.FASTER, 1.0),
    Aim("ndjson", "within 512 MB", Kind.MEMORY, 512),
    Aim("partitioned", "as fast as DuckDB PARTITION_BY", Kind.FASTER, 1.0),
    Aim("partitioned", "within 1.2 GB", Kind.MEMORY, 1200),
    Aim("steps", "25 % over no steps", Kind.RATIO, 1.25, metric="cpu_seconds", peer=BARE),
    Aim("files", "1,000 files a second", Kind.FILES, 1000),
    *(
        Aim(name, "a third of the speed without", Kind.RATIO, 3.0, metric="cpu_seconds", peer=CLEAN)
        for name, case in CASES.items()
        if case.damaged
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An aim beside what was measured."""

    aim: Aim
    figure: float | None

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached; None where nothing was measured."""
        if self.figure is None:
            return None
        if self.aim.kind in {Kind.RATIO, Kind.MEMORY}:
            return self.figure <= self.aim.limit
        return self.figure >= self.aim.limit

    @property
    def missed_by(self) -> float:
        """How far off the aim, as a share of it."""
        return abs((self.figure or 0.0) / self.aim.limit - 1)


def judge(report: Report) -> list[Verdict]:
    """Hold every aim of the measured cases against the run."""
    measured = {result.case for result in report.cases}
    return [Verdict(aim, _figure(aim, report)) for aim in AIMS if aim.case in measured]


def _figure(aim: Aim, report: Report) -> float | None:
    result = report.of(aim.case)
    if result is None:
        return None
    if aim.kind is Kind.RATIO:
        return result.ratio(HEADWATER, aim.metric, aim.peer)
    if aim.kind is Kind.FASTER:
        return result.ratio(aim.peer, aim.metric, HEADWATER)
    own = report.headwater(aim.case, _METRIC_OF[aim.kind])
    if own is None:
        return None
    return own / MEGABYTE if aim.kind is Kind.MEMORY else result.input_files / own


_METRIC_OF = {Kind.MEMORY: "memory_bytes", Kind.FILES: "wall_seconds"}
