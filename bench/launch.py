"""Run one command and measure its whole process tree: time, processor, memory.

A program of its own, on the standard library alone, so that it is small: what a
process holds before it starts another counts as that one's peak.

    python -I -S launch.py REPORT TIMEOUT STDOUT STDERR COMMAND...
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

SAMPLE_SECONDS = 0.05
LOOKING_SHARE = 20  # looking takes at most a twentieth of the time
STALE_SECONDS = 1.0
GRACE_SECONDS = 10.0
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
MEMORY = ("Pss_Anon", "Pss_File", "Pss_Shmem")


class Peaks:
    """The most memory the tree was seen to hold."""

    def __init__(self) -> None:
        """Start from what the machine shares before the command runs."""
        self.page_bytes = os.sysconf("SC_PAGE_SIZE")
        self.shared_before = _shared_bytes()
        self.best = {"pss": 0, "anonymous": 0, "file": 0, "shared": 0}
        self.rss_at_best = 0
        self.looked_at = 0.0

    def sample(self) -> None:
        """Look at the cheap figure; read the true one when it may be a new peak.

        Reading the proportional size walks the page tables, which takes
        milliseconds for each gigabyte and holds the process up.
        """
        pids = descendants(os.getpid())
        rss = sum(_rss_pages(pid) for pid in pids) * self.page_bytes
        now = time.monotonic()
        if rss <= self.rss_at_best * 1.02 and now - self.looked_at < STALE_SECONDS:
            return
        self.looked_at = now
        seen = [_pss(pid) for pid in pids]
        anonymous, file, shared = (sum(each[kind] for each in seen) for kind in MEMORY)
        # Shared memory that nobody maps (files in /dev/shm, memfd) is in no process's figure.
        shared = max(shared, _shared_bytes() - self.shared_before)
        self.rss_at_best = max(self.rss_at_best, rss)
        if anonymous + file + shared > self.best["pss"]:
            self.best = {
                "pss": anonymous + file + shared,
                "anonymous": anonymous,
                "file": file,
                "shared": shared,
            }


def main() -> None:
    report, timeout, stdout, stderr, *command = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans of the command come to us
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    peaks = Peaks()
    try:
        with Path(stdout).open("wb") as out, Path(stderr).open("wb") as err:
            started = time.monotonic()
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            timed_out = watch(child, peaks, started + float(timeout))
            wall = time.monotonic() - started
        left_behind = reap()
    finally:
        end_all()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "exit_code": child.returncode,
        "timed_out": timed_out,
        "left_behind": left_behind,
        "wall_seconds": wall,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_rss_bytes": used.ru_maxrss * 1024,
        **{f"peak_{kind}_bytes": value for kind, value in peaks.best.items()},
    }
    Path(report).write_text(json.dumps(result), encoding="utf-8")


def watch(child: subprocess.Popen[bytes], peaks: Peaks, deadline: float) -> bool:
    """Sample until the command ends, which a pidfd tells at once; True if time ran out."""
    ended = select.poll()
    ended.register(os.pidfd_open(child.pid), select.POLLIN)
    while True:
        before = time.monotonic()
        peaks.sample()
        looking = time.monotonic() - before
        pause = max(SAMPLE_SECONDS, LOOKING_SHARE * looking)
        if ended.poll(pause * 1000):
            child.wait()
            return False
        if time.monotonic() > deadline:
            end_all()
            child.wait()
            return True


def reap() -> int:
    """Wait a while for what the command left running; say how many would not end."""
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 0
        if pid == 0:
            time.sleep(SAMPLE_SECONDS)
    return len(descendants(os.getpid()))


def end_all() -> None:
    """End every process of the tree by its own id, politely first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + GRACE_SECONDS / 2
        _signal_tree(number)
        while descendants(os.getpid()) and time.monotonic() < deadline:
            try:
                os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            time.sleep(SAMPLE_SECONDS)


def _signal_tree(number: signal.Signals) -> None:
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def descendants(pid: int) -> list[int]:
    """Every process below this one, as the kernel lists children by thread."""
    found = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for thread in _threads(parent):
            children = _text(f"{thread}/children").split()
            found += [int(child) for child in children]
            waiting += [int(child) for child in children]
    return found


def _rss_pages(pid: int) -> int:
    fields = _text(f"/proc/{pid}/statm").split()
    return int(fields[1]) if fields else 0


def _pss(pid: int) -> dict[str, int]:
    sizes = dict.fromkeys(MEMORY, 0)
    for line in _text(f"/proc/{pid}/smaps_rollup").splitlines():
        kind, _, rest = line.partition(":")
        if kind in sizes:
            sizes[kind] = int(rest.split()[0]) * 1024
    return sizes


def _shared_bytes() -> int:
    for line in _text("/proc/meminfo").splitlines():
        if line.startswith("Shmem:"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):  # it ended while we looked
        return ""


def _threads(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


if __name__ == "__main__":
    main()
