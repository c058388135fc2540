"""Mutants, one after the other: each read by the rooms, some by the engine, some by a lake."""

from __future__ import annotations

import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import TypeVar

from headwater.errors import EngineError, HeadwaterError, InputError, MissingExtra
from tests.differential.reading import Outcome, read_records
from tests.differential.through import Through
from tests.fuzz import watched
from tests.fuzz.judge import flaw_of
from tests.fuzz.lakes import Pond
from tests.fuzz.mutation import BOMBS, mutated, touched
from tests.fuzz.originals import Original, original
from tests.fuzz.reference import READERS, SHEETS, difference, rows_of

SHARES = (0.25, 0.1)
BOMB_SHARE = 0.004
TOUCHED_SHARE = 0.7
"""Of files that another reader is asked about, and mostly refuses once much is changed."""

POND_FILES = 12
HEAD_BYTES = 2_000
T = TypeVar("T")
Read = Callable[[Path, dict], Outcome]


@dataclass(frozen=True)
class Finding:
    """A mutant, and what is wrong with what came of it."""

    number: int
    kind: str
    reader: str
    flaw: str
    kept: str  # where the mutant lies

    def __str__(self) -> str:
        return f"{self.number} ({self.kind}, {self.reader}): {self.flaw}; kept as {self.kept}"


@dataclass
class Tally:
    """What a run has seen."""

    mutants: int = 0
    by_engine: int = 0
    by_lakes: int = 0
    by_others: int = 0  # and what another reader took them for
    refused_whole: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    peak_bytes: int = 0


@dataclass(frozen=True)
class Mutant:
    """One of them."""

    number: int
    kind: str
    original: Original
    content: bytes
    random: Random


def mutant_of(seed: int, number: int) -> Mutant:
    """The mutant of a number under a seed."""
    random = Random(f"{seed} {number}")
    kind, held = original(random)
    if kind in READERS and random.random() < TOUCHED_SHARE:
        content = touched(random, held.content)
    else:
        content = mutated(random, held.content, original(random)[1].content)
    if random.random() < BOMB_SHARE:
        content = random.choice(BOMBS)(random, content, content)
    return Mutant(number, kind, held, held.pack(content), random)


