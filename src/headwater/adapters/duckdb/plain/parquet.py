"""Parquet files: typed already, so that only what the table wants otherwise is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.exact import ClockReading, duck_type
from headwater.adapters.duckdb.plain.plan import Plan
from headwater.adapters.duckdb.plain.refusals import Refusals, Refused
from headwater.adapters.duckdb.source import Source
from headwater.model.types import TEXT, Schema, Type, decimal, parse_type
from headwater.reading.names import clean_names
from headwater.reading.unreadable import Unreadable
from headwater.shape.table import PROVENANCE

_SAME = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "UTINYINT": "smallint",
    "USMALLINT": "int",
    "UINTEGER": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "BLOB": "binary",
}
_NAIVE = frozenset({"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"})


@dataclass(slots=True)
class Direct:
    """A Parquet file that is read where it lies."""

    source: Source
    counted: int
    names: list[str]  # cleaned, in file order
    values: dict[str, str]  # each column's value under its table type
    types: dict[str, Type]  # by the name in the table
    bad: str  # a condition on a row

    @property
    def reader(self) -> str:
        """The rows, numbered."""
        path = quote.text(str(self.source.path))
        return f"read_parquet({path}, file_row_number = true, hive_partitioning = false)"

    def agree(self, types: dict[str, Type], plan: Plan) -> dict[str, Type]:
        """The batch's types with this file's; text, where two files say different things."""
        agreed = dict(types)
        for name, kind in self.types.items():
            if name in agreed and agreed[name] != kind and plan.settled(name) is None:
                agreed[name] = TEXT
            else:
                agreed.setdefault(name, kind)
        return agreed

    def select(self, types: dict[str, Type], schema: Schema) -> str:
        """The good rows."""
        chosen = []
        for name, value in self.values.items():
            column = schema.find(name)
            if column is None:
                continue
            kind = types.get(name, column.type)
            cast = value if kind == self.types.get(name) else f"CAST({value} AS VARCHAR)"
            chosen.append(f"{cast} AS {quote.name(column.name)}")
        arrival = f"{quote.text(self.source.input.arrival)} AS {PROVENANCE}"
        rows = f"SELECT {', '.join([*chosen, arrival])} FROM {self.reader}"
        return f"{rows} WHERE NOT ({self.bad})"


def look(
    connection: duckdb.DuckDBPyConnection, source: Source, plan: Plan, clock: ClockReading
) -> Direct:
    """Read footer and schema, and every page once, so that damage shows before it is staged."""
    path = quote.text(str(source.path))
    try:
        connection.execute(
            f"DESCRIBE SELECT * FROM read_parquet({path}, hive_partitioning = false)"
        )
        described = [(row[0], row[1]) for row in connection.fetchall()]
        connection.execute(f"SELECT num_rows FROM parquet_file_metadata({path})")
        (counted,) = connection.fetchone() or (0,)
        listed = ", ".join(f"count({quote.name(name)})" for name, _ in described)
        connection.execute(f"SELECT {listed} FROM read_parquet({path}, hive_partitioning = false)")
        filled = connection.fetchone() or ()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as fault:
        said = str(fault).strip().splitlines()[0]
        raise Unreadable(
            "parquet", f"it cannot be read as Parquet ({said}); send it again"
        ) from fault
    cleaned, notes = clean_names([name for name, _ in described])
    source.notes += notes
    if (cause := plan.refusal(cleaned)) is not None:
        raise Unreadable(cause.code, cause.message)
    direct = Direct(source, int(counted), [], {}, {}, "false")
    conditions = ["true" for _ in plan.required(cleaned)]
    kept = set(plan.kept(cleaned))
    for (original, kind), name, count in zip(described, cleaned, filled, strict=True):
        if name not in kept or (not count and plan.settled(name) is None):
            continue
        conditions += _column(direct, plan, (original, kind, name), clock)
    if conditions:
        direct.bad = " OR ".join(f"coalesce({condition}, false)" for condition in conditions)
    return direct


def _column(
    direct: Direct, plan: Plan, seen: tuple[str, str, str], clock: ClockReading
) -> list[str]:
    """Add one column; the conditions under which its value is bad."""
    original, spelled, name = seen
    k = quote.name(original)
    own = _type_of(spelled)
    value = k
    if spelled in _NAIVE:
        value = f"timezone({quote.text(clock.timezone)}, CAST({k} AS TIMESTAMP))"
    elif own == TEXT and spelled != "VARCHAR":
        value = f"CAST({k} AS VARCHAR)"
    elif spelled in {"UBIGINT", "HUGEINT", "UHUGEINT"}:
        value = f"CAST({k} AS {duck_type(own)})"
    settled = plan.settled(name)
    called = name if settled is None else settled.column.name
    direct.names.append(name)
    direct.types[called] = own if settled is None else settled.column.type
    bad = []
    if settled is not None and settled.column.type != own:
        target = duck_type(settled.column.type)
        cast = f"TRY_CAST({value} AS {target})"
        back = f"TRY_CAST({cast} AS {duck_type(own)})"
        bad.append(f"{k} IS NOT NULL AND ({cast} IS NULL OR {back} IS DISTINCT FROM {value})")
        value = cast
    if settled is not None and not settled.column.nullable:
        bad.append(f"{k} IS NULL")
    direct.values[called] = value
    return bad


def refuse_rows(connection: duckdb.DuckDBPyConnection, direct: Direct, refusals: Refusals) -> None:
    """Keep the rows whose values do not fit, with the row's number for a line."""
    if direct.bad == "false":
        return
    columns = ", ".join(quote.name(name) for name in _originals(connection, direct))
    connection.execute(
        f"SELECT file_row_number + 1, to_json(struct_pack({_packed(columns)}))::VARCHAR "
        f"FROM {direct.reader} WHERE {direct.bad} ORDER BY 1"
    )
    while rows := connection.fetchmany(1_000):
        for number, raw in rows:
            text = "a value does not fit the type that its column has in the table"
            refusals.add(direct.source.input, Refused(number, None, raw, "type", text))


def _originals(connection: duckdb.DuckDBPyConnection, direct: Direct) -> Sequence[str]:
    path = quote.text(str(direct.source.path))
    connection.execute(f"DESCRIBE SELECT * FROM read_parquet({path}, hive_partitioning = false)")
    return [row[0] for row in connection.fetchall()]


def _packed(columns: str) -> str:
    return ", ".join(f"{column} := {column}" for column in columns.split(", "))


def _type_of(spelled: str) -> Type:
    if spelled in _SAME:
        return Type(_SAME[spelled])
    if spelled == "UBIGINT":
        return decimal(20, 0)
    if spelled in {"HUGEINT", "UHUGEINT"}:
        return decimal(38, 0)
    if spelled.startswith("DECIMAL("):
        return parse_type(spelled.lower())
    return TEXT  # nested values as text, until the table can have them
