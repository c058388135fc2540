"""The named types of an Avro schema, and what a schema means by a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headwater.reading.unreadable import Unreadable

NAMED = frozenset({"record", "error", "enum", "fixed"})
SIMPLE = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
_KINDS = NAMED | SIMPLE | {"array", "map"}
_MOST = 100_000
_ALL_DIGITS = 100_000
_OWN = frozenset({"type", "size", "symbols", "logicalType", "scale", "precision"})


class AvroNames:
    """Where each named type of a schema is defined."""

    def __init__(self, schema: Any) -> None:
        """Take the schema; whatever error a schema that is none makes is handed on."""
        self._defined: dict[str, tuple[dict[str, Any], str]] = {}  # and the namespace around it
        self._count = 0
        self.recursive = False  # whether a type was met inside itself
        self._find(schema, "")

    def resolved(self, schema: Any, space: str) -> tuple[Any, str]:
        """What it means in that namespace: a union, or an object with a type of Avro's own.

        With the namespace that holds inside of it. Unreadable: too_wide.
        """
        while True:
            self.unique()
            if isinstance(schema, list):
                return schema, space
            if isinstance(schema, str):
                if schema in SIMPLE:
                    return {"type": schema}, space
                schema, space = self._definition(schema, space)
            kind = schema["type"]
            if isinstance(kind, str) and kind in _KINDS:
                return schema, space_inside(schema, space)
            schema = kind

    def unique(self) -> str:
        """A name that no other type has. Unreadable: too_wide, if that were too many."""
        self._count += 1
        if self._count > _MOST:
            raise Unreadable("too_wide", f"its schema has more than {_MOST:,} types")
        return f"t{self._count}"

    def whole(self, schema: Any, space: str, met: Mapping[str, str]) -> Any:
        """The schema with its logical types, each named type in it under a name of its own.

        Met are the types that it lies in, by their own names.
        """
        schema, space = self.resolved(schema, space)
        if isinstance(schema, list):
            return [self.whole(each, space, met) for each in schema]
        if (name := full_name(schema, space)) in met:
            self.recursive = True
            return met[name]
        whole = {key: value for key, value in schema.items() if key in _OWN}
        if schema.get("logicalType") == "decimal":
            whole["precision"] = _ALL_DIGITS  # none is rounded away, whatever it promises
        if schema["type"] in NAMED:
            whole["name"] = self.unique()
            met = {**met, name: whole["name"]}
        if "fields" in schema:
            whole["fields"] = [
                {"name": each["name"], "type": self.whole(each["type"], space, met)}
                for each in schema["fields"]
            ]
        for inner in ("items", "values"):
            if inner in schema:
                whole[inner] = self.whole(schema[inner], space, met)
        return whole

    def _definition(self, name: str, space: str) -> tuple[dict[str, Any], str]:
        full = name if "." in name or not space else f"{space}.{name}"
        return self._defined[full if full in self._defined else name]

    def _find(self, schema: Any, space: str) -> None:
        if isinstance(schema, list):
            for each in schema:
                self._find(each, space)
        elif isinstance(schema, dict):
            around, space = space, space_inside(schema, space)
            if _is_named(schema):
                self._defined[full_name(schema, space)] = (schema, around)
            for field in schema.get("fields", ()):
                self._find(field["type"], space)
            for inner in ("items", "values", "type"):
                self._find(schema.get(inner), space)


def full_name(schema: Mapping[str, Any], space: str) -> str:
    """The name of a type with the namespace that holds inside of it; none has an empty one."""
    if not _is_named(schema):
        return ""
    name = str(schema["name"])
    return name if "." in name or not space else f"{space}.{name}"


def space_inside(schema: Mapping[str, Any], around: str) -> str:
    """The namespace that holds inside of a type."""
    if not _is_named(schema):
        return around
    name = str(schema["name"])
    return name.rpartition(".")[0] if "." in name else str(schema.get("namespace", around))


def _is_named(schema: Mapping[str, Any]) -> bool:
    kind = schema["type"]
    return isinstance(kind, str) and kind in NAMED
