"""How a question is answered: Athena's SQL, made DuckDB's, over the files that its tables hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from headwater.adapters.duckdb import quote
from headwater.emulator.answers.held import Catalog, Column, Held
from headwater.errors import QueryError

_FILE = "headwater_file"
_TYPES = {
    "HUGEINT": "bigint", "UBIGINT": "bigint", "INTEGER": "integer", "VARCHAR": "varchar",
    "FLOAT": "float", "TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "BLOB": "varbinary",
}  # fmt: skip
_MOMENT = "%Y-%m-%d %H:%M:%S.%g"
_LINE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with the tables and columns that it names."""

    tree: exp.Query
    tables: tuple[tuple[str, str], ...]
    columns: frozenset[str]
    every_column: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns with their types, and rows as Athena writes them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]


def read_question(sql: str, database: str, parameters: Sequence[str]) -> Question:
    """What is asked, with tables that name no database in this one."""
    try:
        tree = sqlglot.parse_one(sql, read="athena")
        values = iter([sqlglot.parse_one(each, read="athena") for each in parameters])
    except sqlglot.errors.SqlglotError as cause:
        raise QueryError(f"SYNTAX_ERROR: {cause}") from cause
    if not isinstance(tree, exp.Query):
        raise QueryError(
            f"NOT_SUPPORTED: the box answers questions, and this is {tree.key.upper()}"
        )
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(next(values, exp.Null()))
    named = {each.alias_or_name.lower() for each in tree.find_all(exp.CTE)}
    tables = []
    for table in tree.find_all(exp.Table):
        if not table.name or (not table.db and table.name.lower() in named):
            continue
        held = (table.db or database, table.name)
        tables.append(held)
        table.set("catalog", None)
        table.set("db", exp.to_identifier(held[0], quoted=True))
    columns = frozenset(each.name.lower() for each in tree.find_all(exp.Column))
    every = any(not isinstance(each.parent, exp.Count) for each in tree.find_all(exp.Star))
    return Question(tree, tuple(dict.fromkeys(tables)), columns, every)


class Room:
    """A DuckDB that sees the tables of one question, and nothing else of the machine."""

    def __init__(self, question: Question, catalog: Catalog, folder: Path) -> None:
        """Fetch what the question names."""
        self._question = question
        self._connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
        self._held = [catalog.fetch(database, name) for database, name in question.tables]
        self._connection.execute(f"SET allowed_directories = {quote.texts([f'{folder}/'])}")
        self._connection.execute("SET enable_external_access = false")
        for held in self._held:
            self._show(held)
        self._connection.execute("SET lock_configuration = true")

    def scanned_bytes(self) -> int:
        """What Athena would bill: of Parquet the columns that are named, of text whole files."""
        return sum(self._scanned(held) for held in self._held)

    def answer(self) -> Answer:
        """The rows, in their order."""
        try:
            sql = self._question.tree.sql("duckdb")
            self._connection.execute(f"CREATE TEMP TABLE headwater_answer AS {sql}")
            described = self._connection.execute("DESCRIBE headwater_answer").fetchall()
            written = ", ".join(_written(str(name), str(kind)) for name, kind, *_ in described)
            chosen = f"SELECT {written} FROM headwater_answer"  # noqa: S608 - compiled from quoted pieces
            rows = self._connection.execute(chosen).fetchall()
        except duckdb.Error as cause:
            raise QueryError(_LINE.sub(" ", f"GENERIC_USER_ERROR: {cause}")) from cause
        columns = tuple(Column(str(name), _athena_type(str(kind))) for name, kind, *_ in described)
        return Answer(columns, tuple(tuple(row) for row in rows))

    def close(self) -> None:
        """Let go of everything."""
        self._connection.close()

    def _show(self, held: Held) -> None:
        """Make a view of a table's files; a column that is in none of them is null."""
        files = quote.texts(str(part.file) for part in held.parts)
        view = f"{quote.name(held.database)}.{quote.name(held.name)}"
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quote.name(held.database)}")
        if not held.parts:
            nothing = ", ".join(_null(each) for each in (*held.columns, *held.partitions))
            self._connection.execute(f"CREATE VIEW {view} AS SELECT {nothing} WHERE false")
            return
        source = _reader(held, files)
        describe = f"DESCRIBE SELECT * FROM {source}"  # noqa: S608 - compiled from quoted pieces
        there = self._connection.execute(describe).fetchall()
        names = {str(name).lower(): str(name) for name, *_ in there}
        chosen = [_chosen(each, names) for each in held.columns]
        chosen += [_cast(f"parts.{quote.name(each.name)}", each) for each in held.partitions]
        values = ", ".join(
            "(" + ", ".join(_literal(value) for value in (str(part.file), *part.values)) + ")"
            for part in held.parts
        )
        keys = ", ".join(quote.name(each) for each in (_FILE, *(c.name for c in held.partitions)))
        self._connection.execute(
            f"CREATE VIEW {view} AS SELECT {', '.join(chosen)} FROM {source} AS data "  # noqa: S608 - compiled from quoted pieces
            f"JOIN (VALUES {values}) AS parts({keys}) USING ({quote.name(_FILE)})"
        )

    def _scanned(self, held: Held) -> int:
        if held.format != "parquet" or not held.parts:
            return sum(part.file.stat().st_size for part in held.parts)
        files = quote.texts(str(part.file) for part in held.parts)
        named = quote.texts(each.name for each in held.columns if self._is_named(each.name))
        told = self._connection.execute(
            f"SELECT coalesce(sum(total_compressed_size), 0) FROM parquet_metadata({files}) "  # noqa: S608 - compiled from quoted pieces
            f"WHERE list_contains({named}::VARCHAR[], split_part(path_in_schema, ', ', 1))"
        ).fetchone()
        return int(told[0]) if told is not None else 0

    def _is_named(self, column: str) -> bool:
        return self._question.every_column or column.lower() in self._question.columns


