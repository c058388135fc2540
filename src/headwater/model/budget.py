"""What a feed may cost: what it may spend on one batch, and in one month."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from headwater.model.price import Money


class Bound(StrEnum):
    """Which of a budget's limits it is."""

    PER_RUN = "per_run"  # one batch
    PER_MONTH = "per_month"  # what was committed and is under way in a month, in UTC


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that a feed may cost; what has no limit may cost anything."""

    per_run: Money | None = None
    per_month: Money | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is any limit."""
        return self.per_run is not None or self.per_month is not None

    def passed(self, nanos: int, spent: int) -> tuple[Bound, Money] | None:
        """Which limit a batch of that cost would pass; to reach it is to keep within it."""
        if self.per_run is not None and nanos > self.per_run.nanos:
            return Bound.PER_RUN, self.per_run
        if self.per_month is not None and spent + nanos > self.per_month.nanos:
            return Bound.PER_MONTH, self.per_month
        return None
