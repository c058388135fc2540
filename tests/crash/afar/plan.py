"""What is done to a lake on AWS: a pure function of its seed."""

from __future__ import annotations

import random

from tests.crash.files import File, produce
from tests.crash.plan import Plan, Step

FEEDS = ("sales", "events")
KINDS = ("land", "land", "work", "work", "replay", "compact", "sweep", "reconcile", "pause")
PAUSES = ("claim.post", "stage.post", "log.read", "log.before_commit")
"""Where a worker may fall asleep while others commit what it has begun."""

STEPS = 4


def plan(seed: int) -> Plan:
    """Make the plan of an iteration."""
    chance = random.Random(seed)
    made = Plan(seed)
    made.steps.append(_landing(chance, made))
    for kind in chance.choices(KINDS, k=STEPS):
        if kind == "land":
            made.steps.append(_landing(chance, made))
        elif kind == "pause":
            made.steps.append(_landing(chance, made))
            again, asleep = _landing(chance, made), chance.choice(PAUSES)
            made.steps.append(Step("work", pause=asleep, meanwhile=(again, Step("work"))))
        else:
            made.steps.append(Step(kind))
    return made


def _landing(chance: random.Random, made: Plan) -> Step:
    """One to three files, each the first or the next version of its name."""
    files = []
    for number in sorted(chance.sample(range(3), chance.randint(1, 3))):
        feed = chance.choice(FEEDS)
        version = sum(each.feed == feed and _of(each, number) for each in made.versions)
        file = produce(feed, f"file-{number}", version, chance)
        made.versions.append(file)
        made.newest[feed, file.name] = file
        files.append(file)
    return Step("land", tuple(files))


def _of(file: File, number: int) -> bool:
    return file.name.startswith(f"file-{number}.")
