"""Times in steps and checks: what becomes an instant, and functions of those, quick ones.

A text or a time without a zone that is cast to an instant is read by the clocks of the feed's
zone, as the reader does; a time that these skip cannot be made. Instants are kept in UTC, so
that their year, month, day and hour need no calendar of zones.

DuckDB asks one for every value, which takes three to ten times as long. Overloads by type
leave times without a zone, dates and intervals to DuckDB's own functions.
"""

from __future__ import annotations

import duckdb
from sqlglot import exp

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns import zones
from headwater.adapters.duckdb.columns.exact import zoned
from headwater.shape.fragment import sql

_INSTANT = "headwater_instant"
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


def prepare(connection: duckdb.DuckDBPyConnection, timezone: str) -> None:
    """Let the connection know what queries name whose times are those of the feed's zone."""
    ways = ", ".join(f"(x {kind}) AS {way}" for kind, way in _ways(timezone).items())
    connection.execute(f"CREATE OR REPLACE TEMP MACRO {_INSTANT}{ways}")
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
    for cast in reversed([each for each in made.find_all(exp.Cast) if _is_instant(each)]):
        made_so = exp.func(_INSTANT, cast.this.copy(), dialect="duckdb")
        cast.replace(sql("TRY($it)", it=made_so) if isinstance(cast, exp.TryCast) else made_so)
    for node in reversed(list(made.find_all(exp.TimestampTrunc, *_PARTS))):  # the inner ones first
        if node.find(exp.Column) is not None:
            node.replace(_call(node))
    return made


def _is_instant(cast: exp.Cast) -> bool:
    return cast.to.this is exp.DataType.Type.TIMESTAMPTZ and cast.find(exp.Column) is not None


def _ways(timezone: str) -> dict[str, str]:
    """How a value of each type becomes an instant."""
    same = "CAST(x AS TIMESTAMPTZ)"
    if timezone == "UTC":
        told = f"CASE WHEN isfinite(x) THEN make_timestamptz(epoch_us(x)) ELSE {same} END"
        return {"TIMESTAMPTZ": "x", "TIMESTAMP": told, "DATE": same, "VARCHAR": same}
    read = _shown_at(timezone, "CAST(x AS TIMESTAMP)")
    text = f"CASE WHEN {zoned('x')} THEN {same} ELSE {read} END"
    return {"TIMESTAMPTZ": "x", "TIMESTAMP": read, "DATE": read, "VARCHAR": text}


def _shown_at(timezone: str, clock: str) -> str:
    """The instant at which the zone's clocks show a time; they skip some, and that is an error."""
    made = zones.instant(timezone, clock)
    skipped = f"CAST(concat('skipped: ', CAST({clock} AS VARCHAR)) AS TIMESTAMPTZ)"
    shown = f"timezone({quote.text(timezone)}, {made}) IS NOT DISTINCT FROM {clock}"
    return f"CASE WHEN {shown} THEN {made} ELSE {skipped} END"


def _call(node: exp.Expr) -> exp.Expr:
    value = node.this.copy()
    if isinstance(node, exp.TimestampTrunc):
        unit = exp.Literal.string(node.text("unit"))
        return exp.func(_TRUNCATED, unit, value, dialect="duckdb")
    return exp.func(_named(_PARTS[type(node)]), value, dialect="duckdb")


def _named(part: str) -> str:
    return f"headwater_{part}"
