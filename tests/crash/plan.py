"""What an iteration does and what must come of it: a pure function of its seed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace

from tests.crash import shaped
from tests.crash.files import SUFFIXES, File, produce

CONFIGURATION = """\
lake: .
feeds:
  sales:
    format: csv
    schema:
      id: text not null
      day: date
      qty: bigint
    on_bad_value: widen
    partition: [month(day)]
    batch: {files: 3, age: 1s}
    retries: {attempts: 6, first_delay: 50ms, longest_delay: 100ms}
  events:
    format: ndjson
    schema:
      id: text not null
      at: timestamp
      n: bigint
    batch: {files: 2, age: 1s}
    compact: 4
    retries: {attempts: 6, first_delay: 50ms, longest_delay: 100ms}
"""

KINDS = (
    "land", "work", "work", "drop", "sweep", "replay", "reconcile", "rebuild", "lossy_land",
    "lossy_work", "bury", "ingest", "meddle", "pause", "pause_beside", "pause_swept", "pause_held",
    "pause_landing", "pause_sweep", "compact", "compact", "pause_compact",
)  # fmt: skip
"""What may come after the first landing."""

LANDINGS = ("land", "land", "link", "link")

PARTS_PAUSES = ("stage.post", "log.read", "log.validated", "log.before_commit")
WORK_PAUSES = ("claim.post", *PARTS_PAUSES)
"""Where a worker may fall asleep without a lock that others have to wait for."""

LANDING_PAUSES = ("up.dirsynced", "in.after_enqueue", "in.before_register")
"""Where its files lie in the raw zone already: those that come now are newer."""

COMPACT_PAUSES = (
    "cmp.planned", "cmp.pre_commit", "log.read", "log.validated", "log.before_commit",
)  # fmt: skip

SWEEP_PAUSES = ("gc.pre_drop", "gc.post_drop")

REFRESHES = ("refresh", "refresh", "refresh_full", "refresh_paused", "lossy_refresh")
"""What may come after any step, where there are models."""

SHAPINGS = ("shaped", "shaped", "shaped_work", "shaped_beside", "shaped_swept")
"""What may come after any step, where there are feeds with steps."""

STEMS = {
    "land": "file",
    "lossy_land": "file",
    "ingest": "file",
    "drop": "dropped",
    "link": "linked",
}


@dataclass(frozen=True)
class Emphasis:
    """What is done more often than chance would have it, so that a fault shows soon."""

    steps: tuple[str, ...] = ()  # kinds of steps
    points: tuple[str, ...] = ()  # where to kill, in steps that pass one of them


@dataclass(frozen=True)
class Step:
    """One call, and the files it hands in.

    A step with a place to pause falls asleep there, while the steps in `meanwhile` are done.
    The lease of a worker has run out by then, or holds.
    """

    verb: str
    files: tuple[File, ...] = ()
    pause: str | None = None
    lease_holds: bool = False
    meanwhile: tuple[Step, ...] = ()

    @property
    def calm(self) -> Step:
        """The same without faults."""
        return replace(self, verb=self.verb.removeprefix("lossy_"))


DONE = Step("work")
"""So that a sleeper holds what has just landed and nothing else, and there is a table."""


@dataclass
class Plan:
    """The steps of an iteration, and what must be visible after them."""

    seed: int
    events: bool = False  # workers have nothing but messages to go by
    models: bool = False  # curated tables are built behind them
    shaped: bool = False  # there are feeds with steps
    steps: list[Step] = field(default_factory=list)
    newest: dict[tuple[str, str], File] = field(default_factory=dict)
    versions: list[File] = field(default_factory=list)

    def rows(self, feed: str) -> Counter[str]:
        """Ids that must be in the feed's table, each as often as it must be there."""
        files = [file for (of, _), file in self.newest.items() if of == feed]
        rows = Counter(row for file in files for row in file.good)
        return shaped.expected_of(feed, rows, any_file=bool(files))

    def refused(self, feed: str) -> Counter[str]:
        """Refused rows for each file whose newest version has any."""
        return Counter(
            {name: file.bad for (of, name), file in self.newest.items() if of == feed and file.bad}
        )


def plan(seed: int, emphasis: Emphasis) -> Plan:
    """Make the plan of an iteration."""
    return _Planner(seed, emphasis).plan()


