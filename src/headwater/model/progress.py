"""How far long work has come: what a face shows while it waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at work under way."""

    stage: str  # "measuring", "copying", "landing", "converting", "committing", "verifying", ...
    subject: str  # the feed or file
    done_bytes: int
    total_bytes: int
    rows: int = 0
    done_files: int = 0
    total_files: int = 0


WAITING = Progress("waiting for files", "", 0, 0)
"""Nothing is to be done, and somebody waits for it to come."""

ELSEWHERE = Progress("waiting for another worker, or for a retry", "", 0, 0)
"""Nothing is to be done here, and somebody waits for what others do."""

Watch = Callable[[Progress], None]


def nobody(_: Progress) -> None:
    """Watch nothing."""
