"""How far a landing has come: bytes measured, bytes copied, files begun."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from headwater.model.ids import FeedName
from headwater.model.progress import Progress, Watch
from headwater.reading.count import Block, RecordCounter

EVERY_SECONDS = 0.1
"""Blocks go by ten thousand a second; nobody looks that often."""


class Tally:
    """Adds up what goes by, and tells the watch now and then."""

    def __init__(
        self,
        feed: FeedName,
        files: Sequence[Path],
        watch: Watch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._feed = feed
        self._watch = watch
        self._clock = clock
        self._total = sum(map(_size, files))
        self._files = len(files)
        self._measured = self._copied = self._begun = 0
        self._said = clock()

    def counting(self, counter: RecordCounter | None) -> RecordCounter:
        """The counter of the next file, whose bytes are added up as it takes them."""
        self._begun += 1
        return _Counting(counter, self._measure)

    def copied(self, size_bytes: int) -> None:
        """Add bytes that were copied."""
        self._copied += size_bytes
        stage = "copying" if self._copied < self._measured else "syncing"
        self._say(stage, self._copied, self._measured, self._begun)

    def landed(self, files: int) -> None:
        """Say how many files have landed, whatever was said a moment ago."""
        done = self._measured if files < self._files else self._total
        progress = Progress("landing", self._feed, done, self._total, 0, files, self._files)
        self._watch(progress)

    def _measure(self, size_bytes: int) -> None:
        self._measured += size_bytes
        self._say("measuring", self._measured, self._total, self._begun - 1)

    def _say(self, stage: str, done: int, total: int, files: int) -> None:
        now = self._clock()
        if now - self._said >= EVERY_SECONDS:
            self._said = now
            done = min(done, total)  # a file may have grown since it was asked for its size
            self._watch(Progress(stage, self._feed, done, total, 0, files, self._files))


class _Counting:
    """A record counter through which the bytes of a file can be watched."""

    def __init__(self, counter: RecordCounter | None, tell: Callable[[int], None]) -> None:
        self._counter = counter
        self._tell = tell

    def update(self, block: Block) -> None:
        """Take the next bytes."""
        if self._counter is not None:
            self._counter.update(block)
        self._tell(len(block))

    def finish(self) -> int | None:
        """How many records there were in all; None where nobody counted."""
        return None if self._counter is None else self._counter.finish()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):  # the landing says what is wrong with it
        return 0
