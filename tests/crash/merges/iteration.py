"""One such plan, carried out under fire."""

from __future__ import annotations

import random
from collections.abc import Sequence

import duckdb

from tests.crash.driver import Driver
from tests.crash.evidence import Findings
from tests.crash.iteration import Caught, Iteration
from tests.crash.merges.plan import CONFIGURATION, KINDS, plan
from tests.crash.merges.verifier import look, verify
from tests.crash.plan import Step
from tests.crash.site import Site
from tests.crash.tally import Tally

RECOVERY = ("work", "replay", "work", "sweep", "verify")


class MergeIteration(Iteration):
    """Kills, sleeps and recovers as any other; what must be seen is its own."""

    def __init__(
        self,
        seed: int,
        driver: Driver,
        tally: Tally,
        broken: Sequence[str] = (),
        kinds: tuple[str, ...] = KINDS,
    ) -> None:
        self._plan = plan(seed, kinds)
        self._chance = random.Random(seed ^ 0xC0FFEE)
        self._favoured = ()
        self._tally = tally
        self._site = Site(driver, broken, self._plan)
        (self._site.lake / "headwater.yaml").write_text(CONFIGURATION)

    def _run(self) -> Findings:
        try:
            for step in self._plan.steps:
                if step.pause:
                    self._asleep(step)
                else:
                    self._under_fire(step)
            self._must(Step("work"))
            found = verify(self._site.lake)
            if found.clean:
                self._must(*map(Step, RECOVERY))
                found = verify(self._site.lake)
        except Caught as caught:
            return Findings(broken=[str(caught)])
        except (ValueError, duckdb.Error) as error:
            return Findings(broken=[f"a log or a part cannot be read: {error}"])
        return found

    def _look(self, after: Step) -> None:
        broken = look(self._site.lake)
        if broken:
            raise Caught(f"after {after.verb}: {'; '.join(broken)}")


def run(
    driver: Driver,
    *,
    iterations: int,
    seed: int,
    broken: Sequence[str] = (),
    kinds: tuple[str, ...] = KINDS,
) -> Tally:
    """Run iterations with seeds that follow each other; the first that fails is the last."""
    tally = Tally()
    while tally.iterations < iterations and not tally.failures:
        MergeIteration(seed + tally.iterations, driver, tally, broken, kinds).run()
    return tally
