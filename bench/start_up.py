"""How long Headwater takes to start, and which imports that time goes to."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.contestants import HeadwaterRun, Wrong
from bench.measure import clean_environment
from bench.results import NOTHING, StartUp

TIMES = 7
TOP = 10
TRACED = "headwater status"

Taken = tuple[float, float]
"""Seconds by the clock, and of the processor."""


def measure_start(headwater: HeadwaterRun, python: Path, folder: Path) -> StartUp:
    """Time the smallest commands in turn, after one run of each that does not count."""
    commands = {NOTHING: [str(python), "-c", ""], **headwater.start_commands(folder)}
    taken: dict[str, list[Taken]] = {name: [] for name in commands}
    for turn in range(1 + TIMES):
        for name, command in commands.items():
            found = _run(command)
            if turn:  # the first finds cold files
                taken[name].append(found)
    own = own_times(_said([str(python), "-X", "importtime", *commands[TRACED]]))
    top = sorted(own.items(), key=lambda item: -item[1])[:TOP]
    return StartUp(*_spread(taken), tuple(top), sum(own.values()))


def own_times(trace: str) -> dict[str, float]:
    """Read an importtime trace: seconds that each module took by itself."""
    times: dict[str, float] = {}
    for line in trace.splitlines():
        if not line.startswith("import time:") or "self [us]" in line:
            continue
        own, _, module = line.removeprefix("import time:").split("|")
        times[module.strip()] = int(own) / 1e6
    return times


def _run(command: list[str]) -> Taken:
    begun, started = _cpu_seconds(), time.perf_counter()
    _said(command)
    return time.perf_counter() - started, _cpu_seconds() - begun


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _spread(
    taken: Mapping[str, Sequence[Taken]],
) -> tuple[dict[str, tuple[float, float, float]], dict[str, float]]:
    wall = {name: [each[0] for each in runs] for name, runs in taken.items()}
    seconds = {name: (median(runs), min(runs), max(runs)) for name, runs in wall.items()}
    return seconds, {name: median(each[1] for each in runs) for name, runs in taken.items()}


def _said(command: list[str]) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=clean_environment()
    )
    if done.returncode:
        raise Wrong(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-1_000:]}")
    return done.stderr
