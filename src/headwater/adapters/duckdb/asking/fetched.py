"""An answer that came from elsewhere as a file, as if it had been asked here."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.asking.ask import SETTINGS, DuckAnswer
from headwater.model.cost import Bill
from headwater.room import Room

_FORM = (
    "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', allow_quoted_nulls = false, new_line = '\\n', max_line_size = 268435456"
)


def answer_of_csv(
    room: Room, file: str, columns: Sequence[tuple[str, str]], bill: Bill | None = None
) -> DuckAnswer:
    """The rows of a CSV file of the room, under these names and types.

    Every value of it is quoted but nulls, which are nothing at all.
    """
    import duckdb  # noqa: PLC0415 - a worker that is never asked does not need it here

    connection = duckdb.connect()
    for setting in SETTINGS:
        connection.execute(setting)
    connection.execute(f"SET allowed_directories = {quote.texts([f'{room.path}/'])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    texts = quote.struct((f"c{at}", "'VARCHAR'") for at in range(len(columns)))
    path = quote.text(str(room.path / file))
    chosen = ", ".join(_typed(f"c{at}", *each) for at, each in enumerate(columns))
    rows = f"SELECT {chosen} FROM read_csv({path}, columns = {texts}, {_FORM})"
    return DuckAnswer(connection, connection.sql(rows), room, bill)


def _typed(column: str, name: str, kind: str) -> str:
    value = f"unhex(replace({column}, ' ', ''))" if kind == "BLOB" else column
    return f"CAST({value} AS {kind}) AS {quote.name(name)}"