class _Planner:
    """A plan in the making."""

    def __init__(self, seed: int, emphasis: Emphasis) -> None:
        self._chance = random.Random(seed)
        self._of_models = random.Random(seed ^ 0x0DE15)  # what else is done stays as it is
        self._of_steps = random.Random(seed ^ 0x57E95)
        self._favoured = emphasis.steps
        self._pauses = [each for each in WORK_PAUSES if each in emphasis.points] or WORK_PAUSES
        self._made = Plan(seed)

    def plan(self) -> Plan:
        made, chance = self._made, self._chance
        made.events = chance.random() < 0.3
        refreshes = [each for each in self._favoured if each in REFRESHES]
        made.models = bool(refreshes) or (not self._favoured and self._of_models.random() < 0.4)
        shapings = [each for each in self._favoured if each in SHAPINGS]
        made.shaped = bool(shapings) or (not self._favoured and self._of_steps.random() < 0.4)
        made.steps.append(self._handing_in("land"))
        # What is stressed shows in few steps, or not at all: the next seed comes sooner.
        for _ in range(2 if self._favoured else chance.randint(2, 6)):
            favoured = self._favoured and chance.random() < 0.8
            made.steps += self._steps(chance.choice(self._favoured if favoured else KINDS))
            if chance.random() < 0.5:
                made.steps += [self._handing_in(chance.choice(LANDINGS)), Step("work")]
            if made.models and self._of_models.random() < 0.5:
                made.steps += self._steps(self._of_models.choice(refreshes or REFRESHES))
            if made.shaped and self._of_steps.random() < 0.6:
                made.steps += self._shaped(self._of_steps.choice(shapings or SHAPINGS))
        return made

    def _steps(self, kind: str) -> list[Step]:
        if kind in STEMS:
            return [self._handing_in(kind)]
        if kind == "announced":
            self._made.events = True
            return [self._handing_in("drop"), Step("work")]
        if kind in {"lossy_work", "bury"}:  # over something that waits for it
            return [self._handing_in("land"), Step(kind)]
        if kind in SHAPINGS:
            return self._shaped(kind)
        makers = {
            "meddle": self._meddle,
            "refresh_paused": self._refresh_paused,
            "pause": self._pause,
            "pause_beside": self._pause_beside,
            "pause_swept": self._pause_swept,
            "pause_held": self._pause_held,
            "pause_landing": self._pause_landing,
            "pause_sweep": self._pause_sweep,
            "pause_compact": self._pause_compact,
        }
        return makers[kind]() if kind in makers else [Step(kind)]

    def _handing_in(self, verb: str) -> Step:
        feed = self._chance.choice(["sales", "sales", "events"])
        numbers = self._chance.sample(range(5), self._chance.randint(1, 4))
        stems = [f"{STEMS[verb]}-{number}" for number in sorted(numbers)]
        return Step(verb, tuple(self._file(feed, stem) for stem in stems))

    def _again(self, landing: Step) -> Step:
        """The next version of each of its files."""
        return replace(
            landing, files=tuple(self._file(file.feed, _stem(file)) for file in landing.files)
        )

    def _others(self, landing: Step) -> Step:
        """New versions of files that a sleeper does not hold: it may hold their neighbours."""
        first = landing.files[0]
        held = {_stem(file) for file in landing.files}
        kind = _stem(first).partition("-")[0]
        free = [stem for stem in (f"{kind}-{n}" for n in range(5)) if stem not in held]
        chosen = sorted(self._chance.sample(free, min(len(free), 2)))
        return replace(landing, files=tuple(self._file(first.feed, stem) for stem in chosen))

    def _file(self, feed: str, stem: str) -> File:
        made, name = self._made, f"{stem}{SUFFIXES[feed]}"
        version = sum(file.name == name and file.feed == feed for file in made.versions)
        # What is dropped by hand is dropped once: dropping it over another version would destroy
        # raw bytes, which nobody promises to survive.
        if stem.startswith("dropped") and version:
            return made.newest[feed, name]
        if feed in shaped.SHAPED:
            file: File = shaped.produce(feed, name, version, self._of_steps)
        else:
            file = produce(feed, stem, version, self._chance)
        made.versions.append(file)
        made.newest[feed, name] = file
        return file

    def _shaped(self, kind: str) -> list[Step]:
        """Files of a feed with steps; two workers may be at files that share keys."""
        chance, work = self._of_steps, Step("work")
        feed = shaped.ACROSS if kind == "shaped_beside" else chance.choice(shaped.SHAPED)
        verb = chance.choice(["land", "ingest"]) if kind == "shaped" else "land"
        numbers = sorted(chance.sample(range(4), chance.randint(2, 3)))
        files = [self._file(feed, f"{STEMS[verb]}-{number}") for number in numbers]
        landing, rest = Step(verb, tuple(files[:-1])), Step("ingest", tuple(files[-1:]))
        if kind in {"shaped", "shaped_work"}:
            return [replace(landing, files=tuple(files)), *([work] if kind != "shaped" else [])]
        asleep = Step(
            "work",
            pause=chance.choice(PARTS_PAUSES),
            lease_holds=kind == "shaped_beside",
            meanwhile=(rest,) if kind == "shaped_beside" else (Step("sweep"), rest),
        )
        return [work, landing, asleep]

    def _pause(self) -> list[Step]:
        """A worker falls asleep over its work, and another one goes on, with that or with more."""
        landing = self._handing_in(self._chance.choice(["land", "land", "link"]))
        again, more = self._chance.choice([(True, False), (False, True), (True, True)])
        meanwhile = [Step("work")] if again else []
        meanwhile += [self._others(landing), Step("work")] if more else []
        asleep = self._chance.choice(self._pauses)
        return [landing, Step("work", pause=asleep, meanwhile=tuple(meanwhile))]

    def _pause_beside(self) -> list[Step]:
        """The same, but the worker's lease holds, and what the other commits is something else."""
        landing = self._handing_in("land")
        others = replace(self._others(landing), verb="ingest")
        asleep = self._chance.choice(PARTS_PAUSES)
        return [DONE, landing, Step("work", pause=asleep, lease_holds=True, meanwhile=(others,))]

    def _pause_swept(self) -> list[Step]:
        """A worker falls asleep over parts that it has not committed, and a sweep finds them."""
        landing = self._handing_in("land")
        meanwhile = [Step("sweep"), *([Step("work")] if self._chance.random() < 0.5 else [])]
        asleep = self._chance.choice(PARTS_PAUSES)
        return [DONE, landing, Step("work", pause=asleep, meanwhile=tuple(meanwhile))]

    def _pause_held(self) -> list[Step]:
        """A sweep finds parts of a worker whose lease holds: they are not to be touched."""
        asleep = Step("work", pause="stage.post", lease_holds=True, meanwhile=(Step("sweep"),))
        return [DONE, self._handing_in("land"), asleep]

    def _pause_landing(self) -> list[Step]:
        """Whoever hands files in falls asleep before they are registered; newer ones come."""
        landing = self._handing_in("land")
        again, work = self._chance.choice([(False, True), (True, False), (True, True)])
        meanwhile = [self._again(landing)] if again else []
        meanwhile += [Step("work")] if work else []
        asleep = self._chance.choice(LANDING_PAUSES)
        return [replace(landing, pause=asleep, meanwhile=tuple(meanwhile))]

    def _pause_sweep(self) -> list[Step]:
        """A sweep falls asleep before it deletes, and a worker goes on."""
        landing, work = self._handing_in("land"), Step("work")
        asleep = Step(
            "sweep",
            pause=self._chance.choice(SWEEP_PAUSES),
            meanwhile=(self._again(landing), work),
        )
        return [landing, work, asleep]

    def _pause_compact(self) -> list[Step]:
        """A compaction falls asleep, and rows that it joins are replaced, or a sweep comes."""
        landing, work = self._handing_in("land"), Step("work")
        before = [landing, work, self._others(landing), work]
        again, swept = self._chance.choice([(True, False), (True, True), (False, True)])
        meanwhile = [self._again(landing), work] if again else []
        meanwhile += [Step("sweep")] if swept else []
        asleep = self._chance.choice(COMPACT_PAUSES)
        return [*before, Step("compact", pause=asleep, meanwhile=tuple(meanwhile))]

    def _refresh_paused(self) -> list[Step]:
        """Somebody falls asleep over a build; another goes on with it, or with a later one."""
        landing = replace(self._handing_in("land"), verb="ingest")  # which builds no model
        held, swept = self._of_models.random() < 0.4, self._of_models.random() < 0.3
        more = held or self._of_models.random() < 0.5
        meanwhile = [replace(self._again(landing), verb="ingest")] if more else []
        meanwhile += [Step("sweep")] if swept else []
        meanwhile += [] if held else [Step("refresh")]  # which waits for one whose lease holds
        pause = self._of_models.choice(self._pauses)
        asleep = Step("refresh", pause=pause, lease_holds=held, meanwhile=tuple(meanwhile))
        return [landing, asleep]

    def _meddle(self) -> list[Step]:
        """A linked file is written over while a worker is about to read it."""
        landing = self._handing_in("link")
        again = self._again(landing)
        return [landing, Step("work", pause="claim.post", meanwhile=(again,))]


def _stem(file: File) -> str:
    return file.name.partition(".")[0]
