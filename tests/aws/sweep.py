"""Which writes a sweep spoils: some of them, others each run, or every one when it is asked for."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field

WHOLE = "HEADWATER_WHOLE_SWEEPS"  # any value: each write
SEED = "HEADWATER_SWEEP_SEED"  # the choice of an earlier run again


def seed_of_run():
    """What chooses: as it is said, or as chance wants."""
    return int(os.environ.get(SEED) or random.SystemRandom().randrange(1_000_000))


@dataclass(frozen=True)
class Sweep:
    """A choice of writes that can be made again."""

    some: int
    seed: int = field(default_factory=seed_of_run)

    def numbers(self, last):
        """Numbers up to the last, in order."""
        every = range(1, last + 1)
        if os.environ.get(WHOLE) or last <= self.some:
            return list(every)
        return sorted(random.Random(self.seed).sample(every, self.some))

    def at(self, number):
        """What is said of a failure."""
        return f"the write number {number}; once more with {SEED}={self.seed}"
