"""SQL answered by Athena, over the tables that the Glue Data Catalog shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event
from typing import Any

from headwater.adapters.aws.door import VENDOR, code_of, door, translate
from headwater.adapters.aws.misasked import misasked, over_limit
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import QueryError
from headwater.model.cost import Bill, bill
from headwater.model.ids import TableName
from headwater.model.part import Snapshot
from headwater.model.price import Prices
from headwater.ports.engine import Answer
from headwater.room import Room

Reading = Callable[[Room, str, Sequence[tuple[str, str]], Bill], Answer]
"""Makes an answer of a CSV file in a room: its name, the columns with their types, the bill."""

_FIRST_LOOK_SECONDS = 0.1
_SLOWER = 1.5
_LONGEST_LOOK_SECONDS = 2.0
_COMMENTS = re.compile(r"\s+|--[^\n]*(\n|$)|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[a-zA-Z]+|\(")
_READING = frozenset({"select", "with", "values", "table", "("})
_UNDERWAY = frozenset({"QUEUED", "RUNNING"})
_SPELLED = {
    "int": "INTEGER",
    "real": "FLOAT",
    "varbinary": "BLOB",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
}
_SAME = frozenset(
    {"boolean", "tinyint", "smallint", "integer", "bigint", "float", "double"}
    | {"varchar", "date", "timestamp", "time"}
)


@dataclass(frozen=True, slots=True)
class Athena:
    """Where Athena is asked."""

    workgroup: str
    database: str  # of the Glue Data Catalog
    results: str | None = None  # the URL below which answers are put; None: as the workgroup says
    limit_bytes: int | None = None  # that a query may scan
    prices: Prices = field(default_factory=Prices)


class AthenaAsker:
    """Runs a query in a workgroup, waits for it, and brings its answer here."""

    def __init__(
        self, athena: Athena, reading: Reading, settings: AwsSettings | None = None
    ) -> None:
        """Take where to ask, and what reads an answer."""
        self._athena = athena
        self._reading = reading
        self._settings = settings or AwsSettings()

    @cached_property
    def _client(self) -> Any:
        return self._settings.client("athena")

    def ask(
        self,
        sql: str,
        tables: Sequence[tuple[Snapshot, str]] = (),
        *,
        views: Mapping[TableName, str] | None = None,
        known: Sequence[TableName] = (),
    ) -> Answer:
        """Answer one SELECT over the catalog's tables as they are; see the port.

        Snapshots cannot be handed to Athena: QueryError where there are any.
        """
        if tables or views:
            raise QueryError(
                "Athena reads the tables of its catalog, as they are",
                hint="leave out --on athena to ask tables as they were, or refused rows",
            )
        _require_question(sql)
        name = self._start(sql)
        try:
            ended = self._wait(name)
        except BaseException:  # Ctrl-C among them: nobody waits for it any more
            self._stop(name)
            raise
        _require_success(ended, known)
        return self._brought(ended)

    def _start(self, sql: str) -> str:
        where = self._athena.results
        try:
            started = self._client.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": self._athena.database},
                WorkGroup=self._athena.workgroup,
                **({"ResultConfiguration": {"OutputLocation": where}} if where else {}),
            )
        except VENDOR as error:
            if code_of(error) == "InvalidRequestException":
                raise misasked(_message(error), ()) from error
            raise translate(self._name, error) from error
        return str(started["QueryExecutionId"])

    def _wait(self, name: str) -> Mapping[str, Any]:
        """What Athena says of the query at its end; it is asked ever less often."""
        pause, limit = _FIRST_LOOK_SECONDS, self._athena.limit_bytes
        while True:
            with door(self._name):
                told = self._client.get_query_execution(QueryExecutionId=name)["QueryExecution"]
            if limit is not None and _scanned(told) > limit:
                raise over_limit(_scanned(told), limit)
            if told["Status"]["State"] not in _UNDERWAY:
                ended: Mapping[str, Any] = told
                return ended
            Event().wait(pause)
            pause = min(pause * _SLOWER, _LONGEST_LOOK_SECONDS)

    def _stop(self, name: str) -> None:
        with suppress(*VENDOR):
            self._client.stop_query_execution(QueryExecutionId=name)

    def _brought(self, ended: Mapping[str, Any]) -> Answer:
        """The answer's own file, which has every row, with the types that it does not tell."""
        with door(self._name):
            told = self._client.get_query_results(
                QueryExecutionId=ended["QueryExecutionId"], MaxResults=1
            )
        columns = [
            (each["Name"], _type(each))
            for each in told["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        ]
        url = ended["ResultConfiguration"]["OutputLocation"]
        bucket, _, key = url.partition("://")[2].partition("/")
        room = Room()
        with door(url):
            self._settings.client("s3").download_file(bucket, key, str(room.path / "answer.csv"))
        return self._reading(
            room, "answer.csv", columns, bill(_scanned(ended), self._athena.prices)
        )

    @property
    def _name(self) -> str:
        return f"workgroup {self._athena.workgroup} of Athena"


def _require_question(sql: str) -> None:
    """Athena takes one statement at a time, and its first word says which kind it is."""
    at = 0
    while found := _COMMENTS.match(sql, at):
        at = found.end()
    word = _WORD.match(sql, at)
    if word is None or word[0].lower() not in _READING:
        raise QueryError(
            f"only questions are answered here, and this begins with {sql[at : at + 20]!r}",
            hint="write a SELECT; tables are written by feeds",
        )


def _require_success(ended: Mapping[str, Any], known: Sequence[TableName]) -> None:
    status = ended["Status"]
    if status["State"] != "SUCCEEDED":
        raise misasked(status.get("StateChangeReason", status["State"].lower()), known)


def _scanned(told: Mapping[str, Any]) -> int:
    return int(told.get("Statistics", {}).get("DataScannedInBytes", 0))


def _type(told: Mapping[str, Any]) -> str:
    """A column's type as the lake's own answers spell it; of what is nested, its text."""
    kind = told["Type"]
    if kind == "decimal":
        return f"DECIMAL({told['Precision']},{told['Scale']})"
    return _SPELLED.get(kind, kind.upper() if kind in _SAME else "VARCHAR")


def _message(error: Exception) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Message", "")) or str(error)
