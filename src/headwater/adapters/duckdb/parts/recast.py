"""Values of a column that becomes wider, as the wider type says them."""

from __future__ import annotations

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.model.types import TEXT, Widened

_INSTANTS = frozenset({"timestamp", "timestamp_ntz"})


def recast(each: Widened) -> str:
    """A value in its wider type, which says the same; the text of a time is ISO 8601."""
    value = quote.name(each.column)
    if each.after != TEXT or each.before.kind not in _INSTANTS:
        return f"CAST({value} AS {duck_type(each.after)})"
    clock = f"replace(CAST(make_timestamp(epoch_us({value})) AS VARCHAR), ' ', 'T')"
    return f"{clock} || 'Z'" if each.before.kind == "timestamp" else clock
