"""Units of DynamoDB: what AWS would bill for requests, which the double does not reckon.

A write is billed by the kilobyte of the item before or behind it, whichever is larger, twice in
a transaction; and once more for each index that it changes. A read is billed by four kilobytes,
by half of that where the answer may be a moment old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import wraps
from math import ceil
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import DynamoHandler

from headwater.emulator.meter import READ_UNITS, WRITE_UNITS, Meter
from headwater.emulator.patch import Function, exchange

_WRITE_BYTES = 1024
_READ_BYTES = 4096

Attributes = Mapping[str, Any]


class Units:
    """Reckons what requests touch. They take turns: there is one at a time."""

    def __init__(self, meter: Meter) -> None:
        """Take where it is counted."""
        self._meter = meter
        self._operation = ""
        self._halves = 1.0  # of a unit, where a read need not be consistent

    def install(self) -> None:
        """Watch what the double reads and writes; before requests are made to take turns."""
        exchange(DynamoHandler, "call_action", self._told_what)
        for name in ("put_item", "update_item", "delete_item"):
            exchange(DynamoDBBackend, name, self._written)
        exchange(DynamoDBBackend, "get_item", self._got)
        for name in ("query", "scan"):
            exchange(DynamoDBBackend, name, self._found)

    def _told_what(self, old: Function) -> Function:
        @wraps(old)
        def call_action(handler: Any) -> Any:
            self._operation = handler._get_action()  # noqa: SLF001 - the double's own
            said = getattr(handler, "params", {})
            asked = said.get("RequestItems", {}).values() if "RequestItems" in said else [said]
            consistent = any(
                isinstance(each, dict) and each.get("ConsistentRead") for each in asked
            )
            self._halves = 1.0 if consistent else 0.5
            try:
                return old(handler)
            finally:
                self._operation = ""

        return call_action

    def _written(self, old: Function) -> Function:
        @wraps(old)
        def write(
            backend: DynamoDBBackend, table_name: str, item: Any, *args: Any, **named: Any
        ) -> Any:
            table = backend.get_table(table_name)
            names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
            if any(name not in item for name in names):  # which the double will tell
                return old(backend, table_name, item, *args, **named)
            operation, self._operation = self._operation, ""  # looks of our own cost nothing
            key = {name: item[name] for name in names}
            before = _attributes(backend.get_item(table_name, key))
            try:
                return old(backend, table_name, item, *args, **named)
            finally:
                after = _attributes(backend.get_item(table_name, key))
                times = 2 if operation == "TransactWriteItems" else 1
                units = times * max(_units(before), _units(after), 1)
                units += sum(_index_units(each, before, after) for each in table.global_indexes)
                self._meter.note(backend.account_id, WRITE_UNITS, units)
                self._operation = operation

        return write

    def _got(self, old: Function) -> Function:
        @wraps(old)
        def get_item(backend: DynamoDBBackend, *args: Any, **named: Any) -> Any:
            item = old(backend, *args, **named)
            if self._operation in {"GetItem", "BatchGetItem"}:
                self._read(backend, size(_attributes(item)))
            return item

        return get_item

    def _found(self, old: Function) -> Function:
        @wraps(old)
        def find(backend: DynamoDBBackend, *args: Any, **named: Any) -> Any:
            answer = old(backend, *args, **named)
            self._read(backend, sum(size(_attributes(item)) for item in answer[0]))
            return answer

        return find

    def _read(self, backend: DynamoDBBackend, size_bytes: int) -> None:
        units = max(ceil(size_bytes / _READ_BYTES), 1) * self._halves
        self._meter.note(backend.account_id, READ_UNITS, units)


def size(attributes: Attributes) -> int:
    """The bytes of an item: of its names, and of its values."""
    return sum(len(name.encode()) + value.size() for name, value in attributes.items())


def _attributes(item: Any) -> dict[str, Any]:
    return dict(item.attrs) if item is not None else {}


def _units(attributes: Attributes) -> int:
    return ceil(size(attributes) / _WRITE_BYTES)


def _index_units(index: Any, before: Attributes, after: Attributes) -> int:
    """What a change of an item costs in an index: nothing where it sees none."""
    was, becomes = _projected(index, before), _projected(index, after)
    if was == becomes:
        return 0
    if was and becomes and any(was[name] != becomes[name] for name in index.schema_key_attrs):
        return _units(was) + _units(becomes)
    return max(_units(was), _units(becomes))


def _projected(index: Any, attributes: Attributes) -> dict[str, Any]:
    if not all(name in attributes for name in index.schema_key_attrs):
        return {}
    return {name: attributes[name] for name in _names(index, attributes)}


def _names(index: Any, attributes: Attributes) -> Iterable[str]:
    kind = (index.projection or {}).get("ProjectionType", "ALL")
    if kind == "ALL":
        return attributes
    kept = {*index.table_key_attrs, *index.schema_key_attrs}
    kept.update(index.projection.get("NonKeyAttributes", ()))
    return [name for name in attributes if name in kept]
