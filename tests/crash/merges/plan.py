"""What is done to such feeds: a pure function of its seed."""

from __future__ import annotations

import random

from tests.crash.files import File
from tests.crash.plan import Plan, Step

CONFIGURATION = """\
lake: .
feeds:
  orders:
    format: csv
    schema: {id: text, n: bigint}
    mode: {upsert: {by: id}}
    batch: {files: 2, age: 1s}
    compact: 4
    retries: {attempts: 6, first_delay: 50ms, longest_delay: 100ms}
  days:
    format: csv
    schema: {id: text, n: bigint}
    mode: replace partitions
    partition: [id]
    batch: {files: 2, age: 1s}
    retries: {attempts: 6, first_delay: 50ms, longest_delay: 100ms}
"""

FEEDS = ("orders", "days")
KEYS = "pqrst"
KINDS = ("land", "late", "beside", "beside", "replay", "compact", "sweep", "rebuild", "work")
ASLEEP = ("claim.post", "stage.post", "log.read", "log.before_commit")
"""Where a worker may fall asleep while others commit."""


def plan(seed: int, kinds: tuple[str, ...] = KINDS) -> Plan:
    """Make the plan of an iteration."""
    planner = _Planner(seed)
    planner.handing_in()
    # What is stressed shows in few steps, or not at all: the next seed comes sooner.
    for _ in range(planner.chance.randint(3, 6) if kinds == KINDS else 2):
        planner.add(planner.chance.choice(kinds))
    return planner.made


class _Planner:
    """A plan in the making. A correction has all keys of the version before: none is given up."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.made = Plan(seed)
        self._keys: dict[tuple[str, str], set[str]] = {}
        self._rows = 0
        self._fresh: str | None = None  # a key that all files have from here on

    def add(self, kind: str) -> None:
        """Add the steps of a kind."""
        feed = self.chance.choice(FEEDS)
        if kind == "land":
            self.handing_in(feed)
        elif kind == "late":
            self._late(feed)
        elif kind == "beside":
            self._beside(feed)
        else:
            self.made.steps.append(Step(kind))

    def handing_in(self, feed: str | None = None) -> None:
        """Files land."""
        self.made.steps.append(self._landing(feed or self.chance.choice(FEEDS)))

    def _late(self, feed: str) -> None:
        """A worker falls asleep before it reads what is older; others commit what is newer."""
        names = self.chance.sample(range(4), 3)
        first, then = self._landing(feed, names[:1]), self._landing(feed, names[1:])
        others = (self._ingested(then),)  # whose worker waits for nothing else
        asleep = Step("work", pause="claim.post", lease_holds=True, meanwhile=others)
        self.made.steps += [Step("work"), first, asleep]

    def _beside(self, feed: str) -> None:
        """A worker falls asleep over its parts, and others commit a key new to the table."""
        self._fresh = f"new-{self._rows}"
        names = self.chance.sample(range(4), 3)
        then = self._landing(feed, names[1:])
        meanwhile = [self._ingested(then)]
        if self.chance.random() < 0.3:
            meanwhile.append(Step("compact"))
        pause = self.chance.choice(ASLEEP)
        held = self.chance.random() < 0.7
        first = self._landing(feed, names[:1])
        asleep = Step("work", pause=pause, lease_holds=held, meanwhile=tuple(meanwhile))
        self.made.steps += [Step("work"), first, asleep]

    def _ingested(self, landing: Step) -> Step:
        return Step("ingest", landing.files)

    def _landing(self, feed: str, numbers: list[int] | None = None) -> Step:
        chosen = numbers or self.chance.sample(range(4), self.chance.randint(1, 3))
        return Step("land", tuple(self._file(feed, f"file-{n}.csv") for n in sorted(chosen)))

    def _file(self, feed: str, name: str) -> File:
        keys = self._keys.setdefault((feed, name), set())
        keys.update(self.chance.sample(KEYS, self.chance.randint(1, 4)))
        keys.update([self._fresh] if self._fresh else [])
        lines = ["id,n"]
        for key in self.chance.sample(sorted(keys), len(keys)):
            for _ in range(self.chance.choice([1, 1, 2])):
                self._rows += 1
                lines.append(f"{key},{self._rows}")
        file = File(feed, name, ("\n".join(lines) + "\n").encode(), (), 0)
        self.made.versions.append(file)
        self.made.newest[feed, name] = file
        return file
