"""SQL of the cells of JSON lines and of Parquet files: c0, c1 and so on."""

from __future__ import annotations

import json

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.source import Source

_COUNTED_KEYS = 100
_ROW_NUMBER = "file_row_number"  # DuckDB's column, which a file may have one of the name of


def json_cells(
    shape: Shape,
    records: str,
    raw: frozenset[int],
    keep: str = "_arrival",
    only: frozenset[int] | None = None,
) -> str:
    """SQL that takes JSON lines apart; a line that is no object gives a flaw, not a row."""
    taken = [(i, key) for i, key in enumerate(shape.keys) if only is None or i in only]
    fields = ", ".join(_field(key, is_raw=i in raw) for i, key in taken)
    transform = "json_transform_strict" if shape.strict else "json_transform"
    made = f"{transform}(line, {quote.text('{' + fields + '}')})" if taken else "line"
    cells = "".join(
        f", s[{quote.text(key)}]{'::VARCHAR' if i in raw else ''} AS c{i}" for i, key in taken
    )
    keys, odd = _odd(shape, counted=len(taken) == len(shape.keys) <= _COUNTED_KEYS)
    flaw = f"CASE WHEN s IS NULL OR {odd} THEN error('flaw: no object') ELSE {keep} END AS {keep}"
    inner = f"SELECT {keep}, {made} AS s{keys} FROM ({records}) WHERE line IS NOT NULL"
    return f"SELECT {flaw}{cells} FROM ({inner})"


def _odd(shape: Shape, *, counted: bool) -> tuple[str, str]:
    """Whether a line has a key that is not known, or one twice; and what of it that asks."""
    if shape.complete:
        return "", "false"
    if shape.strict or not shape.keys:
        # Strict is strict about keys that are missing or there twice; whether there is one more,
        # their number tells.
        return ", len(json_keys(line)) AS keys", f"keys != {len(shape.keys)}"
    known = quote.texts(shape.keys)
    odd = f"len(list_distinct(keys)) != len(keys) OR NOT list_has_all({known}, keys)"
    if counted:
        # As many values as keys leave none to ask about, and that is quickly seen.
        values = " + ".join(f"(s[{quote.text(key)}] IS NOT NULL)::INTEGER" for key in shape.keys)
        odd = f"CASE WHEN len(keys) = {values} THEN false ELSE {odd} END"
    return ", json_keys(line) AS keys", f"({odd})"


def _field(key: str, *, is_raw: bool) -> str:
    return f"{json.dumps(key)}: {json.dumps('JSON' if is_raw else 'VARCHAR')}"


def parquet_cells(shape: Shape, source: Source) -> str:
    """SQL of a Parquet file's columns and the number of each row."""
    cells = "".join(f", {quote.name(key)} AS c{i}" for i, key in enumerate(shape.keys))
    arrival = quote.text(source.input.arrival)
    path = quote.text(str(source.path))
    if _ROW_NUMBER in {key.lower() for key in shape.keys}:
        number, asked = "row_number() OVER () - 1", ""
    else:
        number, asked = _ROW_NUMBER, f"{_ROW_NUMBER} = true, "
    return (
        f"SELECT {arrival} AS _arrival, {number} AS _row{cells} FROM read_parquet({path}, "
        f"{asked}hive_partitioning = false)"
    )
