"""The target of a batch: its columns and their types, and which files cannot join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from headwater.adapters.duckdb.columns.evidence import Evidence, choose
from headwater.adapters.duckdb.columns.exact import ClockReading, Fit
from headwater.adapters.duckdb.columns.native import NO_TYPE, native, unite
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.model.arrival import Cause
from headwater.model.feed import Feed, Format, OnBadValue, OnNewColumn, Types
from headwater.model.types import TEXT, TIMESTAMP, Column, Schema, Type
from headwater.ports.engine import UNDATED
from headwater.reading.names import clean_name
from headwater.shape.partition import DATE_PARTS
from headwater.shape.table import RESCUED

_DATED = frozenset({"date", "timestamp", "timestamp_ntz"})
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Target:
    """One column of the rows that are written."""

    name: str
    type: Type | None  # None: no value was seen, so it is not written, and a value is a flaw
    fit: Fit
    nullable: bool = True
    zones: bool = True  # whether some of its times may have a zone
    rescues: bool = False  # it keeps the values of columns that are no targets

    def clock(self, feed: Feed) -> ClockReading:
        """How its times are read."""
        return ClockReading(feed.timezone, self.zones)


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns of a batch in order."""

    targets: tuple[Target, ...]
    elsewhere: frozenset[str] = frozenset()  # lower names of columns that are written apart
    _found: dict[str, Target] = field(init=False, compare=False, repr=False, default_factory=dict)

    def schema(self) -> Schema:
        """Of the rows written."""
        return Schema(
            tuple(Column(t.name, t.type, t.nullable) for t in self.targets if t.type is not None)
        )

    @property
    def empty(self) -> tuple[str, ...]:
        """Columns that no value was seen in."""
        return tuple(target.name for target in self.targets if target.type is None)

    @property
    def names(self) -> frozenset[str]:
        """The lower names of its columns."""
        return frozenset(target.name.lower() for target in self.targets)

    def find(self, name: str) -> Target | None:
        """The target of that name, whatever its case."""
        if not self._found:
            self._found.update((t.name.lower(), t) for t in reversed(self.targets))
        return self._found.get(name.lower())


def make_plan(
    feed: Feed,
    table: Schema,
    shapes: Iterable[Shape],
    evidence: Mapping[str, Evidence],
    wider: Mapping[str, Type],
) -> Plan:
    """Declared columns first, then the table's, then what the files bring, then what is rescued.

    Wider types take the place of the table's, by lower names.
    """
    declared, kept = [], []
    for column in feed.schema.columns:
        zones = _zones(column.name, evidence)
        declared.append(Target(column.name, column.type, Fit.DECLARED, column.nullable, zones))
    for column in table.columns:
        if feed.schema.find(column.name) is None and not (rescues(feed) and _is_rescue(column)):
            zones = _zones(column.name, evidence)
            kind = wider.get(column.name.lower(), column.type)
            kept.append(Target(column.name, kind, Fit.LOSSLESS, zones=zones))
    targets = [*declared, *kept]
    if feed.on_new_column is OnNewColumn.ADD or not targets:
        known = {target.name.lower() for target in targets}
        targets += _new(feed, shapes, evidence, known)
    if rescues(feed):
        new = feed.on_new_column is OnNewColumn.RESCUE
        targets.append(Target(RESCUED, TEXT, Fit.DECLARED, rescues=new))
    return Plan(tuple(_in_table_order(table, targets)))


def rescues(feed: Feed) -> bool:
    """Whether something of the feed's files goes to the column for what has no other place."""
    new, bad = feed.on_new_column, feed.on_bad_value
    return new is OnNewColumn.RESCUE or bad is OnBadValue.RESCUE


def _is_rescue(column: Column) -> bool:
    return column.name == RESCUED


