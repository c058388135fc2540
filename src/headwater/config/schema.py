"""The JSON Schema of headwater.yaml, by which editors complete, explain, underline."""

from __future__ import annotations

from typing import Any

from headwater.config.lake_keys import LakeKeys
from headwater.config.values import LONGEST_NAME

FILE = "headwater.schema.json"
MODELINE = f"# yaml-language-server: $schema={FILE}"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NULL = {"type": "null"}


def json_schema() -> dict[str, Any]:
    """The schema, with a description, default and example for every key."""
    schema = LakeKeys.model_json_schema(by_alias=True)
    for definition in (schema, *schema["$defs"].values()):
        definition.pop("title", None)
        for shape in definition["properties"].values():
            _tidy(shape)
    feed = schema["$defs"]["FeedKeys"]["properties"]
    feed["match"] = _also(feed["match"], feed["match"].pop("items"), "array")
    retries = {"type": "integer", "minimum": 1}
    feed["retries"] = {**_described(feed["retries"]), "anyOf": [retries, feed["retries"]]}
    for called in ("feeds", "models"):
        named = schema["properties"][called]
        ((pattern, entry),) = named.pop("patternProperties").items()
        names = {"pattern": pattern, "maxLength": LONGEST_NAME}
        named.update(type=["object", "null"], propertyNames=names)
        named["additionalProperties"] = {"anyOf": [entry, _NULL]}
    return {"$schema": _DIALECT, "title": "headwater.yaml", **schema}


def _tidy(shape: dict[str, Any]) -> None:
    """Leave out what says nothing: titles made of names, a null that is not accepted."""
    shape.pop("title", None)
    if shape.get("default", ...) is None:
        del shape["default"]
    choices = [choice for choice in shape.get("anyOf", ()) if choice != _NULL]
    if len(choices) == 1:
        del shape["anyOf"]
        shape.update(choices[0])


def _described(shape: dict[str, Any]) -> dict[str, Any]:
    return {word: shape.pop(word) for word in ("description", "examples") if word in shape}


def _also(shape: dict[str, Any], item: dict[str, Any], kind: str) -> dict[str, Any]:
    """One item, or a list of them."""
    shape.pop("type")
    return {**shape, "anyOf": [item, {"type": kind, "items": item}]}
