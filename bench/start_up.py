"""How long Headwater takes to start, and which imports that time goes to."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from statistics import median

from bench.contestants import HeadwaterRun, Wrong
from bench.measure import clean_environment
from bench.results import StartUp

TIMES = 7
TOP = 10
TRACED = "headwater status"


def measure_start(headwater: HeadwaterRun, python: Path, folder: Path) -> StartUp:
    """Time the smallest commands, after one run of each that does not count."""
    commands = headwater.start_commands(folder)
    seconds = {"python, doing nothing": _range([str(python), "-c", ""])}
    seconds |= {name: _range(command) for name, command in commands.items()}
    own = own_times(_said([str(python), "-X", "importtime", *commands[TRACED]]))
    top = sorted(own.items(), key=lambda item: -item[1])[:TOP]
    return StartUp(seconds, tuple(top), sum(own.values()))


def own_times(trace: str) -> dict[str, float]:
    """Read an importtime trace: seconds that each module took by itself."""
    times: dict[str, float] = {}
    for line in trace.splitlines():
        if not line.startswith("import time:") or "self [us]" in line:
            continue
        own, _, module = line.removeprefix("import time:").split("|")
        times[module.strip()] = int(own) / 1e6
    return times


def _range(command: list[str]) -> tuple[float, float, float]:
    _said(command)  # the first finds cold files, and does not count
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        _said(command)
        taken.append(time.perf_counter() - started)
    return median(taken), min(taken), max(taken)


def _said(command: list[str]) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=clean_environment()
    )
    if done.returncode:
        raise Wrong(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-1_000:]}")
    return done.stderr