def refusal(feed: Feed, table: Schema, columns: Sequence[str]) -> Cause | None:
    """Why a file with these columns cannot join the table at all."""
    names = {name.lower() for name in columns}
    for by in feed.partition:
        if by.function != "column" and by.name.lower() in names:
            return Cause(
                "reserved",
                f"it has a column named {by.name}, which is a partition column made from "
                f"{by.column or 'the arrival date'}; rename it or partition otherwise",
            )
        if by.column is not None and by.column.lower() not in names:
            return Cause(
                "partition",
                f"it has no column {by.column}, which the table is partitioned by; "
                f"it has {', '.join(columns[:_SHOWN]) or 'none'}",
            )
    found = unwelcome(feed, table, columns)
    if not found:
        return None
    shown = ", ".join(found[:_SHOWN]) + (" and more" if found[_SHOWN:] else "")
    if refused := refused_columns(feed, found):
        return Cause(
            "refused_column",
            f"it has columns that the feed refuses: {', '.join(refused[:_SHOWN])}; send it without "
            f"them, or take them out of refuse, as `headwater schema {feed.name}` shows",
        )
    return Cause(
        "new_column",
        f"it has columns that the table does not have: {shown}; `headwater schema {feed.name}` "
        "shows them, and accepts, maps or refuses them",
    )


def unwelcome(feed: Feed, table: Schema, columns: Sequence[str]) -> list[str]:
    """The columns for which a file is refused, as the feed says."""
    found = refused_columns(feed, columns)
    known = feed.schema.plus(table.columns)
    if feed.on_new_column is OnNewColumn.FAIL and known.columns:
        found += [name for name in columns if known.find(name) is None and name not in found]
    return found


def refused_columns(feed: Feed, columns: Sequence[str]) -> list[str]:
    """Those of the columns that the feed refuses by their names."""
    refused = {clean_name(name).lower() for name in feed.refuse}
    return [name for name in columns if name.lower() in refused]


def undatable(feed: Feed, rows: Schema) -> Cause | None:
    """Why rows of these columns cannot be partitioned."""
    for by in feed.partition:
        column = rows.find(by.column or "")
        if column is None:
            continue
        if by.function == "column" and (column.type.nested or column.type.kind == "binary"):
            return Cause(
                "partition",
                f"{by.column} is {column.type}, which is no name for a folder; "
                "partition by a column of text, numbers or dates",
            )
        if by.function not in DATE_PARTS:
            continue
        fits = _DATED - ({"date"} if by.function == "hour" else frozenset())
        if column.type.kind not in fits:
            return Cause(
                UNDATED,
                f"{by.column} is {column.type}, and {by.function}({by.column}) needs a date "
                "or timestamp; declare its type in the feed's schema, or repair its values",
            )
    return None


def _in_table_order(table: Schema, targets: list[Target]) -> list[Target]:
    order = {name.lower(): place for place, name in enumerate(table.names())}
    return sorted(targets, key=lambda target: order.get(target.name.lower(), len(order)))


def _new(
    feed: Feed, shapes: Iterable[Shape], evidence: Mapping[str, Evidence], known: set[str]
) -> list[Target]:
    found: dict[str, Target] = {}
    for shape in shapes:
        for i, name in enumerate(shape.columns):
            folded = name.lower()
            if folded in known:
                continue
            kind = _kind(feed, shape, i, evidence) or _provisional(feed, folded)
            if folded not in found:
                zones = _zones(name, evidence)
                found[folded] = Target(name, kind, Fit.LOSSLESS, zones=zones)
            else:
                found[folded] = replace(found[folded], type=unite(found[folded].type, kind))
    return list(found.values())


def _kind(feed: Feed, shape: Shape, cell: int, evidence: Mapping[str, Evidence]) -> Type | None:
    if shape.format is Format.PARQUET:
        own = shape.natives[cell]
        kind: Type | None = None if own == NO_TYPE else native(own)
    else:
        kind = choose(evidence.get(shape.columns[cell].lower(), Evidence()))
    return TEXT if kind is not None and feed.types is Types.TEXT else kind


def _provisional(feed: Feed, name: str) -> Type | None:
    """A partition's source has a type even while it has no value."""
    for by in feed.partition:
        if by.column is not None and by.column.lower() == name:
            return TEXT if by.function == "column" else TIMESTAMP
    return None


def _zones(name: str, evidence: Mapping[str, Evidence]) -> bool:
    seen = evidence.get(name.lower(), Evidence())
    return not seen.seen or not seen.naive
