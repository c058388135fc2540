"""What a file's columns change in those of its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from headwater.adapters.duckdb.columns.evidence import Evidence, choose
from headwater.adapters.duckdb.columns.native import native
from headwater.adapters.duckdb.columns.plan import Plan, unwelcome
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.model.change import Change, ChangeKind
from headwater.model.feed import Feed, Format, OnNewColumn
from headwater.model.types import Schema, Widened
from headwater.shape.table import RESCUED

_NEW = {
    OnNewColumn.ADD: ChangeKind.ADDED,
    OnNewColumn.RESCUE: ChangeKind.RESCUED,
    OnNewColumn.IGNORE: ChangeKind.IGNORED,
}


@dataclass(frozen=True, slots=True)
class Changes:
    """Tells the changes of files, those of one shape once."""

    feed: Feed
    table: Schema
    evidence: Mapping[str, Evidence]  # by lower names; of samples where nobody asked for more
    _told: dict[object, tuple[Change, ...]] = field(default_factory=dict)

    def of(self, shape: Shape, plan: Plan, *, whole: bool = True) -> tuple[Change, ...]:
        """Of a file that is read; `whole`: its columns are known, none may turn up later."""
        key = (shape.columns, shape.natives, shape.renamed, whole)
        if key not in self._told:
            self._told[key] = (
                *(Change(ChangeKind.RENAMED, after, before=old) for old, after in shape.renamed),
                *self._new(shape, plan),
                *(self._missing(shape) if whole else ()),
            )
        return self._told[key]

    def refused(self, shape: Shape) -> tuple[Change, ...]:
        """Of a file that is refused for its columns; what it lacks may be them, renamed."""
        return (
            *(
                Change(ChangeKind.REFUSED, name, self._type(shape, name))
                for name in unwelcome(self.feed, self.table, shape.columns)
            ),
            *self._missing(shape),
        )

    def _new(self, shape: Shape, plan: Plan) -> list[Change]:
        known = self.feed.schema.plus(self.table.columns)
        if not known.columns or self.feed.on_new_column not in _NEW:
            return []
        kind, found = _NEW[self.feed.on_new_column], []
        for name in shape.columns:
            if known.find(name) is not None:
                continue
            target = plan.find(name)
            if target is None and kind is not ChangeKind.ADDED:
                found.append(Change(kind, name, self._type(shape, name)))
            elif target is not None and target.type is not None:
                found.append(Change(ChangeKind.ADDED, target.name, str(target.type)))
        return found

    def _missing(self, shape: Shape) -> list[Change]:
        return [
            Change(ChangeKind.MISSING, column.name)
            for column in self.feed.schema.plus(self.table.columns).columns
            if column.name != RESCUED and shape.find(column.name) is None
        ]

    def _type(self, shape: Shape, name: str) -> str | None:
        place = shape.find(name)
        if shape.format is Format.PARQUET and place is not None:
            return str(native(shape.natives[place]))
        kind = choose(self.evidence.get(name.lower(), Evidence()))
        return str(kind) if kind is not None else None


def widened(all_of: Collection[Widened], outgrown: Collection[str]) -> tuple[Change, ...]:
    """Those of one file, whose values these columns did not hold."""
    return tuple(
        Change(ChangeKind.WIDENED, each.column, str(each.after), before=str(each.before))
        for each in all_of
        if each.column.lower() in outgrown
    )
