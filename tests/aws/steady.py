"""The double with a DynamoDB that keeps its word: one request at a time, and transactions that
touch what they name. `python -m tests.aws.steady` takes what `moto.server` takes.

Moto checks a condition and writes in two steps, which two threads may do at once; it copies
the whole table before a transaction, and sorts the whole table for each query.
"""

from __future__ import annotations

import threading

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import TransactionCanceledException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.server import main

_TURN = threading.RLock()
_call = DynamoHandler.call_action
_query = Table.query
_all_items = Table.all_items


def call_action(self):
    with _TURN:
        return _call(self)


def transact_write_items(self, transact_items):
    """Every condition first; then every write, on no condition."""
    if len(transact_items) > 100:
        raise ValueError("a transaction may touch 100 items")
    ops = [next(iter(item.items())) for item in transact_items]
    keys = [_key(kind, op) for kind, op in ops]
    if len({str(sorted(key.items())) for key in keys}) < len(keys):
        raise ValueError("a transaction may touch an item but once")
    reasons = [_reason(self, op, key) for (_, op), key in zip(ops, keys, strict=True)]
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    for (kind, op), key in zip(ops, keys, strict=True):
        _write(self, kind, op, key)


def query(self, hash_key, *args, **kwargs):
    """Look at those items alone that can be in the answer."""
    index = args[6]
    if index is None:
        self._narrow = list(self.items[hash_key].values()) if hash_key in self.items else []
    else:
        [(hashed, wanted)] = kwargs["hash_key_conditions"]
        self._narrow = [
            item
            for some in self.items.values()
            for item in some.values()
            if hashed in item.attrs and item.attrs[hashed] == wanted
        ]
    try:
        return _query(self, hash_key, *args, **kwargs)
    finally:
        del self._narrow


def all_items(self):
    narrow = getattr(self, "_narrow", None)
    return _all_items(self) if narrow is None else narrow


def _key(kind, op):
    names = ("pk", "sk")
    return {name: op["Item"][name] for name in names} if kind == "Put" else op["Key"]


def _reason(backend, op, key):
    current = backend.get_item(op["TableName"], key)
    if op.get("ConditionExpression") is None:
        return (None, None, None)
    holds = get_filter_expression(
        op["ConditionExpression"],
        op.get("ExpressionAttributeNames"),
        op.get("ExpressionAttributeValues"),
    ).expr(current)
    return (None, None, None) if holds else ("ConditionalCheckFailed", "it does not hold", None)


def _write(backend, kind, op, key):
    table = op["TableName"]
    names, values = op.get("ExpressionAttributeNames"), op.get("ExpressionAttributeValues")
    if kind == "Put":
        backend.put_item(table, op["Item"])
    elif kind == "Delete":
        backend.delete_item(table, key)
    elif kind == "Update":
        used = {k: v for k, v in (values or {}).items() if k in op["UpdateExpression"]}
        backend.update_item(
            table,
            key,
            update_expression=op["UpdateExpression"],
            expression_attribute_names=names,
            expression_attribute_values=used,
        )


def mend():
    DynamoHandler.call_action = call_action
    DynamoDBBackend.transact_write_items = transact_write_items
    Table.query = query
    Table.all_items = all_items


if __name__ == "__main__":
    mend()
    main()