def _reader(held: Held, files: str) -> str:
    kept = f"union_by_name = true, filename = {quote.text(_FILE)}"
    if held.format == "parquet":
        return f"read_parquet({files}, hive_partitioning = false, {kept})"
    columns = quote.struct((each.name, quote.text(_duckdb_type(each))) for each in held.columns)
    if held.format == "json":
        return f"read_json({files}, columns = {columns}, hive_partitioning = false, {kept})"
    options = held.options
    delimiter = options.get("field.delim") or options.get("separatorChar") or ","
    header = int(options.get("skip.header.line.count", "0") or 0)
    spelled = f"delim = {quote.text(delimiter)}, skip = {header}, header = false"
    return (
        f"read_csv({files}, columns = {columns}, auto_detect = false, {spelled}, "
        f"hive_partitioning = false, {kept})"
    )


def _chosen(column: Column, names: dict[str, str]) -> str:
    name = names.get(column.name.lower())
    return _null(column) if name is None else _cast(f"data.{quote.name(name)}", column)


def _cast(value: str, column: Column) -> str:
    if not column.type:
        return f"{value} AS {quote.name(column.name)}"
    return f"CAST({value} AS {_duckdb_type(column)}) AS {quote.name(column.name)}"


def _null(column: Column) -> str:
    return _cast("NULL", column)


def _duckdb_type(column: Column) -> str:
    return exp.DataType.build(column.type or "string", dialect="hive").sql("duckdb")


def _literal(value: str | None) -> str:
    return "NULL" if value is None else quote.text(value)


def _athena_type(kind: str) -> str:
    if kind.endswith("[]"):
        return "array"
    if kind.startswith("DECIMAL("):
        return kind.lower()
    named = kind.partition("(")[0].strip()
    if named.startswith("TIMESTAMP_"):  # of another precision
        return "timestamp"
    return {"STRUCT": "row", **_TYPES}.get(named, named.lower())


def _written(name: str, kind: str) -> str:
    """A value as Athena writes it."""
    value = quote.name(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({value} AT TIME ZONE 'UTC', '{_MOMENT}') || ' UTC'"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({value}::TIMESTAMP, '{_MOMENT}')"
    if kind == "BLOB":
        return f"trim(regexp_replace(lower(hex({value})), '(..)', '\\1 ', 'g'))"
    return f"CAST({value} AS VARCHAR)"
