"""How fast work goes and how long it will take, from looks at its progress."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from headwater.model.progress import Progress
from headwater.show.figures import clean, counted, duration, rate, size

WINDOW_SECONDS = 8.0
"""The rate is that of the last seconds: what it was before says little about what is left."""

_LEAST_SECONDS = 0.5
_LONGEST_SUBJECT = 40


@dataclass(frozen=True, slots=True)
class Look:
    """What can be said at one moment; None where it is too early to say."""

    share: float | None
    bytes_per_second: float | None
    seconds_left: float | None


@dataclass(slots=True)
class Pace:
    """The looks of the last seconds, of one stage of one subject."""

    _of: tuple[str, str] | None = None
    _seen: deque[tuple[float, int]] = field(default_factory=deque)

    def look(self, progress: Progress, now: float) -> Look:
        """Take a look in, and say how it goes."""
        of = (progress.stage, progress.subject)
        if of != self._of or (self._seen and progress.done_bytes < self._seen[-1][1]):
            self._of = of
            self._seen.clear()
        self._seen.append((now, progress.done_bytes))
        while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW_SECONDS:  # noqa: PLR2004 - two make a rate
            self._seen.popleft()
        return self._say(progress, now)

    def _say(self, progress: Progress, now: float) -> Look:
        share = None
        if progress.total_bytes > 0:
            share = min(progress.done_bytes / progress.total_bytes, 1.0)
        start, done_before = self._seen[0]
        if now - start < _LEAST_SECONDS or progress.done_bytes <= done_before:
            return Look(share, None, None)
        speed = (progress.done_bytes - done_before) / (now - start)
        left = None
        if progress.total_bytes > progress.done_bytes:  # at the end, what is left is not reading
            left = (progress.total_bytes - progress.done_bytes) / speed
        return Look(share, speed, left)


def spelled(progress: Progress, look: Look) -> Iterator[str]:
    """What a look says, figure by figure."""
    yield f"{progress.stage} {clean(progress.subject, _LONGEST_SUBJECT)}".rstrip()
    if progress.total_bytes:
        yield f"{size(progress.done_bytes)} of {size(progress.total_bytes)}"
    elif progress.done_bytes:
        yield size(progress.done_bytes)
    if progress.total_files > 1:
        yield f"{progress.done_files:,} of {counted(progress.total_files, 'file')}"
    if progress.rows:
        yield counted(progress.rows, "row")
    if look.bytes_per_second is not None:
        yield rate(look.bytes_per_second)
    if look.seconds_left is not None:
        yield f"{duration(look.seconds_left)} left"
