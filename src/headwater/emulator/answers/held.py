"""What a table of the Glue catalog holds: its files, fetched, and the values of its partitions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from moto.glue.models import FakeTable, glue_backends
from moto.s3.models import s3_backends

from headwater.errors import QueryError

_PRIMITIVE = {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint"} | {
    "timestamp": "timestamptz",  # Delta's is an instant, and Athena reads it as one
    "timestamp_ntz": "timestamp",
}
_LOG = "_delta_log/"


@dataclass(frozen=True, slots=True)
class Column:
    """A column, with its type as Hive writes it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Part:
    """One file, and what the columns say of it that are not in it."""

    file: Path
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A table as it can be read."""

    database: str
    name: str
    format: str
    columns: tuple[Column, ...]
    partitions: tuple[Column, ...]
    parts: tuple[Part, ...]
    options: Mapping[str, str]


class Catalog:
    """The tables of one account and region, and the folder that their files are fetched to."""

    def __init__(self, account: str, region: str, folder: Path) -> None:
        """Take whose tables, and where their files go."""
        self._glue = glue_backends[account][region]
        self._s3 = s3_backends[account]["aws"]
        self._folder = folder

    def fetch(self, database: str, name: str) -> Held:
        """A table with its files, as they are at this moment."""
        table = self._find(database.lower(), name.lower())
        told = table.as_dict()
        described: Mapping[str, Any] = told.get("StorageDescriptor", {})
        location = str(described.get("Location", "")).rstrip("/") + "/"
        columns = _columns(described.get("Columns", ()))
        partitions = _columns(told.get("PartitionKeys", ()))
        parameters: Mapping[str, str] = told.get("Parameters", {})
        if _is_delta(parameters) or any(self._objects(location + _LOG)):
            columns, partitions, parts = self._delta(location)
            return Held(database, name, "parquet", columns, partitions, parts, {})
        serde: Mapping[str, Any] = described.get("SerdeInfo", {})
        options = {**parameters, **serde.get("Parameters", {})}
        parts = tuple(self._hive(table, location, bool(partitions)))
        return Held(database, name, _format(described), columns, partitions, parts, options)

    def _find(self, database: str, name: str) -> FakeTable:
        held = self._glue.databases.get(database)
        table = held.tables.get(name) if held is not None else None
        if table is None:
            raise QueryError(
                f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist"
            )
        return table

    def _hive(self, table: FakeTable, location: str, partitioned: bool) -> Iterator[Part]:  # noqa: FBT001 - one caller
        folders: list[tuple[str, tuple[str | None, ...]]] = [(location, ())]
        if partitioned:
            folders = [
                (
                    each.as_dict()["StorageDescriptor"]["Location"].rstrip("/") + "/",
                    tuple(each.values),
                )
                for each in table.partitions.values()
            ]
        for folder, values in folders:
            for key, value in self._objects(folder):
                if not key.rpartition("/")[2].startswith(("_", ".")) and value:
                    yield Part(self._keep(folder + key, value), values)

    def _delta(
        self, location: str
    ) -> tuple[tuple[Column, ...], tuple[Column, ...], tuple[Part, ...]]:
        """Columns and live files as the table's log has them."""
        import duckdb  # noqa: PLC0415 - slow to import, and only Athena needs them
        from deltalake import DeltaTable  # noqa: PLC0415 - same

        objects = dict(self._objects(location))
        room = self._folder / hashlib.sha256(location.encode()).hexdigest()[:16]
        (room / _LOG).mkdir(parents=True)
        for key, value in objects.items():
            if key.startswith(_LOG) and "/" not in key.removeprefix(_LOG):
                (room / key).write_bytes(value)
        table = DeltaTable(room)
        columns = [Column(each.name, _hive_type(each.type)) for each in table.schema().fields]
        by = table.metadata().partition_columns
        actions = table.get_add_actions(flatten=False)  # noqa: F841 - DuckDB finds it by its name
        with duckdb.connect() as connection:
            answer = connection.execute("SELECT * FROM actions")
            names = [each[0] for each in answer.description]
            found = answer.fetchall()
        parts = []
        for row in found:
            told = dict(zip(names, row, strict=True))
            key = told["path"] if told["path"] in objects else unquote(told["path"])
            values = told.get("partition") or {}
            file = self._keep(location + key, objects[key])
            parts.append(Part(file, tuple(_text(values[name]) for name in by)))
        plain = tuple(each for each in columns if each.name not in by)
        typed = {each.name: each for each in columns}
        return plain, tuple(typed[name] for name in by), tuple(parts)

    def _objects(self, url: str) -> Iterator[tuple[str, bytes]]:
        """The objects below a location, by their names below it."""
        bucket, _, prefix = url.partition("://")[2].partition("/")
        if not bucket:
            return
        for key, found in list(self._s3.get_bucket(bucket).keys.items()):
            if key.startswith(prefix) and hasattr(found, "value"):
                yield key.removeprefix(prefix), bytes(found.value)

    def _keep(self, url: str, value: bytes) -> Path:
        suffix = "".join(Path(url).suffixes[-2:])
        file = self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}{suffix}"
        file.write_bytes(value)
        return file


def _columns(told: Sequence[Mapping[str, str]]) -> tuple[Column, ...]:
    return tuple(Column(each["Name"], each.get("Type", "string")) for each in told)


def _is_delta(parameters: Mapping[str, str]) -> bool:
    said = (parameters.get("table_type", ""), parameters.get("spark.sql.sources.provider", ""))
    return any(each.lower() == "delta" for each in said)


def _format(described: Mapping[str, Any]) -> str:
    """Which reader the table's serialiser names."""
    named = str(described.get("SerdeInfo", {}).get("SerializationLibrary", "")).lower()
    named += str(described.get("InputFormat", "")).lower()
    for word, reader in (
        ("parquet", "parquet"),
        ("json", "json"),
        ("csv", "csv"),
        ("lazysimple", "csv"),
    ):
        if word in named:
            return reader
    raise QueryError("HIVE_UNSUPPORTED_FORMAT: the box reads Parquet, Delta, CSV and JSON")


def _hive_type(kind: Any) -> str:
    """A type of Delta's, as Hive has it; nested ones are left to the files."""
    named = str(getattr(kind, "type", ""))
    if "(" in named and not named.startswith("decimal"):
        return ""
    return _PRIMITIVE.get(named, named)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
