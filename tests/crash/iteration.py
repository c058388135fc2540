"""One plan, carried out under fire: kill, kill the recovery, put to sleep, recover, verify."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import duckdb

from tests.crash.curated import curated, stale
from tests.crash.driver import Driver
from tests.crash.evidence import Findings
from tests.crash.moment import given_up, held_attempts, look, named_parts, parts_of
from tests.crash.plan import Emphasis, Step, plan
from tests.crash.points import reachable
from tests.crash.site import LONG_LEASE_SECONDS, Ended, Site
from tests.crash.tally import Tally
from tests.crash.verifier import verify

TRIES = 4
"""How often a step is killed before it is let through."""

RECOVERY = ("replay", "work", "refresh", "sweep")
"""What was given up is done again, and what nobody needs is removed."""


class Caught(Exception):
    """Something does not hold in the middle of an iteration."""


class Iteration:
    """One plan, carried out."""

    def __init__(
        self, seed: int, emphasis: Emphasis, driver: Driver, tally: Tally, broken: Sequence[str]
    ) -> None:
        self._plan = plan(seed, emphasis)
        self._chance = random.Random(seed ^ 0xC0FFEE)
        self._favoured = emphasis.points
        self._tally = tally
        self._named: dict[str, tuple[int, int]] = {}
        self._shown: dict[tuple[str, str], int] = {}
        self._built: dict[str, dict[str, int]] = {}
        self._site = Site(driver, broken, self._plan)

    def run(self) -> None:
        """Do every step, recover, verify, count."""
        try:
            findings = self._run()
        finally:
            self._site.remove()
        self._tally.passed.update(self._site.passed)
        self._tally.add(self._plan.seed, self._site.schedule, findings)

    def _run(self) -> Findings:
        try:
            for step in self._plan.steps:
                if step.pause:
                    self._asleep(step)
                else:
                    self._under_fire(step)
            self._must(Step("work"))
            self._require_none_given_up()
            recovery = [verb for verb in RECOVERY if verb != "refresh" or self._plan.models]
            self._must(*map(Step, recovery))
            found = verify(self._site.lake, self._plan)
            if found.clean:
                # A look at the raw zone finds what was written over in place, and no new row.
                self._must(Step("reconcile"), Step("work"), Step("verify"))
                found = verify(self._site.lake, self._plan)
            found.broken += stale(self._site.lake) if self._plan.models else ()
        except Caught as caught:
            found = Findings(broken=[str(caught)])
        except (ValueError, duckdb.Error) as error:
            found = Findings(broken=[f"a log or a part cannot be read: {error}"])
        return found

    def _require_none_given_up(self) -> None:
        """Whoever is killed has not failed."""
        faulty = {"bury", "lossy_work"} & {step.verb for step in self._plan.steps}
        dead = [] if faulty else given_up(self._site.lake)
        if dead:
            raise Caught(f"L1: given up, with nothing wrong: {'; '.join(dead)}")

    def _under_fire(self, step: Step) -> None:
        """Kill it, and kill its recovery, until it is let through."""
        in_a_row = 0
        for _ in range(TRIES):
            ended = self._fire_at(step)
            in_a_row = in_a_row + 1 if ended.killed else 0
            self._tally.double_kills += in_a_row == 2
            self._look(after=step)
            if ended.code == 0:
                return
            if not ended.killed:
                break
        self._must(step.calm)

    def _fire_at(self, step: Step) -> Ended:
        points = reachable(step.verb)
        favoured = [point for point in points if point in self._favoured]
        if favoured and self._chance.random() < 0.6:
            points = favoured
        armed = self._chance.choice(points) if points and self._chance.random() < 0.85 else None
        nth, luck = self._chance.choice([1, 1, 1, 2, 3]), self._chance.randrange(1_000_000)
        self._site.turn_clock()
        ended = self._site.do(step, armed, nth, luck)
        if ended.killed:
            self._tally.kills += 1
            self._tally.killed_at[str(armed)] += 1
        return ended

    def _asleep(self, step: Step) -> None:
        """Somebody falls asleep, others do what they do, and it wakes."""
        self._site.turn_clock()
        ended = self._site.do(step)
        if ended.sleeper is None:  # it had no reason to pass that point
            self._must(*step.meanwhile)
        else:
            self._tally.pauses += 1
            if not step.lease_holds:
                self._site.turn_clock(LONG_LEASE_SECONDS)
            before = parts_of(self._site.lake)
            try:
                self._must(*step.meanwhile)
                self._require_held(before)
            finally:
                ended = self._site.wake(ended.sleeper)
        if ended.sleeper is not None:  # it has settled
            try:
                self._look(after=step)
            finally:
                ended = self._site.wake(ended.sleeper)
        self._look(after=step)
        if ended.code != 0:
            self._must(step.calm)

    def _must(self, *steps: Step) -> None:
        """Without faults it has to be done."""
        for step in steps:
            self._site.turn_clock()
            ended = self._site.do(step)
            if ended.code != 0:
                text = self._site.errors()
                raise Caught(f"{step.verb} ended with {ended.code} without any fault: {text}")
            self._look(after=step)

    def _look(self, after: Step) -> None:
        """What a reader sees at this moment must be whole versions, each once, never older ones."""
        moment = look(self._site.lake, self._plan)
        broken = [*moment.broken, *self._parts(after)]
        for (feed, name), number in moment.shown.items():
            if number < self._shown.get((feed, name), 0):
                broken.append(f"I5: {feed}/{name} has gone back to an older version")
        self._shown.update(moment.shown)
        broken += curated(self._site.lake, self._built)
        if broken:
            raise Caught("; ".join(broken))

    def _parts(self, after: Step) -> Iterator[str]:
        """A part that some version names stays as it is, until a sweep takes it."""
        before, self._named = self._named, named_parts(self._site.lake)
        swept = "sweep" in {after.verb, *(step.verb for step in after.meanwhile)}
        for path, writing in sorted(before.items()):
            if path not in self._named and not swept:
                yield f"I6: {path} was removed while a reader may be at it"
            if self._named.get(path, writing) != writing:
                yield f"I6: {path} was written a second time"

    def _require_held(self, before: set[str]) -> None:
        attempts = held_attempts(self._site.lake, self._site.now)
        gone = [
            path
            for path in before - parts_of(self._site.lake)
            if any(each in path for each in attempts)
        ]
        if gone:
            raise Caught(f"{sorted(gone)} were swept from under a live lease")
