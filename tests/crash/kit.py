"""Iterations, until time or count is up or one of them fails."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib import import_module

from tests.crash.driver import Driver
from tests.crash.iteration import Iteration
from tests.crash.plan import Emphasis
from tests.crash.tally import Tally


def run(
    driver: Driver,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int,
    emphasis: Emphasis | None = None,
    broken: Sequence[str] = (),
) -> Tally:
    """Run iterations with seeds that follow each other; the first that fails is the last."""
    tally = Tally()
    emphasis = emphasis or Emphasis()
    end = time.monotonic() + seconds if seconds else None
    while (end is None or time.monotonic() < end) and (
        iterations is None or tally.iterations < iterations
    ):
        Iteration(seed + tally.iterations, emphasis, driver, tally, broken).run()
        if tally.failures:
            break
    return tally


def shows(variant: str) -> Emphasis:
    """Under what a broken variant shows, so that not many iterations are needed."""
    emphasis: Emphasis = import_module(f"tests.crash.broken.{variant}").SHOWS
    return emphasis
