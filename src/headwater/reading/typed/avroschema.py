"""What the types of an Avro schema are in a table, and how values come to be of them.

Times and dates are read as the numbers that they are stored as, which are those of the
table's types. Decimals are made from their bytes. What no single type holds (a union of
several, a type that holds itself, a record without fields) becomes JSON text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import MAX_PREC, Context, Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from headwater.reading.typed.avronames import AvroNames, full_name, space_inside
from headwater.reading.typed.values import json_text
from headwater.reading.unreadable import Unreadable

Spell = Callable[[Any], Any]
_DIGITS = 38
_PLAIN = {
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bytes": pa.binary(),
    "string": pa.string(),
    "null": pa.null(),
}
_TIMES = {
    ("int", "date"): pa.date32(),
    ("int", "time-millis"): pa.time32("ms"),
    ("long", "time-micros"): pa.time64("us"),
    ("long", "timestamp-millis"): pa.timestamp("ms", "UTC"),
    ("long", "timestamp-micros"): pa.timestamp("us", "UTC"),
    ("long", "timestamp-nanos"): pa.timestamp("ns", "UTC"),
    ("long", "local-timestamp-millis"): pa.timestamp("ms"),
    ("long", "local-timestamp-micros"): pa.timestamp("us"),
    ("long", "local-timestamp-nanos"): pa.timestamp("ns"),
}
_WIDEST = ((frozenset({"int", "long"}), "long"), (frozenset({"float", "double"}), "double"))
_UUID_BYTES = 16
_SYMBOL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # what fastavro takes; writers write others
_exact = Context(prec=MAX_PREC)


@dataclass(frozen=True, slots=True)
class Node:
    """One type of a schema."""

    bare: Any  # the Avro type by which it is read: without what would change its values
    kind: Any  # of Arrow
    spell: Spell | None = None  # from the value that is read; None: it is right as it is
    nothing: bool = False  # a value takes no byte, so that there may be any number of them


class AvroTypes:
    """The types of one file's records."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Take the schema. Unreadable: avro, too_wide."""
        try:
            self._names = AvroNames(schema)
            space = space_inside(schema, "")
            inside = (full_name(schema, space),)
            fields = [self._node(field["type"], space, inside) for field in schema["fields"]]
            self.names = tuple(str(field["name"]) for field in schema["fields"])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            said = f"{type(error).__name__}: {error}"[:200]
            raise Unreadable("avro", f"its schema is none ({said}); send it again whole") from error
        if not fields:
            raise Unreadable("avro", "its records have no fields; send some")
        self.fields = tuple(fields)

    @property
    def recursive(self) -> bool:
        """Whether values may be nested as deep as they like."""
        return self._names.recursive

    def bare(self) -> dict[str, Any]:
        """The schema by which records are read: their cells are called c0, c1 and so on."""
        fields = [{"name": f"c{i}", "type": node.bare} for i, node in enumerate(self.fields)]
        return {"type": "record", "name": "row", "fields": fields}

    def _node(self, schema: Any, space: str, inside: tuple[str, ...]) -> Node:
        """The type of a schema that stands in a namespace, inside of these named types."""
        schema, space = self._names.resolved(schema, space)
        if isinstance(schema, list):
            return self._union(schema, space, inside)
        kind = schema["type"]
        name = full_name(schema, space)
        if name in inside:
            return self._text(schema, space)
        made = {
            "record": self._record,
            "error": self._record,
            "enum": self._enum,
            "fixed": self._fixed,
            "array": self._array,
            "map": self._map,
        }.get(kind, _scalar)
        return made(schema, space, (*inside, name) if name else inside)

    def _fixed(self, schema: Mapping[str, Any], space: str, inside: tuple[str, ...]) -> Node:
        del space, inside
        size = int(schema["size"])
        bare = {"type": "fixed", "name": self._names.unique(), "size": size}
        if schema.get("logicalType") == "decimal":
            return _decimal(schema, bare)
        if schema.get("logicalType") == "uuid" and size == _UUID_BYTES:
            return Node(bare, pa.string(), lambda value: str(UUID(bytes=value)))
        return Node(bare, pa.binary(), nothing=not size)

    def _enum(self, schema: Mapping[str, Any], space: str, inside: tuple[str, ...]) -> Node:
        del space, inside
        own = [str(symbol) for symbol in schema["symbols"]]
        plain = all(map(_SYMBOL.fullmatch, own)) and len(set(own)) == len(own)
        symbols = own if plain else [f"s{place}" for place in range(len(own))]
        meant = dict(zip(symbols, own, strict=True)).__getitem__
        bare = {"type": "enum", "name": self._names.unique(), "symbols": symbols}
        return Node(bare, pa.string(), None if plain else meant)

    def _array(self, schema: Mapping[str, Any], space: str, inside: tuple[str, ...]) -> Node:
        item = self._node(schema["items"], space, inside)
        if item.nothing:
            raise Unreadable("avro", "a list of its schema has items that are nothing at all")
        spell = item.spell and _each(item.spell)
        return Node({"type": "array", "items": item.bare}, pa.list_(item.kind), spell)

    def _map(self, schema: Mapping[str, Any], space: str, inside: tuple[str, ...]) -> Node:
        item = self._node(schema["values"], space, inside)
        spell = item.spell and _each_value(item.spell)
        kind = pa.map_(pa.string(), item.kind)
        return Node({"type": "map", "values": item.bare}, kind, spell)

    def _record(self, schema: Mapping[str, Any], space: str, inside: tuple[str, ...]) -> Node:
        names = [str(field["name"]) for field in schema["fields"]]
        if not names or len({name.lower() for name in names}) < len(names):
            return self._text(schema, space)
        nodes = {
            name: self._node(field["type"], space, inside)
            for name, field in zip(names, schema["fields"], strict=True)
        }
        fields = [{"name": name, "type": node.bare} for name, node in nodes.items()]
        bare = {"type": "record", "name": self._names.unique(), "fields": fields}
        spells = {name: node.spell for name, node in nodes.items() if node.spell}
        kind = pa.struct([(name, node.kind) for name, node in nodes.items()])
        nothing = all(node.nothing for node in nodes.values())
        return Node(bare, kind, _fields(spells) if spells else None, nothing=nothing)

    def _union(self, schemas: list[Any], space: str, inside: tuple[str, ...]) -> Node:
        others = [each for each in schemas if each != "null"]
        if len(others) == 1:
            node = self._node(others[0], space, inside)
            bare = ["null" if each == "null" else node.bare for each in schemas]
            spell = node.spell and _unless_null(node.spell)
            return Node(bare, node.kind, spell)
        for kinds, widest in _WIDEST:
            if others and all(isinstance(each, str) and each in kinds for each in others):
                return Node(schemas, _PLAIN[widest])
        return self._text(schemas, space)

    def _text(self, schema: Any, space: str) -> Node:
        """JSON text of values whatever they are."""
        bare = self._names.whole(schema, space, {})
        nothing = isinstance(schema, dict) and not schema.get("fields", "some")
        return Node(bare, pa.string(), _unless_null(json_text), nothing=nothing)


