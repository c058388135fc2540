"""Folders of partition values: one whose name would be too long is named by a hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from headwater.adapters.duckdb import quote
from headwater.errors import EngineError
from headwater.shape.partition import HASHED, longest_value

if TYPE_CHECKING:
    import duckdb

    from headwater.adapters.duckdb.parts.write import Draft
    from headwater.model.types import Type


def logged(value: str, kind: Type) -> str:
    """A value that names a partition, as Delta's readers take it: they read an empty text as null.

    A time with a zone in its text makes them refuse the whole table.
    """
    if kind.kind == "text":
        return f"nullif({value}, '')"
    return f"make_timestamp(epoch_us({value}))" if kind.kind == "timestamp" else value


def shortened(select: str, texts: Sequence[str]) -> str:
    """The rows of a SELECT, with hashes for values of these columns that no folder can have.

    A text that looks like such a hash is hashed itself, so that no two values share a folder.
    """
    if not texts:
        return select
    values = ", ".join(
        f"CASE WHEN {_unfit(name)} THEN {quote.text(HASHED)} || sha256({quote.name(name)}) "
        f"ELSE {quote.name(name)} END AS {quote.name(name)}"
        for name in texts
    )
    return f"SELECT * REPLACE ({values}) FROM ({select})"


def is_shortened(made: Draft, texts: Sequence[str]) -> bool:
    """Whether some of the files have a hash where their value should be."""
    return any(
        (keys.get(name) or "").startswith(HASHED) for keys in made.partitions for name in texts
    )


def restored(
    connection: duckdb.DuckDBPyConnection, select: str, texts: Sequence[str], made: Draft
) -> Draft:
    """The draft with the true values, which are asked of the same rows once more."""
    names = ", ".join(map(quote.name, texts))
    unfit = " OR ".join(map(_unfit, texts))
    asked = f"SELECT DISTINCT {names} FROM ({select}) WHERE {unfit}"
    values = {
        f"{HASHED}{sha256(value.encode()).hexdigest()}": value
        for row in connection.execute(asked).fetchall()
        for value in row
        if value is not None
    }
    partitions = tuple(
        {name: _true(value, values) if name in texts else value for name, value in keys.items()}
        for keys in made.partitions
    )
    return replace(made, partitions=partitions)


def _true(value: str | None, values: dict[str, str]) -> str | None:
    if value is None or not value.startswith(HASHED):
        return value
    if value not in values:
        raise EngineError(
            f"no row says {value} when its files are read again",
            hint="see whether something still writes to them",
        )
    return values[value]


def _unfit(name: str) -> str:
    """Whether a value's folder would have a name that is too long, or looks like a hash."""
    value, most = quote.name(name), longest_value(name)
    # A byte takes three letters of the name at most, so few values are spelled out to be measured.
    long = f"strlen({value}) > {most // 3} AND strlen(url_encode({value})) > {most}"
    return f"(({long}) OR starts_with({value}, {quote.text(HASHED)}))"
