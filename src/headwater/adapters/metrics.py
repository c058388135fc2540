"""Figures in this process's memory: for tests, and for looking at a flow without an account."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.model.measure import Measure


class MemoryMetrics:
    """Figures in a list; nothing outlives the process."""

    def __init__(self) -> None:
        self.measures: list[Measure] = []

    def publish(self, measures: Sequence[Measure]) -> None:
        """Keep these."""
        self.measures += measures
