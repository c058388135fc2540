"""A job's sources while it is under way: which are read fast, which carefully, which not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from headwater.adapters.duckdb.careful.path import Careful
from headwater.adapters.duckdb.columns.changes import Changes, widened
from headwater.adapters.duckdb.columns.evidence import Evidence
from headwater.adapters.duckdb.columns.observer import Answers, Observer
from headwater.adapters.duckdb.columns.plan import Plan, make_plan, refusal, unwelcome
from headwater.adapters.duckdb.columns.widening import Growth, Trial, combined, widenable
from headwater.adapters.duckdb.sources.relation import Group, Reader
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.shapes import (
    grouped_by_shape,
    json_shape,
    knows_columns,
    shape_of,
)
from headwater.adapters.duckdb.sources.source import Source, Way, open_sources, refused
from headwater.adapters.duckdb.sources.spool import spool
from headwater.model.arrival import Cause
from headwater.model.change import Change
from headwater.model.feed import Format, OnBadValue
from headwater.model.types import Type, Widened
from headwater.ports.engine import Fate, InputResult, Job
from headwater.reading.typed.batches import TYPED
from headwater.reading.unreadable import Unreadable


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
    growth: dict[int, dict[str, Growth]] = field(default_factory=dict)  # of the table's columns
    unwelcome: dict[int, Cause] = field(default_factory=dict)  # to be refused for their columns
    mute: set[int] = field(default_factory=set)  # careful sources that bring no columns: refused

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
        feed, table = self.job.feed, self.job.table_schema
        heard = [group for group in self.groups if group.sources[0].place not in self.mute]
        shapes = [group.shape for group in heard or self.groups]
        grown = combined(self.growth[place] for place in self.sources if place in self.growth)
        own = self.widenable
        wider = {name: growth.wider(own[name]) for name, growth in grown.items()}
        return make_plan(feed, table, shapes, self.evidence, wider)

    @property
    def widenable(self) -> dict[str, Type]:
        """The table's columns that may become wider, if the feed says so, by lower names."""
        if self.job.feed.on_bad_value is not OnBadValue.WIDEN:
            return {}
        return widenable(self.job.feed, self.job.table_schema)

    def trial(self, shape: Shape) -> Trial | None:
        """What is asked of files whose values may make columns wider; None: nothing."""
        own = self.widenable
        columns = tuple((name, own[name]) for name in own if shape.find(name) is not None)
        standing = make_plan(self.job.feed, self.job.table_schema, (), self.evidence, {})
        known = self.known_columns() - own.keys()
        others = (t for t in standing.targets if t.name.lower() in known)
        return Trial(shape, columns, Plan(tuple(others))) if columns else None

    def widenings(self, plan: Plan) -> tuple[Widened, ...]:
        """The table's columns that the plan makes wider."""
        found = []
        for name, before in self.widenable.items():
            target = plan.find(name)
            if target is not None and target.type is not None and target.type != before:
                found.append(Widened(target.name, before, target.type))
        return tuple(found)

    def changes(self, plan: Plan) -> dict[int, tuple[Change, ...]]:
        """What the sources change in the columns of the table, by their places."""
        told = Changes(self.job.feed, self.job.table_schema, self.guesses | self.evidence)
        wider, found = self.widenings(plan), {}
        for place, source in self.sources.items():
            shape = self.shapes[place]
            made = told.of(shape, plan, whole=knows_columns(source, shape))
            if wider:
                outgrown = (n for n, each in self.growth.get(place, {}).items() if not each.held)
                made += widened(wider, frozenset(outgrown))
            if made:
                found[place] = made
        return found

    def refuse(self, place: int, cause: Cause) -> None:
        """Refuse a source whole."""
        source = self.sources.pop(place)
        self.results[place] = refused(source.input, cause, tuple(source.notes))

    def turn_away(self) -> bool:
        """Refuse the sources that have columns which nobody wants; whether there were any."""
        turned = {place: self.unwelcome[place] for place in self.unwelcome if place in self.sources}
        changes = Changes(self.job.feed, self.job.table_schema, self.evidence)
        for place, cause in turned.items():
            self.refuse(place, cause)
            told = changes.refused(self.shapes[place])
            self.results[place] = replace(self.results[place], changes=told)
        self.unwelcome.clear()
        self.regroup()
        return bool(turned)

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
                found = self.careful.look(group, self.known_columns())
                if source.place not in self.mute:
                    self.add(found)
                self.shapes[source.place] = group.shape
                self._require_place(source, group.shape)
                if (trial := self.trial(group.shape)) is not None:
                    self.growth[source.place] = self.careful.growth(group, trial)
            except Unreadable as refusal:
                self.refuse(source.place, refusal.cause)
        self.turn_away()

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

        def over(ask: Callable[[str], Answers], asked: frozenset[int]) -> Answers:
            try:
                return ask(self.reader.cells(group, asked, only=asked))
            finally:
                self.reader.drop()

        guesses = {i: self.guesses[name] for i, name in enumerate(names) if name in self.guesses}
        cells = [i for i, name in enumerate(names) if name not in self.known_columns()]
        observer = Observer(
            self.connection, over, json=group.shape.json, numbers=group.shape.numbers
        )
        return {names[i]: each for i, each in observer.observe(cells, guesses).items()}

    def set_keys(self, group: Group, found: Mapping[int, Iterable[str]]) -> None:
        """All keys of sources of a group of JSON lines, known by now; order as first seen."""
        every = dict.fromkeys(group.shape.keys)
        for place, keys in found.items():
            own = [key for key in every if key in keys] + [key for key in keys if key not in every]
            every |= dict.fromkeys(own)
            self.shapes[place] = _of_keys(own, group)
            self._require_place(self.sources[place], self.shapes[place])
        group.shape = _of_keys(every, group)

    def _shape(self, source: Source) -> None:
        try:
            if source.found.format in TYPED:
                spool(source, Path(self.job.scratch))
            shape = shape_of(self.connection, source, self.job.feed.rename)
            self.shapes[source.place] = shape
            if source.way is not Way.CAREFUL or source.delimited:
                self._require_place(source, shape)
        except Unreadable as refusal_:
            self.refuse(source.place, refusal_.cause)

    def _require_place(self, source: Source, shape: Shape) -> None:
        cause = refusal(self.job.feed, self.job.table_schema, shape.columns)
        if cause is None or (shape.json and source.counted == 0):
            return
        if not unwelcome(self.job.feed, self.job.table_schema, shape.columns):
            raise Unreadable(cause.code, cause.message)
        self.unwelcome[source.place] = cause  # turned away once the types are known


def _of_keys(keys: Iterable[str], group: Group) -> Shape:
    return json_shape(tuple(keys), uniform=False, complete=True, rename=group.shape.rename)


def is_careful(group: Group) -> bool:
    """Whether a group is one source that is read carefully."""
    return group.sources[0].way is Way.CAREFUL
