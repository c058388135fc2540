"""A database of the Glue Data Catalog: each table as Athena reads a Delta table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from headwater.adapters.aws.door import VENDOR, code_of, door, translate
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import StoreError, UsageError
from headwater.model.ids import TableName
from headwater.model.types import Column, Type
from headwater.points import point
from headwater.ports.catalogue import Entry, Shown

_VERSION = "headwater.version"
_ROWS = "headwater.rows"
_ABSENT = "EntityNotFoundException"
_THERE = "AlreadyExistsException"
_OVERTAKEN = frozenset({"ConcurrentModificationException", "VersionMismatchException", _THERE})
_TRIES = 20  # each lost try is another writer's
_LONGEST_COMMENT = 255
_FORMAT = {  # what Hive is told of a table that it does not read itself
    "InputFormat": "org.apache.hadoop.mapred.SequenceFileInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat",
}
_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_HIVE = {"text": "string", "real": "float", "timestamp_ntz": "timestamp"}
_TOLD = {
    "_arrival": "which version of which file the row is from; see headwater explain",
    "_rescued": "as JSON, what of the row has no place in the other columns",
}


class GlueCatalogue:
    """Tables that Headwater has put there bear its mark, and no other is touched."""

    def __init__(self, database: str, settings: AwsSettings | None = None) -> None:
        """Take which database; it is made once there is a table for it."""
        self._database = database
        self._settings = settings or AwsSettings()

    def find(self, table: TableName) -> Shown | None:
        """What is shown under that name; see the port."""
        held = self._held(table)
        if held is None:
            return None
        shown = _shown(held)
        if shown is None:
            raise self._foreign(table, "not made by Headwater")
        return shown

    def shown(self) -> list[Shown]:
        """Every table that Headwater has put there, by name."""
        return sorted(
            (shown for held in self._all() if (shown := _shown(held)) is not None),
            key=lambda each: each.table,
        )

    def show(self, entry: Entry) -> bool:
        """Show the table as the entry has it; see the port."""
        for _ in range(_TRIES):
            held = self._held(entry.table)
            if held is not None and not self._is_due(held, entry):
                return False
            point("glue.pre")
            if self._put(held, table_input(entry)):
                point("glue.post")
                return True
        raise StoreError(
            f"{self._url(entry.table)}: others were faster {_TRIES} times", hint="try again"
        )

    def drop(self, table: TableName, location: str) -> bool:
        """Show the table no more; see the port."""
        held = self._held(table)
        shown = _shown(held) if held is not None else None
        if shown is None or shown.location != location:
            return False
        point("glue.pre")
        try:
            self._glue.delete_table(DatabaseName=self._database, Name=table)
        except VENDOR as error:
            if code_of(error) != _ABSENT:
                raise translate(self._url(table), error) from error
            return False
        point("glue.post")
        return True

    @cached_property
    def _glue(self) -> Any:
        return self._settings.client("glue")

    def _is_due(self, held: Mapping[str, Any], entry: Entry) -> bool:
        shown = _shown(held)
        if shown is None:
            raise self._foreign(entry.table, "not made by Headwater")
        if shown.location != entry.location:
            raise self._foreign(entry.table, f"one that lies in {shown.location}")
        return shown.version < entry.version or (
            shown.version == entry.version and not _says(held, table_input(entry))
        )

    def _put(self, held: Mapping[str, Any] | None, wanted: dict[str, Any]) -> bool:
        """Put it into the place of what was held; False where somebody else was faster."""
        try:
            if held is None:
                self._create(wanted)
            else:
                # Not archived: what a table was like is in its log, and archives are counted.
                self._glue.update_table(
                    DatabaseName=self._database,
                    TableInput=wanted,
                    VersionId=held["VersionId"],
                    SkipArchive=True,
                )
        except VENDOR as error:
            if code_of(error) in _OVERTAKEN or (held is not None and code_of(error) == _ABSENT):
                return False
            raise translate(self._url(wanted["Name"]), error) from error
        return True

    def _create(self, wanted: dict[str, Any]) -> None:
        try:
            self._glue.create_table(DatabaseName=self._database, TableInput=wanted)
        except VENDOR as error:
            if code_of(error) != _ABSENT:
                raise
            self._create_database()
            point("glue.k_of_n")
            self._glue.create_table(DatabaseName=self._database, TableInput=wanted)

    def _create_database(self) -> None:
        try:
            self._glue.create_database(DatabaseInput={"Name": self._database})
        except VENDOR as error:
            if code_of(error) != _THERE:
                raise

    def _held(self, table: TableName) -> Mapping[str, Any] | None:
        try:
            found = self._glue.get_table(DatabaseName=self._database, Name=table)
        except VENDOR as error:
            if code_of(error) == _ABSENT:
                return None
            raise translate(self._url(table), error) from error
        held: Mapping[str, Any] = found["Table"]
        return held

    def _all(self) -> Iterator[Mapping[str, Any]]:
        with door(self._url()):
            tables = self._glue.get_paginator("get_tables")
        pages = iter(tables.paginate(DatabaseName=self._database))
        while True:
            with door(self._url()):
                try:
                    page = next(pages, None)
                except VENDOR as error:
                    if code_of(error) == _ABSENT:
                        return
                    raise
            if page is None:
                return
            yield from page["TableList"]

    def _foreign(self, table: TableName, what: str) -> UsageError:
        return UsageError(
            f"{self._url(table)} is there already, and is {what}",
            hint="name another database in `catalog`, or delete the table there",
        )

    def _url(self, table: str = "") -> str:
        return f"glue://{self._database}{f'/{table}' if table else ''}"


def table_input(entry: Entry) -> dict[str, Any]:
    """What Glue is told of a table; Athena itself goes by the place and reads the log there."""
    by = {name.lower() for name in entry.partition_by}
    columns = {column.name.lower(): _column(column) for column in entry.schema.columns}
    return {
        "Name": entry.table,
        "Description": entry.comment,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "table_type": "DELTA",
            "spark.sql.sources.provider": "delta",
            _VERSION: str(entry.version),
            _ROWS: str(entry.rows),
        },
        "PartitionKeys": [columns[name.lower()] for name in entry.partition_by],
        "StorageDescriptor": {
            "Columns": [each for name, each in columns.items() if name not in by],
            "Location": entry.location,
            **_FORMAT,
            "SerdeInfo": {"SerializationLibrary": _SERDE, "Parameters": {"path": entry.location}},
        },
    }


def hive_type(kind: Type) -> str:
    """A type as Glue and Athena write it in a table's definition."""
    if kind.kind == "decimal":
        return f"decimal({kind.precision},{kind.scale})"
    if kind.kind == "struct":
        return f"struct<{','.join(f'{name}:{hive_type(of)}' for name, of in kind.children)}>"
    if kind.nested:
        return f"{kind.kind}<{','.join(hive_type(of) for _, of in kind.children)}>"
    return _HIVE.get(kind.kind, kind.kind)


def _column(column: Column) -> dict[str, str]:
    """A column; names are folded, as Athena folds them."""
    told = {"Name": column.name.lower(), "Type": hive_type(column.type)}
    comment = _TOLD.get(column.name, "")[:_LONGEST_COMMENT]
    return told | ({"Comment": comment} if comment else {})


def _shown(held: Mapping[str, Any]) -> Shown | None:
    """What is held, if it bears the mark."""
    version = held.get("Parameters", {}).get(_VERSION, "")
    if not version.isdecimal():
        return None
    location = held.get("StorageDescriptor", {}).get("Location", "")
    return Shown(TableName(held["Name"]), int(version), location)


def _says(held: Any, wanted: Any) -> bool:
    """Whether all that is wanted is held; Glue adds words of its own."""
    if isinstance(wanted, dict):
        return isinstance(held, dict) and all(_says(held.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list):
        same = isinstance(held, list) and len(held) == len(wanted)
        return same and all(_says(*pair) for pair in zip(held, wanted, strict=True))
    return bool(held == wanted) or (held is None and wanted == "")
