"""Times without a zone, read by the clocks of one: SQL that makes instants of them.

DuckDB takes the later instant of a time that the clocks show twice, and moves one that they
skip. The earlier is meant here, and what is skipped is refused: asked again, an instant
that was moved shows another time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.native import inside, naive, native
from headwater.model.clocks import put_back

_MICROSECOND = timedelta(microseconds=1)


def instant(zone: str, value: str) -> str:
    """The instant at which the zone's clocks show a TIMESTAMP, the earlier if there are two."""
    read = f"timezone({quote.text(zone)}, {value})"
    changes = put_back(zone)
    if not changes:
        return read
    days = ", ".join(f"DATE '{day}'" for day in sorted({d for c in changes for d in c.days}))
    earlier = [_before(read, change) for change in sorted({c.by for c in changes})]
    shown = " ".join(
        f"WHEN timezone({quote.text(zone)}, {each}) = {value} THEN {each}" for each in earlier
    )
    # The days come first, since to ask a calendar once more takes as long as all the rest.
    # A long IN becomes a join, made where no TRY around this reaches: so it has one of its own.
    return (
        f"CASE WHEN TRY(CAST({value} AS DATE)) IN ({days}) THEN CASE {shown} ELSE {read} END "
        f"ELSE {read} END"
    )


def shows(zone: str, value: str, text: str) -> str:
    """Whether the clocks show the time of the text at the instant: not if they skip it."""
    clock = f"timezone({quote.text(zone)}, {value})"
    return f"({clock} IS NOT DISTINCT FROM TRY_CAST({text} AS TIMESTAMP))"


def holds_naive(kind: str) -> bool:
    """Whether a type, as DuckDB spells it, holds times without a zone that become instants."""
    children = inside(kind)
    if children:
        return any(holds_naive(child) for _, child in children)
    return naive(kind) and native(kind).kind == "timestamp"


def instants(zone: str, kind: str, value: str) -> str:
    """A nested value with instants in place of its times without a zone."""
    return _each(kind, value, lambda time: instant(zone, f"CAST({time} AS TIMESTAMP)"))


def shown(zone: str, kind: str, value: str) -> str:
    """What `instants` has made, with what the clocks show in place of each instant."""
    return _each(kind, value, lambda time: f"timezone({quote.text(zone)}, {time})")


def _before(read: str, change: timedelta) -> str:
    return f"make_timestamptz(epoch_us({read}) - {change // _MICROSECOND})"


def _each(kind: str, value: str, leaf: Callable[[str], str], depth: int = 0) -> str:
    """A value made anew, with another expression for each of its times without a zone."""
    if not holds_naive(kind):
        return value
    children = inside(kind)
    if not children:
        return leaf(value)
    item = f"item{depth}"
    made = [
        (
            name,
            _each(child, _inner(kind, item if _is_listed(kind) else value, name), leaf, depth + 1),
        )
        for name, child in children
    ]
    if kind.endswith("[]"):
        return f"list_transform({value}, lambda {item}: {made[0][1]})"
    packed = ", ".join(f"{quote.name(name)} := {each}" for name, each in made)
    if _is_map(kind):
        entries = f"list_transform(map_entries({value}), lambda {item}: struct_pack({packed}))"
        return f"map_from_entries({entries})"
    return f"CASE WHEN {value} IS NOT NULL THEN struct_pack({packed}) END"


def _inner(kind: str, value: str, name: str) -> str:
    return value if kind.endswith("[]") else f"struct_extract({value}, {quote.text(name)})"


def _is_listed(kind: str) -> bool:
    return kind.endswith("[]") or _is_map(kind)


def _is_map(kind: str) -> bool:
    return kind.upper().startswith("MAP(")
