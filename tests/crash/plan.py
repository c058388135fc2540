"""What an iteration does and what must come of it: a pure function of its seed."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

CONFIGURATION = """\
lake: .
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

VERBS = ("work", "drop", "sweep", "replay", "reconcile", "lossy", "bury", "rebuild")
"""What may come between two landings."""

LANDINGS = ("land", "land", "link", "tamper")

PAUSES = ("claim.post", "stage.post", "log.read", "log.validated", "log.before_commit")
"""Where a worker may fall asleep without a lock that others have to wait for."""


@dataclass(frozen=True)
class File:
    """One version of one file: its bytes, the ids of its good rows, how many are bad."""

    feed: str
    name: str
    body: bytes
    good: tuple[str, ...]
    bad: int

    @property
    def rewritable(self) -> bool:
        """Whether its producer breaks the promise never to write over a linked file."""
        return self.name.startswith("linked")


@dataclass(frozen=True)
class Step:
    """One call, and the files it hands in.

    A work step with a place to pause is a worker that falls asleep there, while the steps in
    `meanwhile` are done; its lease runs out before that, or holds.
    """

    verb: str
    files: tuple[File, ...] = ()
    pause: str | None = None
    lease_holds: bool = False
    meanwhile: tuple[Step, ...] = ()


@dataclass
class Plan:
    """The steps of an iteration, and what must be visible after them."""

    seed: int
    events: bool = False  # workers have nothing but messages to go by
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


def plan(seed: int, favour: Sequence[str] = ()) -> Plan:
    """Make the plan of an iteration; half of its steps are of the kinds in favour, if any are."""
    chance = random.Random(seed)
    made = Plan(seed, events=chance.random() < 0.3)
    kinds = ["land", "work", *VERBS, "pause", "pause"]
    _add(made, "land", chance)
    for _ in range(chance.randint(2, 6)):
        if favour and chance.random() < 0.6:
            _add(made, chance.choice(favour), chance)
        else:
            _add(made, chance.choice(kinds), chance)
        if chance.random() < 0.5:
            _add(made, chance.choice(LANDINGS), chance)
            _add(made, "work", chance)
    return made


def _add(made: Plan, kind: str, chance: random.Random) -> None:
    if kind == "pause":
        made.steps += _pause(made, chance)
    else:
        made.steps.append(_step(made, kind, chance))


def _step(made: Plan, verb: str, chance: random.Random) -> Step:
    if verb not in {"land", "drop", "link", "tamper"}:
        return Step(verb)
    feed = chance.choice(["sales", "sales", "events"])
    stem = {"land": "file", "drop": "dropped", "link": "linked", "tamper": "linked"}[verb]
    names = chance.sample(range(5), chance.randint(1, 4))
    files = [_file(made, feed, f"{stem}-{number}", chance) for number in sorted(names)]
    if verb == "tamper":
        # Written over in place, and handed in again.
        return Step("link", tuple(files))
    return Step(verb, tuple(files))


def _pause(made: Plan, chance: random.Random) -> list[Step]:
    """Something to work on, a worker that falls asleep over it, and what happens meanwhile."""
    landing = _step(made, chance.choice(["land", "land", "link"]), chance)
    asleep = chance.choice(PAUSES)
    if chance.random() < 0.3:
        return [landing, Step("work", pause="stage.post", lease_holds=True, meanwhile=(SWEEP,))]
    another = replace(landing, files=_others(made, landing, chance))
    busy = [Step("work"), SWEEP, another, Step("work")]
    meanwhile = chance.choice([busy[:1], busy[1:2], busy[:2], busy[1:], busy[2:]])
    if another not in meanwhile:
        _forget(made, another)
    return [landing, Step("work", pause=asleep, meanwhile=tuple(meanwhile))]


def _others(made: Plan, landing: Step, chance: random.Random) -> tuple[File, ...]:
    """New versions of files that the sleeper does not hold: it may hold their neighbours' parts."""
    held = {file.name for file in landing.files}
    first = landing.files[0]
    stem = first.name.partition("-")[0]
    free = [f"{stem}-{n}" for n in range(5) if not any(x.startswith(f"{stem}-{n}.") for x in held)]
    chosen = chance.sample(free, min(len(free), 2))
    return tuple(_file(made, first.feed, stem, chance) for stem in sorted(chosen))


def _forget(made: Plan, step: Step) -> None:
    """Undo what was planned and is not done after all."""
    for file in step.files:
        made.versions.remove(file)
        before = [
            each for each in made.versions if (each.feed, each.name) == (file.feed, file.name)
        ]
        del made.newest[file.feed, file.name]
        if before:
            made.newest[file.feed, file.name] = before[-1]


def _file(made: Plan, feed: str, stem: str, chance: random.Random) -> File:
    name = f"{stem}.csv" if feed == "sales" else f"{stem}.ndjson.gz"
    version = sum(file.name == name and file.feed == feed for file in made.versions)
    # What is dropped by hand is dropped once: dropping it over another version would destroy
    # raw bytes, which nobody promises to survive.
    if stem.startswith("dropped") and version:
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
            lines.append(f"{row},2026-{chance.randint(1, 3):02d}-05,{chance.randint(0, 99)}")
    return File(feed, name, ("\n".join(lines) + "\n").encode(), tuple(good), bad)


def _events(feed: str, name: str, ids: list[str], dirty: bool, chance: random.Random) -> File:
    lines, good, bad = [], [], 0
    for number, row in enumerate(ids):
        text = json.dumps({"id": row, "at": f"2026-05-{number + 1:02d}T10:00:00Z", "n": number})
        if dirty and number and chance.random() < 0.3:  # of bad lines alone it is no NDJSON file
            bad += 1
            text = text[:-4]
        else:
            good.append(row)
        lines.append(text)
    packed = gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)
    return File(feed, name, packed, tuple(good), bad)


SWEEP = Step("sweep")
