"""Where the columns of a model come from: its tables', and in the end those of files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headwater.errors import QueryError
from headwater.flow.world import World
from headwater.model.curated import Model
from headwater.model.feed import Feed
from headwater.model.ids import FeedName, TableName
from headwater.shape.lookups import tables_of
from headwater.shape.table import PROVENANCE


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table."""

    table: TableName
    column: str


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the files of a feed, as they spell it."""

    feed: FeedName
    column: str


@dataclass(frozen=True, slots=True)
class ColumnLineage:
    """Where a column's values come from; what only chooses rows is no part of it."""

    column: str
    made_from: tuple[TableColumn, ...]  # of the tables that the SQL reads
    files: tuple[FileColumn, ...]  # in the end


def lineage(world: World, model: Model) -> tuple[ColumnLineage, ...]:
    """Every column of a model; QueryError where the SQL does not tell."""
    return tuple(_Map(world).of_model(model))


class _Map:
    """Columns of tables that have been traced."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[TableName, Mapping[str, frozenset[FileColumn]]] = {}

    def of_model(self, model: Model) -> Iterator[ColumnLineage]:
        # Brings the parser of SQL, for which no other verb waits.
        from headwater.shape.lineage import origins  # noqa: PLC0415 - said above

        known: dict[str, tuple[str, ...]] = {t: self._columns(t) for t in model.reads}
        own = {name.lower(): name for name in self._columns(model.table)}
        for name, sources in origins(model.sql, known).items():
            made_from = tuple(TableColumn(TableName(table), column) for table, column in sources)
            files = {file for each in made_from for file in self._files(each)}
            yield ColumnLineage(own.get(name.lower(), name), made_from, _sorted(files))

    def _files(self, of: TableColumn) -> frozenset[FileColumn]:
        """The columns of files that a column of a table is made of."""
        if of.table not in self._known:
            self._known[of.table] = {}  # a table that looks into itself ends here
            self._known[of.table] = self._traced(of.table)
        known = self._known[of.table]
        found = known.get(of.column)
        if found is None:  # a column that flatten has made is known by its struct
            stars = (name for name in known if name.endswith("*"))
            struct = next((each for each in stars if of.column.startswith(each[:-1])), None)
            found = known[struct] if struct is not None else frozenset()
        return found

    def _traced(self, table: TableName) -> Mapping[str, frozenset[FileColumn]]:
        model = next((each for each in self._world.models if each.table == table), None)
        if model is not None:
            return {each.column: frozenset(each.files) for each in self.of_model(model)}
        found: dict[str, frozenset[FileColumn]] = {}
        for feed in self._world.feeds:
            if feed.table == table:
                for name, files in self._of_feed(feed).items():
                    found[name] = found.get(name, frozenset()) | files
        return found

    def _of_feed(self, feed: Feed) -> dict[str, frozenset[FileColumn]]:
        from headwater.shape.expression import Misread  # noqa: PLC0415 - as above
        from headwater.shape.traced import traced  # noqa: PLC0415 - as above

        tables = {name: self._columns(TableName(name)) for name in tables_of(feed)}
        try:
            columns = traced(feed.steps, self._brought(feed), tables)
        except (Misread, QueryError):  # files have brought other columns than the steps ask for
            return {}
        spelled = {new.lower(): old for old, new in feed.rename}
        found = {}
        for name, sources in columns.items():
            files: set[FileColumn] = set()
            for table, column in sources:
                if table:
                    files |= self._files(TableColumn(TableName(table), column))
                else:
                    files.add(FileColumn(feed.name, spelled.get(column.lower(), column)))
            found[name] = frozenset(files)
        for by in feed.partition:
            if by.column is not None and by.column in found:
                found.setdefault(by.name, found[by.column])
        return found

    def _brought(self, feed: Feed) -> tuple[str, ...]:
        """The columns that files bring, before the steps."""
        if feed.steps:
            names = self._world.ledger.source(feed.name).names()
        else:
            made = {by.name for by in feed.partition if by.function != "column"}
            names = tuple(n for n in self._columns(feed.table) if n not in made)
        names = names or feed.schema.names()
        return tuple(name for name in names if name != PROVENANCE)

    def _columns(self, table: TableName) -> tuple[str, ...]:
        snapshot = self._world.tables.snapshot(table)
        if snapshot is not None:
            return snapshot.schema.names()
        declared = [feed.schema.names() for feed in self._world.feeds if feed.table == table]
        return tuple(dict.fromkeys(name for names in declared for name in names))


def _sorted(files: set[FileColumn]) -> tuple[FileColumn, ...]:
    return tuple(sorted(files, key=lambda each: (each.feed, each.column)))
