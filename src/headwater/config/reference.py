"""The reference of headwater.yaml in Markdown, made from the keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo

from headwater.config.athena_keys import AthenaKeys
from headwater.config.batch_keys import BatchKeys, RetryKeys
from headwater.config.expect_keys import ControlKeys, ExpectKeys
from headwater.config.feed_keys import FeedKeys
from headwater.config.keyed import Keys
from headwater.config.kinds import Kind
from headwater.config.lake_keys import LakeKeys
from headwater.config.model_keys import ModelKeys
from headwater.config.notify_keys import NotifyKeys
from headwater.config.price_keys import BudgetKeys, PriceKeys
from headwater.config.values import LONGEST_NAME
from headwater.config.zone_keys import ZoneKeys

_OPENING = f"""# headwater.yaml

Every key, made from the code that reads them. `headwater init` writes the file, and beside it
`headwater.schema.json`, by which editors complete and check it.

A *size* is a number with a unit (`256MB`, `1.5GB`, `1GiB`) or a number of bytes; a *duration* is
a number with a unit (`250ms`, `60s`, `5m`, `1h30m`, `7d`, `2w`). A *name* has the letters a to z,
digits and `_`, a letter first, and at most {LONGEST_NAME} characters. Paths start from the folder
of `headwater.yaml`. `${{NAME}}` in a value is replaced from the environment, and `$${{` stands for
a plain `${{`. As in YAML 1.2, only `true` and `false` are booleans, and every key is text: a
column may be called `no` or `1` without quotes. `<<: *anchor` takes over keys of another mapping.
"""

_SECTIONS: tuple[tuple[str, str, type[Keys]], ...] = (
    ("The file", "", LakeKeys),
    ("zones", "zones.", ZoneKeys),
    ("athena", "athena.", AthenaKeys),
    ("notify", "notify[].", NotifyKeys),
    ("A feed", "feeds.NAME.", FeedKeys),
    ("batch", "feeds.NAME.batch.", BatchKeys),
    ("retries", "feeds.NAME.retries.", RetryKeys),
    ("budget", "feeds.NAME.budget.", BudgetKeys),
    ("expect", "feeds.NAME.expect.", ExpectKeys),
    ("control", "feeds.NAME.expect.control.", ControlKeys),
    ("A model", "models.NAME.", ModelKeys),
    ("prices", "prices.", PriceKeys),
)
_CLOSING = """## Types

`text`, `boolean`, `smallint`, `int`, `bigint`, `decimal(digits,scale)`, `real`, `double`, `date`,
`timestamp` (an instant, stored as UTC), `timestamp_ntz`, `time`, `binary`; nested:
`array<T>`, `map<K,V>`, `struct<name:T,...>`.

## Feeds that meet

Two feeds may not have the same pattern. Two feeds may write one table if their partitions and
modes are equal. A partition may not hide a column of the schema: `year(ts)` makes a column `year`.

## Models that meet

A model has a table of its own, and a name that no feed has. It reads tables that feeds and other
models write, but never, by whatever way, its own.
"""
_DEFAULTS = {
    "match": "`<feed>/**`",
    "table": "its own name",
    **dict.fromkeys(("max_bad", "per_run", "per_month"), "no limit"),
    "encoding": "UTF-8",
    "member": "the only one",
    **dict.fromkeys(("delimiter", "header", "skip", "row", "columns", "pattern"), "found"),
    **dict.fromkeys(("quote", "escape", "comment"), "found"),
    "nulls": "`\\N`, if found",
    "grouping": "none",
    "table_number": "the first",
    "sheet": "the first",
    "cells": "found",
    "dump_table": "the only one",
    "threads": "the cores, up to 4",
    "notify": "nobody",
    "expect": "nothing",
    "by": "the period's end",
    "at_most": "no limit",
    "rows": "none",
    "files": "none",
    "control": "none",
    "since": "the first file",
    "feed": "has to be named",
    "totals": "none",
    **dict.fromkeys(("command", "file", "webhook", "headers"), "none"),
    "on": "all of them",
    "name": "made of what it is",
    **{zone: f"`<lake>/{zone}`" for zone in ZoneKeys.model_fields},
}
_OWN: dict[tuple[type[Keys], str], tuple[str, str]] = {  # where a name is another key elsewhere
    (BatchKeys, "files"): ("number", "`1000`"),
    (ModelKeys, "since"): ("name", "the only table it reads"),
}
_WORDS = {
    "match": "pattern, or list of patterns",
    "schema": "mapping of column to type",
    "rename": "mapping of name to column",
    "refuse": "list of columns",
    "files": "pattern, or list of patterns",
    "notify": "list of notifiers",
    "partition": "list of expressions",
    "steps": "list of steps",
    "checks": "list of checks",
    "columns": "list of name start length",
    "nulls": "text, or list of texts",
    "feeds": "mapping of name to feed",
    "models": "mapping of name to model",
    "retries": "number, or mapping",
}


def reference() -> str:
    """The whole page."""
    sections = [_section(title, prefix, model) for title, prefix, model in _SECTIONS]
    return "\n".join([_OPENING, *sections, _CLOSING])


def _section(title: str, prefix: str, model: type[Keys]) -> str:
    where = f" Keys of `{prefix.rstrip('.')}`." if prefix else ""
    lines = [
        f"## {title}",
        "",
        f"{model.__doc__}{where}",
        "",
        "| key | value | default | meaning | example |",
        "|---|---|---|---|---|",
        *_rows(model),
    ]
    return "\n".join(lines) + "\n"


def _rows(model: type[Keys]) -> Iterator[str]:
    for field, info in model.model_fields.items():
        name = info.alias or field
        example = (info.examples or [""])[0]
        told = _OWN.get((model, name), (_words(name, info), _default(name, info)))
        cells = (f"`{name}`", *told)
        meaning = info.description or ""
        yield f"| {' | '.join(cells)} | {meaning} | `{name}: {_written(example)}` |"


def _words(name: str, info: FieldInfo) -> str:
    if name in _WORDS:
        return _WORDS[name]
    kind = next((each for each in info.metadata if isinstance(each, Kind)), None)
    if kind is None:
        return "mapping"
    choices = [word for word in kind.shapes[0].get("enum", ()) if word is not None]
    return ", ".join(f"`{word}`" for word in choices) or kind.words


def _default(name: str, info: FieldInfo) -> str:
    if name in _DEFAULTS:
        return _DEFAULTS[name]
    return f"`{_written(info.default)}`" if info.default_factory is None else "see below"


def _written(value: Any) -> str:
    """A value as one writes it in YAML, in one line."""
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {_written(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    quoted = isinstance(value, str) and ("," in value or "{" in value)
    return json.dumps(value) if quoted else str(value)
