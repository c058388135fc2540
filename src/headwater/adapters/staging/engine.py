"""An engine for a lake that lies elsewhere: staged in, converted here, staged out."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from headwater.adapters.staging.ahead import Ahead
from headwater.adapters.staging.inputs import bring, with_lost
from headwater.adapters.staging.leaving import Leaving
from headwater.adapters.staging.places import Fetch, Places
from headwater.adapters.staging.shelf import Shelf
from headwater.model.feed import Feed
from headwater.model.ids import AttemptId
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Watch
from headwater.model.types import Schema
from headwater.points import point
from headwater.ports.building import Building, Changed, Edifice
from headwater.ports.engine import (
    Compacted,
    Compacting,
    Conversion,
    Engine,
    Job,
    Lookup,
    Rewriting,
    Rewritten,
    Survey,
)
from headwater.reading.counter import counter
from headwater.room import Room

_AT_ONCE_BYTES = 1_000_000_000  # of parts that are joined in one go


class StagedEngine:
    """Has another engine work on files of this machine, which it brings and takes away.

    What it takes away has names of the attempt, and is there whole or not at all, as parts of
    a local table are.
    """

    def __init__(
        self,
        engine: Engine,
        places: Places,
        shelf: Shelf,
        ahead: Ahead | None = None,
        leaving: Leaving | None = None,
    ) -> None:
        self._engine = engine
        self._places = places
        self._shelf = shelf
        self._ahead = ahead or Ahead(places, 0)
        self._leaving = leaving or Leaving()

    def warm(self) -> None:
        """Get the other ready."""
        self._engine.warm()

    def survey(self, location: str, feed: Feed) -> Survey:
        """Look at a local file; see the port."""
        return self._engine.survey(location, feed)

    def convert(self, job: Job, watch: Watch) -> Conversion:
        """Bring the inputs, convert them, take parts and refusals away; see the port."""
        with ExitStack() as kept:
            room = kept.enter_context(Room())
            counting = partial(counter, job.feed)
            brought = bring(self._places, self._ahead, job.inputs, room / "raw", counting)
            if not brought.here:
                nothing = Conversion((), (), Schema(), (), "none")
                return with_lost(nothing, brought, job.inputs)
            with self._lookups(job.lookups) as lookups:
                staged = replace(
                    job,
                    inputs=brought.here,
                    table_location=self._near(job.table_location, room / "table"),
                    refusals_location=self._near(job.refusals_location, room / "refusals"),
                    scratch=str(room / "scratch"),
                    lookups=lookups,
                )
                made = self._engine.convert(staged, watch)
            shutil.rmtree(room / "raw", ignore_errors=True)

            def take() -> None:
                self._take(room / "refusals", made.refusals, job.refusals_location)
                self._take_parts(room / "table", made.parts, job.table_location)

            told = with_lost(made, brought, job.inputs)
            if job.lingers:
                self._leaving.begin(job.attempt, take, kept.pop_all())
            else:
                take()
            return told

    def rewrite(self, rewriting: Rewriting) -> Rewritten:
        """Bring the parts, write them anew, take the new ones away; see the port."""
        with Room() as room:
            folder = self._near(rewriting.table_location, room / "table")
            parts = (*rewriting.parts, *rewriting.against)
            self._bring_parts(rewriting.table_location, parts, room / "table")
            made = self._engine.rewrite(replace(rewriting, table_location=folder))
            self._take_parts(room / "table", made.parts, rewriting.table_location)
            return made

    def compact(self, compacting: Compacting, watch: Watch) -> Compacted:
        """Bring and join some groups after the other; some are taken away meanwhile."""
        whole, leaving = Compacted(()), deque[AttemptId]()
        try:
            for number, groups in enumerate(_slices(compacting.groups)):
                # Each counts its parts from nought: as the turns of a job, each has its own name.
                name = f"{compacting.attempt}i{number}" if number else compacting.attempt
                task = replace(compacting, groups=groups, attempt=AttemptId(name))
                one = self._compact(task, watch)
                leaving.append(task.attempt)
                if len(leaving) > 1:
                    self._leaving.wait(leaving.popleft())
                whole = Compacted(
                    (*whole.joined, *one.joined),
                    (*whole.damaged, *one.damaged),
                    whole.cpu_seconds + one.cpu_seconds,
                )
        finally:
            for attempt in leaving:
                self._leaving.wait(attempt)
        return whole

    def build(self, building: Building, watch: Watch) -> Edifice:
        """Bring the tables, build, take the parts away; see the port."""
        every = (*building.readings, *building.lookups)
        wanted = [
            (each.location, [*each.snapshot.parts, *_gone(building.changed, each.snapshot)])
            for each in every
        ]
        with Room() as room, self._shelf.tables(wanted) as folders:
            near = tuple(
                replace(each, location=folder) for each, folder in zip(every, folders, strict=True)
            )
            staged = replace(
                building,
                readings=near[: len(building.readings)],
                lookups=near[len(building.readings) :],
                table_location=self._near(building.table_location, room / "table"),
                scratch=str(room / "scratch"),
            )
            if building.base is not None and building.checks:
                self._bring_parts(building.table_location, building.base.parts, room / "table")
            made = self._engine.build(staged, watch)
            self._take_parts(room / "table", made.parts, building.table_location)
            return made

    def close(self) -> None:
        """End the other."""
        self._ahead.forget()
        self._engine.close()

    def _compact(self, compacting: Compacting, watch: Watch) -> Compacted:
        """Join groups; what they became is on its way."""
        location = compacting.table_location
        with ExitStack() as kept:
            room = kept.enter_context(Room())
            folder = self._near(location, room / "table")
            parts = [part for group in compacting.groups for part in group]
            self._bring_parts(location, parts, room / "table")
            made = self._engine.compact(replace(compacting, table_location=folder), watch)
            joined = [each.part for each in made.joined]
            for part in parts if folder != location else ():
                (room / "table" / part.path).unlink(missing_ok=True)
            take = partial(self._take_parts, room / "table", joined, location)
            self._leaving.begin(compacting.attempt, take, kept.pop_all())
            return made

    @contextmanager
    def _lookups(self, lookups: Sequence[Lookup]) -> Iterator[tuple[Lookup, ...]]:
        tables = [each for each in lookups if each.snapshot is not None]
        wanted = [(each.location, each.snapshot.parts if each.snapshot else ()) for each in tables]
        with self._shelf.tables(wanted) as folders:
            near = {each.name: folder for each, folder in zip(tables, folders, strict=True)}
            yield tuple(
                replace(each, location=near.get(each.name, each.location)) for each in lookups
            )

    def _near(self, location: str, folder: Path) -> str:
        """Where the engine writes what belongs there."""
        if not self._places.is_far(location):
            return location
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    def _bring_parts(self, location: str, parts: Sequence[Part], folder: Path) -> None:
        if self._places.is_far(location):
            self._places.fetch([Fetch(f"{location}/{p.path}", folder / p.path) for p in parts])

    def _take_parts(self, folder: Path, parts: Sequence[Part], location: str) -> None:
        self._take(folder, [part.path for part in parts], location)

    def _take(self, folder: Path, names: Sequence[str], location: str) -> None:
        if self._places.is_far(location):
            self._places.put(folder, names, location)
            point("part.linked")


def _gone(changed: Changed | None, snapshot: Snapshot) -> tuple[Part, ...]:
    """Parts that the table has no more, and whose rows say which partitions have changed."""
    return changed.removed if changed and changed.since.table == snapshot.table else ()


def _slices(groups: Sequence[tuple[Part, ...]]) -> Iterator[tuple[tuple[Part, ...], ...]]:
    """Groups of no more bytes than are brought at once, or one group."""
    taken: list[tuple[Part, ...]] = []
    size_bytes = 0
    for group in groups:
        more = sum(part.size_bytes for part in group)
        if taken and size_bytes + more > _AT_ONCE_BYTES:
            yield tuple(taken)
            taken, size_bytes = [], 0
        taken.append(group)
        size_bytes += more
    if taken:
        yield tuple(taken)
