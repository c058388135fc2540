"""One measured run of one command, in a session of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
LAST_LINES = 12
CHUNK_BYTES = 8 << 20
OURS = ("PYTHON", "VIRTUAL_ENV", "UV_", "HEADWATER_")  # prefixes that would leak this harness in


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run took, and how it ended."""

    wall_seconds: float
    cpu_seconds: float
    peak_pss_bytes: int  # the tree's memory, what is shared counted once
    peak_anonymous_bytes: int  # of that, what is no file
    peak_rss_bytes: int  # the biggest single process, by the kernel's own mark
    exit_code: int
    problem: str = ""  # empty when it ended by itself and left nothing running


def measure(command: list[str], folder: Path, *, timeout_seconds: float) -> Measured:
    """Run the command with its outputs in the folder; never raises for what the command does."""
    report = folder / "report.json"
    out, err = folder / "stdout", folder / "stderr"
    launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(report), str(timeout_seconds)]
    # Its own session: Ctrl-C reaches the harness alone, which then ends the tree in order.
    launcher = subprocess.Popen(
        [*launch, str(out), str(err), *command],
        cwd=folder,
        env=clean_environment(),
        start_new_session=True,
    )
    try:
        launcher.wait()
    except BaseException:
        launcher.terminate()
        launcher.wait()
        raise
    if not report.is_file():
        raise OSError(f"the launcher ended with {launcher.returncode} and no report")
    told = json.loads(report.read_text(encoding="utf-8"))
    return Measured(
        wall_seconds=told["wall_seconds"],
        cpu_seconds=told["cpu_seconds"],
        peak_pss_bytes=told["peak_pss_bytes"],
        peak_anonymous_bytes=told["peak_anonymous_bytes"],
        peak_rss_bytes=told["peak_rss_bytes"],
        exit_code=told["exit_code"],
        problem=_problem(told, timeout_seconds),
    )


def clean_environment() -> dict[str, str]:
    """Give the caller's environment without what belongs to the harness's interpreter."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def warm(files: Iterable[Path]) -> None:
    """Read the input once, so that everyone finds it in the page cache; flush what others left."""
    os.sync()
    buffer = bytearray(CHUNK_BYTES)
    for path in files:
        with path.open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass


def last_words(folder: Path) -> str:
    """Show the end of what the run said on stderr, or on stdout if it said nothing there."""
    for name in ("stderr", "stdout"):
        said = (folder / name).read_text(encoding="utf-8", errors="replace").strip()
        if said:
            return "\n".join(said.splitlines()[-LAST_LINES:])
    return "(it said nothing)"


def _problem(told: dict[str, int], timeout_seconds: float) -> str:
    if told["timed_out"]:
        return f"ended by us after {timeout_seconds:.0f} s"
    if told["left_behind"]:
        return f"left {told['left_behind']} processes running"
    return ""
