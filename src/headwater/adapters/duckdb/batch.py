"""A job's sources while it is under way: which are read fast, which carefully, which not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import duckdb

from headwater.adapters.duckdb.careful import Careful
from headwater.adapters.duckdb.evidence import Evidence, Observer
from headwater.adapters.duckdb.plan import Plan, make_plan, refusal
from headwater.adapters.duckdb.relation import Group, Reader, Shape
from headwater.adapters.duckdb.shapes import grouped_by_shape, json_shape, shape_of
from headwater.adapters.duckdb.source import Source, Way, open_sources, refused
from headwater.model.arrival import Cause
from headwater.model.feed import Format
from headwater.ports.engine import Fate, InputResult, Job
from headwater.reading.unreadable import Unreadable

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Batch:
    """What is known so far of a job's sources."""

    job: Job
    connection: duckdb.DuckDBPyConnection
    careful: Careful
    reader: Reader
    sources: dict[int, Source] = field(default_factory=dict)
    results: dict[int, InputResult] = field(default_factory=dict)
    shapes: dict[int, Shape] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    guesses: dict[str, Evidence] = field(default_factory=dict)  # from samples
    looked: set[int] = field(default_factory=set)  # careful sources whose values are known

    def open(self) -> None:
        """Recognise the inputs, and sort those that can be read."""
        sources, self.results = open_sources(self.job)
        for source in sources:
            self.sources[source.place] = source
            self._shape(source)
        self.regroup()

    @property
    def fast(self) -> list[Group]:
        """Groups that are read at full speed."""
        return [group for group in self.groups if not is_careful(group)]

    @property
    def slow(self) -> list[Group]:
        """Groups of one source each that are read carefully."""
        return [group for group in self.groups if is_careful(group)]

    def plan(self) -> Plan:
        """The target of the batch, as far as it is known."""
        shapes = [group.shape for group in self.groups]
        return make_plan(self.job.feed, self.job.table_schema, shapes, self.evidence)

    def refuse(self, place: int, cause: Cause) -> None:
        """Refuse a source whole."""
        source = self.sources.pop(place)
        self.results[place] = refused(source.input, cause, tuple(source.notes))

    def drop(self, place: int, fate: Fate) -> None:
        """Leave a source out that is not what was registered."""
        source = self.sources.pop(place)
        self.results[place] = InputResult(source.input.arrival, fate)

    def distrust(self, places: Iterable[int]) -> bool:
        """Read these sources carefully from here on; whether that is news."""
        news = False
        for place in places:
            source = self.sources.get(place)
            if source is not None and source.way is not Way.CAREFUL:
                source.way = Way.CAREFUL
                news = True
        return news

    def regroup(self) -> None:
        """Sort the sources by shape again."""
        self.groups = grouped_by_shape(
            (source, self.shapes[place]) for place, source in sorted(self.sources.items())
        )

    def look_carefully(self) -> None:
        """Find out about the values of sources that are read carefully."""
        for group in self.slow:
            source = group.sources[0]
            if source.place in self.looked or group.shape.format is Format.PARQUET:
                continue
            self.looked.add(source.place)
            try:
                self.add(self.careful.look(group, self.known_columns()))
                self.shapes[source.place] = group.shape
                self._require_place(source, group.shape)
            except Unreadable as refusal:
                self.refuse(source.place, refusal.cause)
        self.regroup()

    def add(self, found: dict[str, Evidence]) -> None:
        """Add to what is known of the columns."""
        for name, each in found.items():
            self.evidence[name] = self.evidence.get(name, Evidence()) | each

    def known_columns(self) -> frozenset[str]:
        """Columns whose types do not depend on any value, by their lower names."""
        names = {*self.job.feed.schema.names(), *self.job.table_schema.names()}
        return frozenset(name.lower() for name in names)

    def begin_anew(self) -> None:
        """Forget all values that were seen: some were of sources that are read otherwise."""
        self.evidence.clear()
        self.guesses.clear()
        self.looked.clear()
        self.regroup()

    def forget(self) -> None:
        """Keep what samples have shown as a guess, and find out about all values anew."""
        self.guesses |= self.evidence
        self.evidence.clear()
        self.looked.clear()

    def observe(self, group: Group) -> dict[str, Evidence]:
        """Look at every value of a group that is read fast."""
        names = [name.lower() for name in group.shape.columns]

        def over(ask: Callable[[str], Answer]) -> Answer:
            try:
                return ask(self.reader.cells(group, frozenset(range(len(names)))))
            finally:
                self.reader.drop()

        guesses = {i: self.guesses[name] for i, name in enumerate(names) if name in self.guesses}
        cells = [i for i, name in enumerate(names) if name not in self.known_columns()]
        observer = Observer(self.connection, over, json=group.shape.json)
        return {names[i]: each for i, each in observer.observe(cells, guesses).items()}

    def set_keys(self, group: Group, keys: list[str]) -> None:
        """All keys of a group of JSON lines, known by now; order as first seen."""
        ordered = [key for key in group.shape.keys if key in keys]
        ordered += [key for key in keys if key not in ordered]
        group.shape = json_shape(ordered, uniform=False)
        for source in group.sources:
            self.shapes[source.place] = group.shape

    def _shape(self, source: Source) -> None:
        try:
            shape = shape_of(self.connection, source)
            self.shapes[source.place] = shape
            if source.way is not Way.CAREFUL or source.delimited:
                self._require_place(source, shape)
        except Unreadable as refusal_:
            self.refuse(source.place, refusal_.cause)

    def _require_place(self, source: Source, shape: Shape) -> None:
        cause = refusal(self.job.feed, self.job.table_schema, shape.columns)
        if cause is not None and not (shape.json and source.counted == 0):
            raise Unreadable(cause.code, cause.message)


def is_careful(group: Group) -> bool:
    """Whether a group is one source that is read carefully."""
    return group.sources[0].way is Way.CAREFUL
