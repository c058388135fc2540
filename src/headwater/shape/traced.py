"""From which columns of files, and of tables looked into, each column behind the steps comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch

from headwater.model.steps import (
    Aggregate,
    Derive,
    Drop,
    Explode,
    Fill,
    Flatten,
    Join,
    Query,
    Rename,
    Select,
    Split,
    Step,
)
from headwater.shape.expression import find_column, read_aggregate, read_expression
from headwater.shape.lineage import origins
from headwater.shape.questions import ROWS
from headwater.shape.table import PROVENANCE

FILES = ""
"""Where a column comes from that files bring; else it is the name of what is looked into."""

_FIELDS = "*"  # which there are, files say

Origin = tuple[str, str]
Origins = frozenset[Origin]


@dataclass(frozen=True, slots=True)
class Traced:
    """The columns by now, each with where its values come from."""

    columns: Mapping[str, Origins]
    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)  # that are looked into

    def of(self, names: Iterable[str]) -> Origins:
        """Where these columns come from, all together."""
        return frozenset().union(*(self.columns[self.find(name)] for name in names))

    def find(self, name: str) -> str:
        """The column of that name; or those that a struct was taken apart into, all as one."""
        for each in self.columns:
            if each.endswith(_FIELDS) and name.lower().startswith(each[:-1].lower()):
                return next((own for own in self.columns if own.lower() == name.lower()), each)
        return find_column(name, tuple(self.columns))

    def single(self, names: Iterable[str]) -> list[str]:
        """The columns of these names, those aside that are told together with others."""
        found = {name: self.find(name) for name in names}
        return [each for name, each in found.items() if each.lower() == name.lower()]

    def put(self, made: Mapping[str, Origins]) -> Traced:
        """With these columns made: in place of those of the same name, or behind all."""
        there = {name.lower(): name for name in self.columns}
        own = {there.get(name.lower(), name): origin for name, origin in made.items()}
        return replace(self, columns={**self.columns, **own})


def traced(
    steps: Sequence[Step], names: Sequence[str], tables: Mapping[str, Sequence[str]]
) -> dict[str, Origins]:
    """The columns behind the steps; Misread or QueryError where a step does not fit them."""
    here = Traced({name: frozenset({(FILES, name)}) for name in names}, tables)
    for step in steps:
        here = passed(step, here)
    return dict(here.columns)


@singledispatch
def passed(step: Step, here: Traced) -> Traced:
    """The columns behind one step: where nothing else is said, they come from themselves."""
    del step
    return here


@passed.register
def _rename(step: Rename, here: Traced) -> Traced:
    old = here.single(name for name, _ in step.columns)
    made = {name: here.of([each]) for each, name in step.columns}
    new = {here.find(each): name for each, name in step.columns if here.find(each) in old}
    kept = {new.get(name, name): origins for name, origins in here.columns.items()}
    return replace(here, columns={**kept, **made})


@passed.register
def _select(step: Select, here: Traced) -> Traced:
    exact = {name.lower(): name for name in here.single(step.columns)}
    names = [exact.get(name.lower(), name) for name in step.columns]
    return replace(here, columns={name: here.of([name]) for name in names})


@passed.register
def _drop(step: Drop, here: Traced) -> Traced:
    gone = set(here.single(step.columns))
    return replace(here, columns={n: o for n, o in here.columns.items() if n not in gone})


@passed.register
def _derive(step: Derive, here: Traced) -> Traced:
    for name, text in step.columns:
        here = here.put({name: here.of(read_expression(text).columns)})
    return here


@passed.register
def _fill(step: Fill, here: Traced) -> Traced:
    return here.put(
        {name: here.of([name, *read_expression(text).columns]) for name, text in step.columns}
    )


@passed.register
def _split(step: Split, here: Traced) -> Traced:
    return here.put(dict.fromkeys(step.into, here.of([step.column])))


@passed.register
def _join(step: Join, here: Traced) -> Traced:
    other = step.table or step.file or ""
    return here.put({name: frozenset({(other, there)}) for there, name in step.take})


@passed.register
def _flatten(step: Flatten, here: Traced) -> Traced:
    """Which fields there are, files say: a column of the table finds its struct by its name."""
    made = {f"{name}{step.between}{_FIELDS}": here.of([name]) for name in step.columns}
    rest = _drop(Drop(step.columns), here).columns
    return replace(here, columns={**rest, **made})


@passed.register
def _explode(step: Explode, here: Traced) -> Traced:
    return here.put({step.into or step.column: here.of([step.column])})


@passed.register
def _aggregate(step: Aggregate, here: Traced) -> Traced:
    exact = {name.lower(): name for name in here.single(step.by)}
    by = {exact.get(name.lower(), name): here.of([name]) for name in step.by}
    made = {name: here.of(read_aggregate(text).columns) for name, text in step.columns}
    return replace(here, columns={**by, **made})


@passed.register
def _query(step: Query, here: Traced) -> Traced:
    known = {**here.tables, ROWS: (*here.columns, PROVENANCE)}
    found = origins(step.sql, known)
    columns = {
        name: frozenset().union(
            *(here.of([column]) if table == ROWS else {(table, column)} for table, column in each
              if column != PROVENANCE)
        )
        for name, each in found.items()
        if name != PROVENANCE
    }  # fmt: skip
    return replace(here, columns=columns)
