"""Single writes as a request takes them: what is written, and on which condition."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

Key = tuple[str, str]
Item = dict[str, Any]
Write = dict[str, dict[str, Any]]

ABSENT = "attribute_not_exists(#pk)"
PRESENT = "attribute_exists(#pk)"
_NAME = re.compile(r"#(\w+)")


def put(item: Mapping[str, Any], *, when: str | None = None, **values: Any) -> Write:
    """The whole item; what is None is left out."""
    return {"Put": {"Item": encode(item), **condition(when, values)}}


def update(
    key: Key,
    changes: Mapping[str, Any],
    *,
    without: Sequence[str] = (),
    when: str,
    **values: Any,
) -> Write:
    """Some attributes of an item; what becomes None is taken away."""
    kept = {name: value for name, value in changes.items() if value is not None}
    gone = [*without, *(name for name, value in changes.items() if value is None)]
    text = "SET " + ", ".join(f"#{name} = :set_{name}" for name in kept)
    if gone:
        text += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    new = {f"set_{name}": value for name, value in kept.items()}
    asked = expression({"UpdateExpression": text, "ConditionExpression": when}, {**values, **new})
    return {"Update": {"Key": encode_key(key), **asked}}


def add(key: Key, steps: int) -> Write:
    """Raise a counter; it begins at nothing."""
    asked = expression({"UpdateExpression": "ADD #n :n"}, {"n": steps})
    return {"Update": {"Key": encode_key(key), **asked}}


def delete(key: Key) -> Write:
    """Take an item away, if it is there."""
    return {"Delete": {"Key": encode_key(key)}}


def condition(when: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """A condition as a request takes it."""
    return {} if when is None else expression({"ConditionExpression": when}, values)


def expression(texts: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Expressions with the names and values that they mention."""
    names = {f"#{name}": name for text in texts.values() for name in _NAME.findall(text)}
    asked: dict[str, Any] = {**texts, "ExpressionAttributeNames": names}
    if values:
        asked["ExpressionAttributeValues"] = {
            f":{name}": _encode(value) for name, value in values.items()
        }
    return asked


def one_of(attribute: str, choices: Collection[str]) -> tuple[str, dict[str, str]]:
    """The condition that an attribute has one of these values, and the values."""
    values = {f"{attribute}_{number}": str(each) for number, each in enumerate(choices)}
    return f"#{attribute} IN ({', '.join(f':{name}' for name in values)})", values


def encode_key(key: Key) -> dict[str, Any]:
    """A key as a request takes it."""
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def encode(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as a request takes it; what is None is left out."""
    return {name: _encode(value) for name, value in item.items() if value is not None}


def decode(item: Mapping[str, Any]) -> Item:
    """An item as an answer brings it."""
    return {name: _decode(value) for name, value in item.items()}


def _encode(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, list):
        return {"L": [_encode(each) for each in value]}
    return {"S": str(value)}


def _decode(typed: Mapping[str, Any]) -> Any:
    [(kind, value)] = typed.items()
    if kind == "N":
        return int(value)
    if kind == "L":
        return [_decode(each) for each in value]
    return value
