"""How much memory this process holds, and held at its peak."""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")
_FORGET = Path("/proc/self/clear_refs")
_PEAK = "5"  # what the kernel is told to forget


def forget_peak() -> None:
    """Let the peak be counted from here on, where the kernel can do that."""
    with suppress(OSError):
        _FORGET.write_text(_PEAK, encoding="ascii")


def give_back() -> None:
    """Give the system the memory that is free here; libraries that cannot keep it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def footprint() -> tuple[int, int]:
    """Bytes resident, and at the peak."""
    try:
        lines = _STATUS.read_text(encoding="utf-8").splitlines()
    except OSError:
        # Without /proc, all that is known is the peak since the start, of the parent's as well.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return peak, peak
    known = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
    return _kilobytes(known["VmRSS"]), _kilobytes(known["VmHWM"])


def _kilobytes(text: str) -> int:
    return int(text.split(maxsplit=1)[0]) * 1024
