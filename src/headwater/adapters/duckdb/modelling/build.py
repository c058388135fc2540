"""A model's SQL becomes parts: over snapshots, all of it or some partitions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.asking.misasked import misasked
from headwater.adapters.duckdb.asking.view import view_of
from headwater.adapters.duckdb.modelling.attend import attending
from headwater.adapters.duckdb.modelling.checked import check
from headwater.adapters.duckdb.modelling.stored import casts, stored
from headwater.adapters.duckdb.parts.scatter import Scattered, guarding
from headwater.adapters.duckdb.parts.write import Destination, Draft, publish
from headwater.adapters.duckdb.session import session
from headwater.errors import QueryError
from headwater.model.feed import PartitionBy
from headwater.model.part import Snapshot
from headwater.model.progress import Watch
from headwater.model.types import Column, Schema, Type
from headwater.points import point
from headwater.ports.building import Building, Changed, Edifice

_FOLDERS = frozenset({"text", "boolean", "smallint", "int", "bigint", "date"})
_DATED = frozenset({"date", "timestamp", "timestamp_ntz"})
_TOUCHED = quote.name("headwater partitions")
_REMOVED = quote.name("headwater removed")
_ADDED = quote.name("headwater added")
_FILE = "headwater file"
_MISASKED = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
    duckdb.PermissionException,
)
Values = tuple[str | None, ...]


def build(task: Building, watch: Watch) -> Edifice:
    """Answer the SQL into parts of the table."""
    scratch = Path(task.scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    by = task.layout.partition
    with (
        session(task.limits, scratch, partitioned=bool(by)) as connection,
        _in_our_words(task),
        attending(connection, task, watch),
    ):
        _open(connection, task)
        answer = connection.sql(task.sql)
        schema = stored(answer.columns, answer.types)
        _require_partitions(by, schema)
        whole = Schema((*schema.columns, *_derived(by)))
        changed = task.changed if task.changed and task.changed.schema == whole else None
        partitions = _touched(connection, task, changed, schema) if changed else None
        point("part.tmp")
        draft, told = _write(connection, task, schema)
        checked = check(connection, task, draft, whole, partitions)
    target = Destination(task.layout, task.attempt, Path(task.table_location))
    parts = tuple(
        replace(part, first_arrival=None, last_arrival=None) for part in publish(draft, target)
    )
    return Edifice(parts, whole, told, _engine(changed), partitions, checked.results, checked.notes)


def _engine(changed: Changed | None) -> str:
    how = "changed partitions" if changed else "all rows"
    return f"duckdb {duckdb.__version__}, {how}"


@contextmanager
def _in_our_words(task: Building) -> Iterator[None]:
    try:
        yield
    except Scattered as error:
        raise QueryError(
            f"its rows belong to more than {task.limits.partitions:,} partitions",
            hint="partition by something coarser, such as the month in place of the day",
        ) from error
    except _MISASKED as error:
        asked = [each.snapshot for each in task.readings]
        raise misasked(error, asked, [each.table for each in asked]) from error


def _open(connection: duckdb.DuckDBPyConnection, task: Building) -> None:
    """Views of the tables, and no other file to be read or written but the scratch folder's."""
    _require_one_select(connection, task.sql)
    for reading in task.readings:
        _show(connection, quote.name(reading.snapshot.table), reading.snapshot, reading.location)
    files = [
        str(Path(each.location) / part.path)
        for each in task.readings
        for part in each.snapshot.parts
    ]
    if task.changed is not None:
        reading = next(r for r in task.readings if r.snapshot.table == task.changed.since.table)
        for name, parts in ((_REMOVED, task.changed.removed), (_ADDED, task.changed.added)):
            _show(connection, name, replace(reading.snapshot, parts=parts), reading.location)
            files += [str(Path(reading.location) / part.path) for part in parts]
    files += [
        str(Path(each.location) / p.path) for each in task.lookups for p in each.snapshot.parts
    ]
    if task.base is not None and task.checks:  # rows that stay beside those that are built
        files += [str(Path(task.table_location) / part.path) for part in task.base.parts]
    connection.execute(f"SET allowed_paths = {quote.texts(files)}")
    connection.execute(f"SET allowed_directories = {quote.texts([f'{task.scratch}/'])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _require_one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """The engine's own parser has the last word about what it is given."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
        raise QueryError("it is not one SELECT", hint="a model is one SELECT over tables")


def _show(
    connection: duckdb.DuckDBPyConnection, name: str, snapshot: Snapshot, location: str
) -> None:
    connection.execute(f"CREATE VIEW {name} AS {view_of(snapshot, location)}")


def _touched(
    connection: duckdb.DuckDBPyConnection, task: Building, changed: Changed, schema: Schema
) -> tuple[Values, ...]:
    """The partitions of rows that came or went; from here on the table shows only their rows."""
    exact = dict(changed.since.keys)
    keys = [
        f"{_value_of(by, exact[str(by.column)], schema)} AS {quote.name(_key(number))}"
        for number, by in enumerate(task.layout.partition)
    ]
    connection.execute(
        f"CREATE TEMP TABLE {_TOUCHED} AS SELECT DISTINCT {', '.join(keys)} "
        f"FROM ({_changed(changed)})"
    )
    table = quote.name(changed.since.table)
    found = next(each for each in task.readings if each.snapshot.table == changed.since.table)
    alike = " AND ".join(
        f"{_value_of(by, exact[str(by.column)], schema)} IS NOT DISTINCT FROM "
        f"t.{quote.name(_key(number))}"
        for number, by in enumerate(task.layout.partition)
    )
    connection.execute(
        f"CREATE OR REPLACE VIEW {table} AS SELECT r.* FROM "
        f"({view_of(found.snapshot, found.location)}) r SEMI JOIN {_TOUCHED} t ON {alike}"
    )
    texts = ", ".join(f"CAST({quote.name(_key(n))} AS VARCHAR)" for n in range(len(keys)))
    return tuple(connection.execute(f"SELECT {texts} FROM {_TOUCHED} ORDER BY ALL").fetchall())


def _changed(changed: Changed) -> str:
    """Rows that came or went: not those that only moved from one part into another."""
    if not changed.removed or not changed.added:
        return f"FROM {_ADDED} UNION ALL FROM {_REMOVED}"
    return (
        f"(FROM {_ADDED} EXCEPT ALL FROM {_REMOVED}) UNION ALL "
        f"(FROM {_REMOVED} EXCEPT ALL FROM {_ADDED})"
    )


def _key(number: int) -> str:
    return f"headwater key {number}"


def _write(
    connection: duckdb.DuckDBPyConnection, task: Building, schema: Schema
) -> tuple[Draft, int]:
    """Files of the rows in the scratch folder, and how many rows the writer tells of."""
    layout, folder = task.layout, Path(task.scratch) / "parts"
    folder.mkdir()
    made = "".join(
        f", {_value_of(each, quote.name(str(each.column)), schema)} AS {quote.name(each.name)}"
        for each in layout.partition
        if each.function != "column"
    )
    target = Destination(layout, task.attempt, Path(task.table_location))
    options = [
        f"COMPRESSION {layout.compression}",
        *(["COMPRESSION_LEVEL 1"] if layout.compression == "zstd" else []),
        f"PARQUET_VERSION {'v1' if layout.wide else 'v2'}",
        f"FILENAME_PATTERN {quote.text(target.name('{i}'))}",
        "OVERWRITE_OR_IGNORE",
    ]
    if layout.partition:
        names = ", ".join(quote.name(each.name) for each in layout.partition)
        options.append(f"PARTITION_BY ({names})")
    else:
        options.append(f"FILE_SIZE_BYTES {layout.file_size_bytes}")
    with guarding(connection, folder, task.limits.partitions):
        # The SQL may end in a comment: what follows it goes into the next line.
        stats = connection.execute(
            f"COPY (SELECT {casts(schema)}{made} FROM (\n{task.sql.strip().rstrip(';')}\n)) "
            f"TO {quote.text(str(folder))} (FORMAT parquet, {', '.join(options)}, RETURN_STATS)"
        ).fetchall()
    point("part.closed")
    written = [row for row in stats if row[1]]
    keys = tuple(row[5] or {} for row in written)
    if any(value == "" for values in keys for value in values.values()):
        raise QueryError(
            "an empty text is the value of a partition, and tables take that for null",
            hint="write another text in its place, or NULLIF(column, '')",
        )
    paths = tuple(Path(row[0]) for row in written)
    return Draft(folder, paths, keys, _counts(connection, paths)), sum(row[1] for row in written)


def _counts(
    connection: duckdb.DuckDBPyConnection, paths: tuple[Path, ...]
) -> dict[str, dict[str, int]]:
    """Rows that are really in the files, read back."""
    if not paths:
        return {}
    rows = connection.execute(
        f"SELECT {quote.name(_FILE)}, count(*) FROM read_parquet("
        f"{quote.texts(str(path) for path in paths)}, filename = {quote.text(_FILE)}, "
        "hive_partitioning = false, union_by_name = true) GROUP BY ALL"
    ).fetchall()
    return {file: {"": count} for file, count in rows}


def _value_of(by: PartitionBy, value: str, schema: Schema) -> str:
    """The value of a partition column, of the column or expression that it is made of."""
    if by.function == "column":
        return f"({value})"
    column = schema.find(str(by.column))
    if column is not None and column.type.kind == "timestamp":
        # The parts of an instant are asked of a calendar; those of its UTC time are not.
        value = f"make_timestamp(epoch_us({value}))"
    return f"CAST({by.function}({value}) AS INTEGER)"


def _derived(by: tuple[PartitionBy, ...]) -> tuple[Column, ...]:
    return tuple(Column(each.name, Type("int")) for each in by if each.function != "column")


def _require_partitions(by: tuple[PartitionBy, ...], schema: Schema) -> None:
    if by and {c.name for c in schema.columns} <= {each.name for each in by}:
        raise QueryError(
            "it is partitioned by every column that it has",
            hint="leave one of them out of the partition, or add a column to the SELECT",
        )
    for each in by:
        column = schema.find(str(each.column))
        if column is None or column.name != each.column:
            raise QueryError(
                f"it is partitioned by {each.column}, and the SELECT gives no such column",
                hint=f"the columns are {', '.join(schema.names())}",
            )
        kinds = _FOLDERS if each.function == "column" else _DATED
        if column.type.kind not in kinds:
            raise QueryError(
                f"it is partitioned by {each.name}, which is made of {column.name} {column.type}",
                hint="partition by text, a whole number, a date, or year(…), month(…), day(…)",
            )
        if each.function != "column" and schema.find(each.name) is not None:
            raise QueryError(
                f"the partition {each.name} would hide the column {each.name}",
                hint="give the column another name with AS",
            )
