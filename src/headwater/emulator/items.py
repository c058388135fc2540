"""Items of DynamoDB: one request at a time, and transactions that touch what they name.

The double checks a condition and writes in two steps, which two requests may do at once, so
that both win. It copies every table before a transaction, sorts a whole table for each query,
and tries every spelling of all ten kinds of a value before it says one.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import wraps
from threading import RLock
from typing import Any, NamedTuple

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from headwater.emulator.patch import Function, add, exchange

_MOST = 100  # items of a transaction
_HOLDS = (None, None, None)
_turn = RLock()


class _Step(NamedTuple):
    """One of a transaction's."""

    kind: str  # Put, Update, Delete, ConditionCheck
    said: Mapping[str, Any]
    key: Mapping[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        """The values that its update names: a condition may name more."""
        given = self.said.get("ExpressionAttributeValues") or {}
        return {k: v for k, v in given.items() if k in self.said["UpdateExpression"]}


def install() -> None:
    """Let requests take turns, and transactions be what they are."""
    exchange(DynamoHandler, "call_action", _in_turn)
    exchange(Table, "query", _narrowly)
    exchange(Table, "all_items", _narrowed)
    add(DynamoDBBackend, "transact_write_items", _transact)
    exchange(BaseJSONSerializer, "_serialize_type_structure", _said)


def _in_turn(old: Function) -> Function:
    @wraps(old)
    def call_action(self: DynamoHandler) -> Any:
        with _turn:
            return old(self)

    return call_action


def _narrowly(old: Function) -> Function:
    """Look at those items alone that can be in the answer."""

    def query(self: Table, hash_key: Any, *args: Any, **named: Any) -> Any:
        conditions: Any = named.get("hash_key_conditions") or ()
        if len(conditions) == 1:
            name, wanted = conditions[0]
            every = (item for some in self.items.values() for item in _items(some))
            found = [item for item in every if name in item.attrs and item.attrs[name] == wanted]
        elif hash_key in self.items:
            found = list(_items(self.items[hash_key]))
        else:
            found = []
        add(self, "_narrow", found)
        try:
            return old(self, hash_key, *args, **named)
        finally:
            del self._narrow  # type: ignore[attr-defined]

    return query


def _said(old: Function) -> Function:
    """Say a value as it is kept."""

    def structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict):
            serialized[self.get_serialized_name(shape, key)] = _spelled(value)
        else:
            old(self, serialized, value, shape, key)

    return structure


def _spelled(value: Mapping[str, Any]) -> dict[str, Any]:
    [(kind, content)] = value.items()
    match kind:
        case "S" | "N":
            return {kind: str(content)}
        case "B":
            return {kind: _text(content)}
        case "BS":
            return {kind: [_text(each) for each in content]}
        case "L":
            return {kind: [_spelled(each) for each in content]}
        case "M":
            return {kind: {name: _spelled(each) for name, each in content.items()}}
    return {kind: content}


def _text(content: str | bytes) -> str:
    return b64encode(content if isinstance(content, bytes) else content.encode()).decode()


def _items(some: Any) -> Any:
    return some.values() if isinstance(some, dict) else (some,)


def _narrowed(old: Function) -> Function:
    def all_items(self: Table) -> Any:
        narrow = getattr(self, "_narrow", None)
        return old(self) if narrow is None else iter(narrow)

    return all_items


def _transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Every condition first; then every write, on no condition."""
    if len(transact_items) > _MOST:
        raise TooManyTransactionsException
    steps = [_step(self, *each) for item in transact_items for each in item.items()]
    touched = {(step.said["TableName"], str(sorted(step.key.items()))) for step in steps}
    if len(touched) < len(steps):
        raise MultipleTransactionsException
    reasons = [_reason(self, step) for step in steps]
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    for step in steps:
        _write(self, step)


def _step(backend: DynamoDBBackend, kind: str, said: Mapping[str, Any]) -> _Step:
    if kind != "Put":
        return _Step(kind, said, said["Key"])
    table = backend.get_table(said["TableName"])
    names = (name for name in (table.hash_key_attr, table.range_key_attr) if name is not None)
    return _Step(kind, said, {name: said["Item"][name] for name in names})


def _reason(backend: DynamoDBBackend, step: _Step) -> tuple[str | None, str | None, Any]:
    condition = step.said.get("ConditionExpression")
    if condition is None:
        return _HOLDS
    current = backend.get_item(step.said["TableName"], dict(step.key))
    names, values = (step.said.get(f"ExpressionAttribute{each}") for each in ("Names", "Values"))
    if get_filter_expression(condition, names, values).expr(current):
        return _HOLDS
    return "ConditionalCheckFailed", "The conditional request failed", None


def _write(backend: DynamoDBBackend, step: _Step) -> None:
    table, said = step.said["TableName"], step.said
    if step.kind == "Put":
        backend.put_item(table, said["Item"])
    elif step.kind == "Delete":
        backend.delete_item(table, dict(step.key))
    elif step.kind == "Update":
        backend.update_item(
            table,
            dict(step.key),
            update_expression=said["UpdateExpression"],
            expression_attribute_names=said.get("ExpressionAttributeNames") or {},
            expression_attribute_values=step.values,
        )
