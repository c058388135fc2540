"""What goes wrong in the box: decided by a seed, one stream of chances for each kind of thing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from headwater.emulator.plan import Plan


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one event."""

    copies: int = 1
    late_seconds: float = 0.0
    behind_next: bool = False


class Faults:
    """A plan at work. The same calls in the same order meet the same faults.

    Each service and each target has chances of its own, so that what one of them
    is asked does not change what befalls another.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        """Take what shall go wrong."""
        self._lock = Lock()
        self.follow(plan or Plan())

    def follow(self, plan: Plan) -> None:
        """Begin anew with another plan."""
        with self._lock:
            self.plan = plan
            self.done: Counter[str] = Counter()
            self._asked: Counter[str] = Counter()
            self._chances: dict[str, random.Random] = {}

    def fate(self, target: str) -> Fate:
        """What becomes of an event for this target."""
        plan = self.plan
        with self._lock:
            if self._befalls("lost", target, plan.lost):
                return Fate(copies=0)
            copies = 2 if self._befalls("duplicate", target, plan.duplicate) else 1
            late = plan.late_seconds if self._befalls("late", target, plan.late) else 0.0
            return Fate(copies, late, self._befalls("reordered", target, plan.reordered))

    def throttles(self, service: str, operation: str) -> bool:
        """Whether this call is turned away."""
        plan = self.plan
        return self._hits("throttle", service, operation, (plan.throttle, plan.throttle_nth))

    def drops(self, service: str, operation: str) -> bool:
        """Whether the reply to this call is lost, after its effect."""
        return self._hits("drop", service, operation, (self.plan.drop, self.plan.drop_nth))

    def fails(self, service: str, operation: str) -> bool:
        """Whether this call is answered with an error of the service, after its effect."""
        return self._hits("fail", service, operation, (self.plan.fail, self.plan.fail_nth))

    def kills(self, function: str) -> bool:
        """Whether the function is killed in this invocation."""
        with self._lock:
            return self._is_nth("kill", function, self.plan.kill_nth)

    @property
    def counted(self) -> dict[str, int]:
        """How many calls, of those of which one is to go wrong by its number, there have been."""
        with self._lock:
            return dict(self._asked)

    def _hits(
        self,
        kind: str,
        service: str,
        operation: str,
        said: tuple[Mapping[str, float], Mapping[str, float]],
    ) -> bool:
        shares, nths = said
        with self._lock:
            hit = False
            for name in (service, f"{service}:{operation}"):
                hit = self._befalls(kind, name, shares.get(name, 0.0)) or hit
                hit = self._is_nth(kind, name, nths) or hit
            return hit

    def _befalls(self, kind: str, name: str, share: float) -> bool:
        if not share:
            return False
        stream = f"{self.plan.seed}:{kind}:{name}"
        chance = self._chances.setdefault(stream, random.Random(stream))
        if chance.random() >= share:
            return False
        self.done[kind] += 1
        return True

    def _is_nth(self, kind: str, name: str, nths: Mapping[str, float]) -> bool:
        if name not in nths:
            return False
        self._asked[f"{kind}:{name}"] += 1
        if self._asked[f"{kind}:{name}"] != nths[name]:
            return False
        self.done[kind] += 1
        return True
