"""What values become that a table has no type for: finer times, unions, structs of nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from headwater.reading.unreadable import Unreadable

_COMPACT = (",", ":")


class TooFine(Exception):
    """A column has times finer than a microsecond: it has to be read as text from the start."""

    def __init__(self, column: str) -> None:
        """Take the column's name."""
        super().__init__(column)
        self.column = column


def settled_type(kind: Any, *, as_text: bool) -> Any:
    """The type that such values are handed on as; as text: times finer than a microsecond."""
    if not storable(kind):
        return pa.string()
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return pa.string() if as_text else pa.timestamp("us", kind.tz)
    if pa.types.is_list(kind):
        return pa.list_(settled_type(kind.value_type, as_text=as_text))
    if pa.types.is_struct(kind):
        return pa.struct([(f.name, settled_type(f.type, as_text=as_text)) for f in kind])
    if pa.types.is_map(kind):
        key, item = kind.key_type, kind.item_type
        return pa.map_(settled_type(key, as_text=as_text), settled_type(item, as_text=as_text))
    return kind


def settled(column: Any, name: str, wanted: Any) -> Any:
    """The column with all its values as that type. TooFine; Unreadable: map."""
    if not storable(column.type):
        return pa.array(
            [None if value is None else json_text(value) for value in column.to_pylist()],
            pa.string(),
        )
    if _has_twin_keys(column):
        raise Unreadable("map", f"a map in its column {name!r} has one key twice; rename one")
    if wanted == column.type:
        return column
    try:
        return column.cast(wanted)
    except pa.ArrowInvalid as error:
        raise TooFine(name) from error


def storable(kind: Any) -> bool:
    """Whether a table has a type for it; what else there is becomes JSON text, column by column."""
    if pa.types.is_struct(kind):
        names = {field.name.lower() for field in kind}
        return 0 < len(names) == kind.num_fields and all(storable(field.type) for field in kind)
    if pa.types.is_list(kind):
        return storable(kind.value_type)
    if pa.types.is_map(kind):
        return storable(kind.key_type) and storable(kind.item_type)
    return not pa.types.is_union(kind) and not pa.types.is_null(kind)


def json_text(value: object) -> str:
    """A value as JSON: decimals as their digits, times as ISO 8601, bytes as hexadecimal digits.

    NaN and infinity, which JSON has no word for, are spelled as Python does. Unreadable: depth.
    """
    try:
        return _encode(value)
    except RecursionError as error:
        raise Unreadable("depth", "a value of it is nested too deep; flatten it") from error


def _spelled(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a value of type {type(value).__name__} has no JSON")


_encode = json.JSONEncoder(ensure_ascii=False, separators=_COMPACT, default=_spelled).encode


def _has_twin_keys(column: Any) -> bool:
    return any(_repeats(each.offsets, each.keys) for each in _maps(column))


def _repeats(offsets: Any, keys: Any) -> bool:
    parents = pc.list_parent_indices(pa.ListArray.from_arrays(offsets, keys))
    start = offsets[0].as_py() if len(offsets) else 0
    table = pa.table({"map": parents, "key": keys.slice(start, len(parents))})
    return bool(table.group_by(["map", "key"]).aggregate([]).num_rows < table.num_rows)


def _maps(column: Any) -> Iterator[Any]:
    """All maps in a column, nested ones too."""
    kind = column.type
    if pa.types.is_map(kind):
        yield column
        yield from _maps(column.items)
    elif pa.types.is_list(kind):
        yield from _maps(column.values)
    elif pa.types.is_struct(kind):
        for place in range(kind.num_fields):
            yield from _maps(column.field(place))
