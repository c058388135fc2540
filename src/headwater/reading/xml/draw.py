"""A row of XML drawn as what is fixed in it and where its values stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

_BLANK = b" \t\r\n"
_TOKEN = re.compile(
    rb"""<(?P<end>/?)(?P<name>[^\s<>/!?"'=]+)(?P<tail>(?:[^<>"'/]|"[^"<]*"|'[^'<]*')*+)"""
    rb"""(?P<empty>/?)>|(?P<text>[^<]+)"""
)
_ATTRIBUTE = re.compile(
    rb"""(?P<name>\s+[^\s=]+)(?P<is>\s*=\s*)(?P<delimiter>["'])(?P<value>.*?)(?P=delimiter)|(?P<blank>\s+\Z)""",
    re.DOTALL,
)
# Declarations of namespaces, and what XML Schema says of a row, mean something by their value.
_MEANT = re.compile(rb"xmlns(?::.*)?|.*:(?:nil|type|schemaLocation|noNamespaceSchemaLocation)")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value stands."""

    delimiter: bytes  # of an attribute; empty if it is text
    required: bool = False  # whether an empty one would make another JSON


@dataclass(frozen=True, slots=True)
class Gap:
    """Where blank space may stand, which means nothing."""


Part: TypeAlias = bytes | Slot | Gap


def draw(row: bytes) -> list[Part] | None:
    """The parts of the row; None if it has more than elements, attributes and their values."""
    tokens = _tokens(row)
    if tokens is None:
        return None
    parts: list[Part] = []
    for place, token in enumerate(tokens):
        if token["text"] is not None:
            before = tokens[place - 1]
            plain = place > 1 and not before["tail"]
            parts.append(Slot(b"", required=not plain))
            continue
        tag = _tag(token)
        if tag is None:
            return None
        parts += tag
        behind = tokens[place + 1] if place + 1 < len(tokens) else None
        if behind is None or behind["text"] is not None:
            continue
        if not _is_start(token) or not behind["end"]:
            parts.append(Gap())
        elif place > 0 and not token["tail"]:
            parts.append(Slot(b""))  # an empty element
    return parts


def _tokens(row: bytes) -> list[re.Match[bytes]] | None:
    """Tags, and the texts that are values; None if there is anything else."""
    tokens = list(_TOKEN.finditer(row))
    if sum(len(token[0]) for token in tokens) != len(row):
        return None
    kept: list[re.Match[bytes]] = []
    for place, token in enumerate(tokens):
        if token["text"] is not None:
            if not 0 < place < len(tokens) - 1:
                return None
            if not _is_start(tokens[place - 1]) or not tokens[place + 1]["end"]:
                if token["text"].strip(_BLANK):
                    return None  # mixed content
                continue
        kept.append(token)
    return kept


def _is_start(token: re.Match[bytes]) -> bool:
    return token["text"] is None and not token["end"] and not token["empty"]


def _tag(token: re.Match[bytes]) -> list[Part] | None:
    parts: list[Part] = [b"<" + token["end"] + token["name"]]
    at, tail = 0, token["tail"]
    while at < len(tail):
        found = _ATTRIBUTE.match(tail, at)
        if found is None:
            return None
        at = found.end()
        parts += _attribute(found)
    parts.append(token["empty"] + b">")
    return parts


def _attribute(found: re.Match[bytes]) -> Iterator[Part]:
    if found["blank"] is not None:
        yield found["blank"]
        return
    value: Part = Slot(found["delimiter"])
    if _MEANT.fullmatch(found["name"].strip()):
        value = found["value"]
    yield found["name"] + found["is"] + found["delimiter"]
    yield value
    yield found["delimiter"]