def _scalar(schema: Mapping[str, Any], space: str, inside: tuple[str, ...]) -> Node:
    del space, inside
    kind, logical = schema["type"], schema.get("logicalType")
    if logical == "decimal" and kind == "bytes":
        return _decimal(schema, kind)
    return Node(kind, _TIMES.get((kind, str(logical)), _PLAIN[kind]), nothing=kind == "null")


def _decimal(schema: Mapping[str, Any], bare: Any) -> Node:
    precision, scale = schema.get("precision"), schema.get("scale", 0)
    sound = isinstance(precision, int) and isinstance(scale, int) and 0 <= scale <= precision
    if not sound or not precision:
        return Node(bare, pa.binary())

    def made(value: bytes) -> Decimal:
        whole = _exact.create_decimal(int.from_bytes(value, "big", signed=True))
        return whole.scaleb(-scale, _exact)

    if precision <= _DIGITS:
        return Node(bare, pa.decimal128(precision, scale), made)
    return Node(bare, pa.string(), lambda value: format(made(value), "f"))


def _unless_null(spell: Spell) -> Spell:
    return lambda value: None if value is None else spell(value)


def _each(spell: Spell) -> Spell:
    return lambda values: [spell(value) for value in values]


def _each_value(spell: Spell) -> Spell:
    return lambda values: {key: spell(value) for key, value in values.items()}


def _fields(spells: Mapping[str, Spell]) -> Spell:
    def spelled(record: dict[str, Any]) -> dict[str, Any]:
        return record | {name: spell(record[name]) for name, spell in spells.items()}

    return spelled
