"""What the child may take of the machine, held to by the kernel wherever it can be."""

from __future__ import annotations

import resource
import sys

from headwater.ports.engine import Limits

_OPEN_FILES = 16_384
_CPU_SECONDS = 600
_BYTES_A_SECOND = 20_000  # the slowest way of reading, with what is packed, is far above that
_DATA_BYTES = 2 << 30  # Python, its libraries, stacks and what is read ahead, four times over
_DATA_FACTOR = 4  # of what DuckDB may hold: it counts less than it takes
_FILE_BYTES = 64 << 30
_FILE_FACTOR = 64
_OUTSIDE = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.",
)


def bind_process() -> None:
    """For as long as the child lives: no core dumps, no network, no programs, so many files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _set(resource.RLIMIT_NOFILE, _OPEN_FILES)
    sys.addaudithook(_refuse_outside)


def bind_job(limits: Limits, size_bytes: int) -> None:
    """For one job over so many bytes: memory, processor time, and how long a file may get.

    Whatever the interpreter is stuck in, the kernel ends the child that takes too much time,
    and gives no more memory to one that has too much.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _set(resource.RLIMIT_CPU, spent + _CPU_SECONDS + size_bytes // _BYTES_A_SECOND)
    _set(resource.RLIMIT_DATA, _DATA_BYTES + _DATA_FACTOR * limits.memory_bytes)
    _set(resource.RLIMIT_FSIZE, _FILE_BYTES + _FILE_FACTOR * size_bytes)


def _set(kind: int, wanted: int) -> None:
    """As much as is wanted, or as much as whoever started the child allows."""
    _, most = resource.getrlimit(kind)
    held = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(kind, (held, most))


def _refuse_outside(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(_OUTSIDE):
        raise PermissionError(f"whoever reads files may not call {event}")
