"""What an iteration does and what must come of it: a pure function of its seed."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass, field

CONFIGURATION = """\
lake: .
lease: 1s
feeds:
  sales:
    format: csv
    schema:
      id: text not null
      day: date
      qty: bigint
    partition: [month(day)]
    batch: {files: 3, age: 1s}
    retries: {attempts: 12, first_delay: 50ms, longest_delay: 200ms}
  events:
    format: ndjson
    schema:
      id: text not null
      at: timestamp
      n: bigint
    batch: {files: 2, age: 1s}
    retries: {attempts: 12, first_delay: 50ms, longest_delay: 200ms}
"""

VERBS = ("land", "work", "land", "work", "sweep", "land", "replay", "work", "reconcile", "drop")


@dataclass(frozen=True)
class File:
    """One version of one file: its bytes, the ids of its good rows, how many are bad."""

    feed: str
    name: str
    body: bytes
    good: tuple[str, ...]
    bad: int


@dataclass(frozen=True)
class Step:
    """One call, and the files it hands in."""

    verb: str
    files: tuple[File, ...] = ()


@dataclass
class Plan:
    """The steps of an iteration, and what must be visible after them."""

    seed: int
    steps: list[Step] = field(default_factory=list)
    newest: dict[tuple[str, str], File] = field(default_factory=dict)
    versions: list[File] = field(default_factory=list)

    def rows(self, feed: str) -> Counter[str]:
        """Ids that must be in the feed's table, each as often as it must be there."""
        return Counter(
            row for (of, _), file in self.newest.items() if of == feed for row in file.good
        )

    def refused(self, feed: str) -> Counter[str]:
        """Refused rows for each file whose newest version has any."""
        return Counter(
            {name: file.bad for (of, name), file in self.newest.items() if of == feed and file.bad}
        )


def plan(seed: int) -> Plan:
    """Make the plan of an iteration."""
    chance = random.Random(seed)
    made = Plan(seed)
    for verb in VERBS[: chance.randint(4, len(VERBS))]:
        if verb in {"land", "drop"}:
            feed = chance.choice(["sales", "sales", "events"])
            names = chance.sample(range(5), chance.randint(1, 4))
            files = tuple(_file(made, feed, number, chance, verb) for number in names)
            made.steps.append(Step(verb, files))
        else:
            made.steps.append(Step(verb))
    return made


def _file(made: Plan, feed: str, number: int, chance: random.Random, verb: str) -> File:
    # A file that is dropped by hand gets a name of its own: dropping it over another
    # would destroy raw bytes, which nobody promises to survive.
    stem = f"{'dropped' if verb == 'drop' else 'file'}-{number}"
    name = f"{stem}.csv" if feed == "sales" else f"{stem}.ndjson.gz"
    version = sum(file.name == name and file.feed == feed for file in made.versions)
    if verb == "drop" and version:
        return made.newest[feed, name]
    rows, dirty = chance.randint(0, 12), chance.random() < 0.4
    build = _sales if feed == "sales" else _events
    file = build(feed, name, [f"{name}|{version}|{row}" for row in range(rows + 1)], dirty, chance)
    made.versions.append(file)
    made.newest[feed, name] = file
    return file


def _sales(feed: str, name: str, ids: list[str], dirty: bool, chance: random.Random) -> File:
    lines, good, bad = ["id,day,qty"], [], 0
    for row in ids:
        if dirty and chance.random() < 0.3:
            bad += 1
            lines.append(
                chance.choice([f"{row},2026-01-01,many", f"{row},2026-01-01", f"{row},soon,1"])
            )
        else:
            good.append(row)
            lines.append(f"{row},2026-{chance.randint(1, 4):02d}-05,{chance.randint(0, 99)}")
    return File(feed, name, ("\n".join(lines) + "\n").encode(), tuple(good), bad)


def _events(feed: str, name: str, ids: list[str], dirty: bool, chance: random.Random) -> File:
    lines, good, bad = [], [], 0
    for number, row in enumerate(ids):
        text = json.dumps({"id": row, "at": f"2026-05-{number + 1:02d}T10:00:00Z", "n": number})
        if dirty and number and chance.random() < 0.3:  # a file of one cut line is no NDJSON
            bad += 1
            text = text[:-4]
        else:
            good.append(row)
        lines.append(text)
    packed = gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)
    return File(feed, name, packed, tuple(good), bad)
