"""Settings of a reading without a lake: a feed's keys, given one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

from headwater.config import rules
from headwater.config.check import check
from headwater.config.document import EMPTY, Document, read
from headwater.config.feed_keys import FeedKeys
from headwater.config.load import feed_of
from headwater.config.mistakes import Mistake, Path, nearest, spell
from headwater.errors import UsageError
from headwater.model.feed import Feed

FEED = "file"
_OF_TABLES = frozenset(
    {
        "match",
        "table",
        "partition",
        "mode",
        "batch",
        "retries",
        "file_size",
        "compact",
        "compression",
        "parquet",
        "on_rewrite",
        "steps",
        "checks",
        "expect",
        "lambda_below",
        "budget",
    }
)
"""Keys that say nothing about how a file is read."""


def keys() -> list[str]:
    """The keys of a feed that say how a file is read."""
    every = (each.alias or name for name, each in FeedKeys.model_fields.items())
    return [key for key in every if key not in _OF_TABLES]


def feed_from(options: Mapping[str, Any]) -> Feed:
    """The feed that reads as these keys say; UsageError names the key that is wrong."""
    for key in options:
        _require_known(key)
    given = {key: deepcopy(value) for key, value in options.items() if value is not None}
    tree = {"feeds": {FEED: given}}
    checked = check(Document(tree=tree, lines=dict.fromkeys(_places(tree), 1)))
    if checked.mistakes:
        raise _refusal(checked.mistakes[0])
    feed = feed_of(FEED, checked.keys.feeds[FEED])
    for broken in rules.of_feed(feed):
        raise UsageError(f"{_key(broken.path)}{broken.what}", hint=broken.hint)
    return feed


def _require_known(key: str) -> None:
    if key in _OF_TABLES:
        raise UsageError(f"{key} is about tables, and a file is read here", hint=f"leave {key} out")
    known = keys()
    if key not in known:
        meant = nearest(key, known)
        guess = f"did you mean {meant!r}? " if meant else ""
        raise UsageError(f"{key}: no such key", hint=f"{guess}keys: {', '.join(_alike(key))}")


def _alike(key: str) -> list[str]:
    """The keys of a reading, those that are spelled like this one first."""
    return sorted(keys(), key=lambda each: -SequenceMatcher(None, key, each).ratio())


def option(text: str) -> tuple[str, Any]:
    """A key and its value, as `KEY=VALUE` gives them; the value is read as in headwater.yaml."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(
            f"{text!r} is not a key and a value", hint="write it as KEY=VALUE, such as timezone=UTC"
        )
    document = read(value, {})
    tree = document.tree
    many = isinstance(tree, list | dict) and value.lstrip()[:1] not in {"[", "{"}  # as in nulls=-
    nothing = tree is EMPTY or tree is None or value.strip() in {"|", ">"}  # as in delimiter=|
    plain = nothing or many or document.mistakes
    return key.strip(), value if plain else tree


def _places(value: object, path: Path = ()) -> Iterator[Path]:
    """The way to each value, by which a mistake tells where it is."""
    yield path
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _places(below, (*path, str(key)))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _places(below, (*path, at))


def _refusal(mistake: Mistake) -> UsageError:
    return UsageError(f"{_key(mistake.path)}{mistake.what}", hint=mistake.hint)


def _key(path: Path) -> str:
    """The key below the feed, which is ours and not the user's."""
    below = spell(path[2:])
    return f"{below}: " if below else ""
