"""The JSON Schema for editors says what load does."""

import json
import re

import pytest

from headwater.config.athena_keys import AthenaKeys
from headwater.config.batch_keys import BatchKeys, RetryKeys
from headwater.config.expect_keys import ControlKeys, ExpectKeys
from headwater.config.feed_keys import FeedKeys
from headwater.config.lake_keys import LakeKeys
from headwater.config.load import parse
from headwater.config.model_keys import ModelKeys
from headwater.config.notify_keys import NotifyKeys
from headwater.config.price_keys import BudgetKeys, PriceKeys
from headwater.config.schema import json_schema
from headwater.config.zone_keys import ZoneKeys
from headwater.errors import ConfigError

MODELS = [
    LakeKeys,
    ZoneKeys,
    AthenaKeys,
    NotifyKeys,
    FeedKeys,
    BatchKeys,
    RetryKeys,
    BudgetKeys,
    ExpectKeys,
    ControlKeys,
    ModelKeys,
    PriceKeys,
]
SCHEMA = json_schema()
JSON_TYPES = {
    "object": dict, "array": list, "string": str, "integer": int, "number": float,
    "boolean": bool, "null": type(None),
}  # fmt: skip


def fits(value, shape):
    """As much of JSON Schema as the schema uses."""
    if "$ref" in shape:
        return fits(value, SCHEMA["$defs"][shape["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in shape:
        return any(fits(value, choice) for choice in shape["anyOf"])
    kinds = shape.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(type(value) is JSON_TYPES[kind] for kind in kinds):
        return False
    return value in shape.get("enum", [value]) and all(inside(value, shape))


def inside(value, shape):
    if isinstance(value, str):
        yield re.search(shape.get("pattern", ""), value) is not None
    if isinstance(value, int):
        yield shape.get("minimum", value) <= value <= shape.get("maximum", value)
    if isinstance(value, list):
        yield from (fits(item, shape.get("items", {})) for item in value)
    for key, item in value.items() if isinstance(value, dict) else ():
        other = shape.get("additionalProperties", {})
        known = shape.get("properties", {}).get(key, other)
        yield fits(key, shape.get("propertyNames", {}))
        yield known is not False and fits(item, known)


def loads(tree):
    try:
        parse(json.dumps(tree), environment={"A": "100MB"})
    except ConfigError:
        return False
    return True


def one(**keys):
    return {"feeds": {"sales": keys}}


GOOD = [
    {"lake": "./l"},
    {"lease": "60s", "retention": "1.5 h", "memory": "1GiB", "threads": 2},
    {"memory": 500_000_000},
    {"memory": "${A}"},
    {"prices": {"region": "eu-central-1", "date": "2026-11-01", "glue": 0.5, "currency": "EUR"}},
    one(budget={"per_run": "0.5 USD", "per_month": "100 USD"}, lambda_below="250MB"),
    {"feeds": None},
    {"feeds": {"sales": None}},
    one(match="x/**", format="csv", max_bad="1%"),
    one(match=["x/**", "y"], max_bad=0, retries=3),
    one(max_bad="100 rows", retries={"attempts": 2}, batch={"bytes": "1GB"}),
    one(schema={"no": "bigint not null"}, partition=["year(ts)"]),
    one(on_bad_value=None),
    one(parquet="wide", compression="gzip", timezone="UTC", table="t"),
]
BAD = [
    {"laek": "x"},
    {"lake": 3},
    {"lease": 60},
    {"lease": "1 fortnight"},
    {"memory": "400M"},
    {"memory": 1},
    {"threads": 0},
    {"threads": "many"},
    {"feeds": 3},
    {"feeds": {"Sales": {}}},
    {"feeds": {"1s": {}}},
    one(formt="csv"),
    one(format="xlsx"),
    one(format=None),
    one(match=3),
    one(schema=["a"]),
    one(schema={"a": 3}),
    one(partition="year(ts)"),
    one(batch=3),
    one(batch={"files": 0}),
    one(retries=0),
    one(max_bad="some"),
    one(max_bad=-1),
    one(table="T"),
]


@pytest.mark.parametrize("tree", GOOD, ids=str)
def test_what_loads_fits_the_schema(tree):
    assert loads(tree)
    assert fits(tree, SCHEMA)


@pytest.mark.parametrize("tree", BAD, ids=str)
def test_what_does_not_fit_the_schema_does_not_load(tree):
    assert not fits(tree, SCHEMA)
    assert not loads(tree)


PROPERTIES = [
    pytest.param(shape, id=f"{name} {key}")
    for name, definition in [("the file", SCHEMA), *SCHEMA["$defs"].items()]
    for key, shape in definition["properties"].items()
]


@pytest.mark.parametrize("shape", PROPERTIES)
def test_every_key_has_a_description_and_an_example_that_fits(shape):
    assert shape["description"]
    assert all(fits(example, shape) for example in shape["examples"])


@pytest.mark.parametrize("shape", PROPERTIES)
def test_every_default_fits(shape):
    assert fits(shape["default"], shape) if "default" in shape else True


@pytest.mark.parametrize("model", MODELS)
def test_no_key_is_missing_and_no_other_is_allowed(model):
    definition = SCHEMA if model is LakeKeys else SCHEMA["$defs"][model.__name__]

    assert list(definition["properties"]) == [
        info.alias or name for name, info in model.model_fields.items()
    ]
    assert definition["additionalProperties"] is False