class Fuzz:
    """One run, in a folder of its own, which goes with it; what fails is kept elsewhere."""

    def __init__(
        self, seed: int, keep: Path, *, rooms: Read | None = None, through: Through | None = None
    ) -> None:
        """Take what reads here and through the engine, if not the reading rooms and the engine."""
        self.tally = Tally()
        self._seed = seed
        self._keep = keep
        self._rooms = rooms or read_records
        self._folder = Path(mkdtemp(prefix="headwater-fuzz-"))
        self._path = self._folder / "mutant"
        self._through = through or Through()
        self._shares = SHARES
        self._waiting: list[Mutant] = []

    @contextmanager
    def opened(self) -> Iterator[Fuzz]:
        """Clear up behind it."""
        try:
            yield self
        finally:
            self._through.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def run(
        self,
        *,
        seconds: float | None = None,
        mutants: int | None = None,
        first: int = 0,
        shares: tuple[float, float] = SHARES,
    ) -> None:
        """Go on until the time is over, or so many are done.

        Shares are those that the engine and lakes have of them.
        """
        self._shares = shares
        end = time.monotonic() + seconds if seconds is not None else None
        number = first
        while (mutants is None or number < first + mutants) and (
            end is None or time.monotonic() < end
        ):
            self.look_at(mutant_of(self._seed, number))
            number += 1
        self._pond()

    def look_at(self, mutant: Mutant) -> None:
        """Read one mutant in one or several ways."""
        self.tally.mutants += 1
        self._path.write_bytes(mutant.content)
        self._by_rooms(mutant)
        chance, (engines, lakes) = mutant.random.random(), self._shares
        if chance < engines:
            self._by_engine(mutant)
        if chance >= 1 - lakes:
            self._waiting.append(mutant)
        if len(self._waiting) == POND_FILES:
            self._pond()

    def beside_another(self, mutant: Mutant) -> None:
        """What another reader takes for a file of its format has the same values here, or none."""
        expected = rows_of(mutant.kind, mutant.content)
        self._path.write_bytes(mutant.content)
        if expected is None:
            return
        self.tally.by_others += 1
        settings = {"types": "text" if mutant.kind in SHEETS else "infer"}
        outcome = self._asked(mutant, "values", lambda: self._through.read(self._path, settings))
        if outcome is None or outcome.unreadable:
            return
        if flaw := difference(expected, outcome.rows, len(outcome.refused)):
            self._found(mutant, "values", flaw)

    def _by_rooms(self, mutant: Mutant) -> None:
        try:
            with watched.in_time(watched.SECONDS):
                outcome = self._rooms(self._path, mutant.original.settings)
        except MissingExtra:
            return
        except watched.Hung:
            self._found(mutant, "rooms", f"it took longer than {watched.SECONDS} seconds")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked for
            self._found(mutant, "rooms", _told(error))
        else:
            if outcome.unreadable:
                self.tally.refused_whole[outcome.unreadable] += 1
            self._judge(mutant, "rooms", outcome)

    def _by_engine(self, mutant: Mutant) -> None:
        self.tally.by_engine += 1
        settings = mutant.original.settings
        outcome = self._asked(mutant, "engine", lambda: self._through.read(self._path, settings))
        if outcome is not None:
            self._judge(mutant, "engine", outcome)
        self.beside_another(mutant)
        self._asked(mutant, "peek", lambda: self._through.peek(self._path, HEAD_BYTES))

    def _asked(self, mutant: Mutant, reader: str, ask: Callable[[], T]) -> T | None:
        """What the engine answers; None where it refuses, or fails, which is found."""
        self._through.warm()
        child, answer = self._through.process_id, None
        watched.forget_peak(child)
        with watched.child_in_time(child, watched.SECONDS) as said:
            try:
                answer = ask()
            except (InputError, MissingExtra):
                pass
            except Exception as error:  # noqa: BLE001 - same
                if not said:
                    self._found(mutant, reader, _told(error))
        for each in said:
            self._found(mutant, reader, each)
        self._weigh(mutant, watched.peak_bytes(child))
        return answer

    def _weigh(self, mutant: Mutant, peak: int) -> None:
        self.tally.peak_bytes = max(self.tally.peak_bytes, peak)
        if peak > watched.RESIDENT_BYTES:
            self._found(mutant, "engine", f"its child held {peak >> 20} MiB")

    def _judge(self, mutant: Mutant, reader: str, outcome: Outcome) -> None:
        flaw = flaw_of(mutant.original, mutant.content, outcome)
        if flaw is not None:
            self._found(mutant, reader, flaw)

    def _pond(self) -> None:
        """Have a lake take all that wait for one, and a sound file with them."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        self.tally.by_lakes += len(waiting)
        pond = Pond(self._folder / f"pond-{waiting[0].number}")
        try:
            for number, flaw in pond.take([(each.number, each.content) for each in waiting]):
                culprit = next((each for each in waiting if each.number == number), waiting[0])
                self._found(culprit, "lake", flaw)
        finally:
            shutil.rmtree(pond.folder, ignore_errors=True)

    def _found(self, mutant: Mutant, reader: str, flaw: str) -> None:
        self._keep.mkdir(parents=True, exist_ok=True)
        kept = self._keep / f"{self._seed}-{mutant.number}"
        kept.write_bytes(mutant.content)
        finding = Finding(mutant.number, mutant.kind, reader, flaw, str(kept))
        self.tally.findings.append(finding)


def _told(error: Exception) -> str:
    if isinstance(error, HeadwaterError) and not isinstance(error, EngineError):
        return f"{type(error).__name__}: {error.message}"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}: {error}"
