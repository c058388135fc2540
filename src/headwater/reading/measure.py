"""What a file is, in one pass over its bytes: digest, size, stamp and record count."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from headwater.errors import HeadwaterError
from headwater.model.ids import Digest
from headwater.reading.count import RecordCounter
from headwater.reading.holes import require_written
from headwater.reading.source import (
    changed,
    open_source,
    require_stamp,
    source_fault,
    source_stamp,
)

# Read, hashed and counted while the processor's cache holds it; below malloc's 128 KiB, past
# which each block is fresh pages from the kernel, at half the speed. A second thread for the
# hash was tried: handing blocks over costs more than it saves.
_BLOCK_BYTES = 112 * 1024

_TICK_NS = 50_000_000  # longer than any kernel's timer tick
_COARSE_TICK_NS = 2_100_000_000  # file systems that keep whole seconds, or every second one


@dataclass(frozen=True, slots=True)
class Measure:
    """What one pass over a file found."""

    digest: Digest
    size_bytes: int
    stamp: str
    records: int | None


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What time it is, in nanoseconds since the epoch, and how to let some pass."""

    now_ns: Callable[[], int] = time.time_ns
    wait_seconds: Callable[[float], None] = time.sleep


_REAL = Clockwork()


def measure(path: Path, counter: RecordCounter | None, clockwork: Clockwork = _REAL) -> Measure:
    """Hash and count the file; SourceChanged if it did not hold still meanwhile.

    SourceMissing, SourceNotAFile, SourceUnreadable or SourceTooBig if it cannot be read.
    """
    with open_source(path) as descriptor:
        try:
            return _pass_over(path, descriptor, counter, clockwork)
        except OSError as cause:
            raise source_fault(path, cause) from cause


def measure_many(
    paths: Sequence[Path],
    counter_for: Callable[[Path], RecordCounter | None],
    clockwork: Clockwork = _REAL,
) -> list[Measure | HeadwaterError]:
    """Measure each file; one that cannot be measured is answered with the reason, in its place."""
    answers: list[Measure | HeadwaterError] = []
    for path in paths:
        try:
            answers.append(measure(path, counter_for(path), clockwork))
        except HeadwaterError as refusal:
            answers.append(refusal)
    return answers


def _pass_over(
    path: Path, descriptor: int, counter: RecordCounter | None, clockwork: Clockwork
) -> Measure:
    status = _settled(descriptor, clockwork)
    require_written(path, descriptor, status.st_size)
    hasher = blake3()
    seen = 0
    while block := os.read(descriptor, _BLOCK_BYTES):
        seen += len(block)
        if seen > status.st_size:  # a writer could keep ahead of the reading for ever
            raise changed(path)
        hasher.update(block)
        if counter is not None:
            counter.update(block)
    stamp = source_stamp(status)
    require_stamp(path, descriptor, stamp)
    return Measure(
        digest=Digest(hasher.hexdigest()),
        size_bytes=seen,
        stamp=stamp,
        records=None if counter is None else counter.finish(),
    )


def _settled(descriptor: int, clockwork: Clockwork) -> os.stat_result:
    """The file's status, taken when its next change is bound to alter its stamp.

    Two writes within one tick of the clock get the same time. So a file written a moment
    ago is let rest for a tick before its stamp is taken and its first byte read; whatever
    is written afterwards bears a later time. One tick covers all files of a run that were
    there when it began. A time ahead of the clock was set by hand, and no write gets it.
    (A writer through a memory map may be stamped late; such a file needs a rename.)
    """
    status = os.fstat(descriptor)
    whole_seconds = status.st_mtime_ns % 1_000_000_000 == 0
    tick_ns = _COARSE_TICK_NS if whole_seconds else _TICK_NS
    age_ns = clockwork.now_ns() - status.st_mtime_ns
    if -tick_ns < age_ns < tick_ns:
        clockwork.wait_seconds((tick_ns - age_ns) / 1e9)
        status = os.fstat(descriptor)
    return status
