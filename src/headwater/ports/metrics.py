"""Where figures of runs go, for charts and alarms outside of the lake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from headwater.model.measure import Measure


class Metrics(Protocol):
    """Takes figures."""

    def publish(self, measures: Sequence[Measure]) -> None:
        """Hand these on, however many; when it returns, they are taken.

        StoreError where they are not, or not all: whoever repeats it may count some twice. No
        figure is worth a row: nothing in the lake depends on any of them.
        """
        ...
