"""SQL over snapshots: each table is the exact list of files that its log names."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.asking.misasked import misasked
from headwater.adapters.duckdb.asking.view import view_of
from headwater.adapters.duckdb.process.patience import patiently
from headwater.errors import MissingExtra, NoSpace, QueryError
from headwater.model.cost import Bill
from headwater.model.ids import TableName
from headwater.model.part import Snapshot
from headwater.ports.engine import Answer
from headwater.room import Room

if TYPE_CHECKING:
    import duckdb

_VIEW = "headwater answer"
SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_progress_bar = false",
)
_READING = frozenset({"SELECT", "EXPLAIN", "RELATION", "DESCRIBE", "SHOW"})
_KINDS = {
    "csv": "(FORMAT csv, HEADER)",
    "json": "(FORMAT json, ARRAY true)",
    "ndjson": "(FORMAT json)",
    "parquet": "(FORMAT parquet, COMPRESSION zstd)",
}


class DuckAsker:
    """Answers in this process, over files it is given and no others."""

    def ask(
        self,
        sql: str,
        tables: Sequence[tuple[Snapshot, str]],
        *,
        views: Mapping[TableName, str] | None = None,
        known: Sequence[TableName] = (),
    ) -> Answer:
        """Answer one SELECT; see the port."""
        import duckdb  # noqa: PLC0415 - a worker that is never asked does not need it here

        room = Room()
        connection = duckdb.connect()
        for setting in (*SETTINGS, f"SET temp_directory = {quote.text(f'{room.path}/spill')}"):
            connection.execute(setting)
        asked = [snapshot for snapshot, _ in tables]
        selects = {snapshot.table: view_of(snapshot, location) for snapshot, location in tables}
        try:
            for name, select in {**selects, **(views or {})}.items():
                connection.execute(f"CREATE VIEW {quote.name(name)} AS {select}")
        except duckdb.Error as cause:
            raise misasked(cause) from cause
        _close_doors(connection, tables, room)
        try:
            _require_question(connection, sql)
            relation = patiently(connection, lambda: connection.sql(sql.rstrip().rstrip(";")))
        except duckdb.Error as cause:
            raise misasked(cause, asked, known or [each.table for each in asked]) from cause
        return DuckAnswer(connection, relation, room)


class DuckAnswer:
    """The rows of one question."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Any,
        room: Room,
        bill: Bill | None = None,
    ) -> None:
        """Take the relation, and what lives as long as the answer: connection and a folder."""
        self._connection = connection
        self._relation = relation
        self._room = room
        self._bill = bill

    @property
    def bill(self) -> Bill | None:
        """What the question costs; None where nobody bills for it."""
        return self._bill

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._relation.columns)

    @property
    def types(self) -> tuple[str, ...]:
        """Types of the columns, as DuckDB spells them."""
        return tuple(str(kind) for kind in self._relation.types)

    def rows(self, limit: int | None = None) -> list[tuple[Any, ...]]:
        """Rows as Python values."""
        relation = self._relation if limit is None else self._relation.limit(limit)
        found: list[tuple[Any, ...]] = self._run(relation.fetchall)
        return found

    def stream(self, size: int = 1_000) -> Iterator[tuple[Any, ...]]:
        """Rows as Python values, so many of them at a time."""
        self._relation.create_view(_VIEW, replace=True)
        ask = f"FROM {quote.name(_VIEW)}"
        self._run(lambda: self._connection.execute(ask))
        while rows := self._run(lambda: self._connection.fetchmany(size)):
            yield from rows

    def arrow(self) -> Any:
        """A pyarrow Table."""
        _require("pyarrow", "arrow")
        return self._run(self._relation.to_arrow_table)

    def pandas(self) -> Any:
        """A pandas DataFrame."""
        _require("pandas", "pandas")
        return self._run(self._relation.df)

    def polars(self) -> Any:
        """A Polars DataFrame."""
        for module in ("polars", "pyarrow"):  # rows go from the one to the other through Arrow
            _require(module, "polars")
        return self._run(self._relation.pl)

    def write(self, path: str, kind: str) -> int:
        """Write a file, whole or not at all; answer how many rows."""
        if kind not in _KINDS:
            raise QueryError(f"{kind} is no kind of file", hint=f"one of {', '.join(_KINDS)}")
        made, target = self._room.path / "answer", Path(path)
        beside = target.with_name(f".{target.name}.tmp")
        self._relation.create_view(_VIEW, replace=True)
        copy = f"COPY {quote.name(_VIEW)} TO {quote.text(str(made))} {_KINDS[kind]}"
        (count,) = self._run(lambda: self._connection.execute(copy).fetchone()) or (0,)
        try:
            shutil.move(made, beside)
            beside.replace(target)
        except OSError as cause:
            beside.unlink(missing_ok=True)
            raise _unwritten(path, cause) from cause
        return int(count)

    def _run(self, fetch: Any) -> Any:
        import duckdb  # noqa: PLC0415 - loaded by then

        try:
            return patiently(self._connection, fetch)
        except duckdb.Error as cause:
            raise misasked(cause) from cause


def _unwritten(path: str, cause: OSError) -> QueryError | NoSpace:
    if cause.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return NoSpace(f"there is no room for {path}", hint="free some space, and ask again")
    message = f"{path} cannot be written: {cause.strerror}"
    return QueryError(message, hint="name a file in a folder that this user may write to")


def _close_doors(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[tuple[Snapshot, str]], room: Room
) -> None:
    """Leave nothing to be read but the tables' parts, and nothing to be written but the room."""
    files = [str(Path(where) / part.path) for snapshot, where in tables for part in snapshot.parts]
    connection.execute(f"SET allowed_paths = {quote.texts(files)}")
    connection.execute(f"SET allowed_directories = {quote.texts([f'{room.path}/'])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _require(module: str, extra: str) -> None:
    try:
        __import__(module)
    except ImportError as missing:
        raise MissingExtra(
            f"{module} is not installed", hint=f"pip install 'headwater[{extra}]'"
        ) from missing


def _require_question(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise QueryError(
            f"one statement is expected, not {len(statements)}", hint="leave out the ;"
        )
    kind = str(statements[0].type).rpartition(".")[2].upper()
    if kind not in _READING:
        raise QueryError(
            f"only questions are answered here, and this is a {kind} statement",
            hint="write a SELECT; tables are written by feeds",
        )
