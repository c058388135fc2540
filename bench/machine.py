"""The machine a figure was measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

GIGABYTE = 1_000_000_000


def describe(folder: Path) -> dict[str, str]:
    """Say what a reader needs to know before comparing with another machine."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": str(len(os.sched_getaffinity(0))),
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor(),
        "memory": f"{_memory_bytes() / GIGABYTE:.1f} GB",
        "file system": _file_system(folder),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def _memory_bytes() -> int:
    return int(_field("/proc/meminfo", "MemTotal").split()[0]) * 1024


def _field(file: str, name: str) -> str:
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _file_system(folder: Path) -> str:
    """Name the type of the mount that holds the folder: the longest mount point above it."""
    where = folder.resolve()
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, mount, mounted_as, *_ = line.split()
        if where.is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, mounted_as
    return kind
