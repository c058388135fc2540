"""Functions of time over instants, which are kept in UTC: no calendar of zones needs to be asked.

DuckDB asks one for every value, which takes three to ten times as long. Overloads by type
leave times without a zone, dates and intervals to DuckDB's own functions.
"""

from __future__ import annotations

import duckdb
from sqlglot import exp

_TRUNCATED = "headwater_date_trunc"
_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "year",
    exp.Quarter: "quarter",
    exp.Month: "month",
    exp.Day: "day",
    exp.Hour: "hour",
}
_OTHERS = ("TIMESTAMP", "DATE", "INTERVAL")
_CLOCK = "make_timestamp(epoch_us(x))"


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the connection know what queries name that are made quick."""
    truncated = f"make_timestamptz(epoch_us(date_trunc(p, {_CLOCK})))"
    others = ", ".join(f"(p, x {kind}) AS date_trunc(p, x)" for kind in _OTHERS)
    connection.execute(
        f"CREATE OR REPLACE TEMP MACRO {_TRUNCATED}(p, x TIMESTAMPTZ) AS "
        f"CASE WHEN isfinite(x) THEN {truncated} ELSE x END, {others}"
    )
    for part in _PARTS.values():
        others = ", ".join(f"(x {kind}) AS {part}(x)" for kind in _OTHERS)
        connection.execute(
            f"CREATE OR REPLACE TEMP MACRO {_named(part)}(x TIMESTAMPTZ) AS "
            f"CASE WHEN isfinite(x) THEN {part}({_CLOCK}) ELSE {part}(x) END, {others}"
        )


def quick(query: exp.Query) -> exp.Query:
    """The query, with these functions in the place of DuckDB's where columns are asked."""
    made = query.copy()
    for node in reversed(list(made.find_all(exp.TimestampTrunc, *_PARTS))):  # the inner ones first
        if node.find(exp.Column) is not None:
            node.replace(_call(node))
    return made


def _call(node: exp.Expr) -> exp.Expr:
    value = node.this.copy()
    if isinstance(node, exp.TimestampTrunc):
        unit = exp.Literal.string(node.text("unit"))
        return exp.func(_TRUNCATED, unit, value, dialect="duckdb")
    return exp.func(_named(_PARTS[type(node)]), value, dialect="duckdb")


def _named(part: str) -> str:
    return f"headwater_{part}"
