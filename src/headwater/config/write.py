"""What init and new write into headwater.yaml, without touching what is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import yaml

from headwater.config.confirmed import confirmed_keys
from headwater.config.load import FILE, parse
from headwater.config.mistakes import Wrong, show
from headwater.config.page import STEP, YamlPage, in_braces, pair_in
from headwater.config.scalars import column_type, escaped, expression, key, value
from headwater.config.schema import FILE as SCHEMA
from headwater.config.schema import MODELINE
from headwater.config.settings import Settings
from headwater.config.values import read_column_type, read_name
from headwater.errors import ConfigError
from headwater.model.feed import Feed, Format
from headwater.model.types import Column
from headwater.shape.partition import parse_partition

_STEP = " " * STEP


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """The first version of a feed, as a sample suggests it."""

    format: Format
    columns: tuple[tuple[str, str], ...] = ()  # name and type, "bigint not null"
    partition: tuple[str, ...] = ()  # expressions, "year(ts)"
    keys: tuple[tuple[str, str], ...] = ()  # how files are spelled: keys, and values as YAML
    told: tuple[tuple[str, str], ...] = ()  # what a person said of it, written alike
    read_as: Feed | None = None  # what that comes to
    notes: tuple[str, ...] = ()  # what the sample showed: "delimiter ;", written as comments
    match: tuple[str, ...] = ()  # the feed's own folder when empty
    table: str | None = None  # the feed's own name when None


def starter(lake_name: str) -> str:
    """The headwater.yaml of a lake without feeds."""
    name = "".join(letter if letter.isprintable() else "?" for letter in lake_name)
    return f"""{MODELINE}
# The lake {name}: what arrives, how it is read, which tables it becomes.
# {SCHEMA} beside this file lets editors complete and explain every key.

lake: .             # the folder of the zones, the ledger and the queue
# memory: 400MB     # the most that one conversion may use
# retention: 7d     # how long parts that were replaced stay for readers

# A feed says which files belong together. Let a sample write the first version of one:
#   headwater new sales --from sales.csv
feeds: {{}}
"""


def with_feed(text: str, feed: str, settings: FeedDraft, where: str = FILE) -> str:
    """The text with a feed added behind the others; nothing else of it changes.

    ConfigError if the text is wrong, if the feed is there already, or if the block
    cannot be put into it, as where all feeds are written in one line.
    """
    try:
        read_name(feed)
    except Wrong as error:
        raise ConfigError(f"{show(feed)} cannot be the name of a feed", hint=error.hint) from error
    before = parse(text, where)
    if any(known.name == feed for known in before.feeds):
        raise ConfigError(
            f"{where}: feed {feed} is there already",
            hint="change it there, or choose another name",
        )
    after = _added(text, feed, settings, where)
    _prove(before, after, feed, settings, where)
    return after


def _added(text: str, feed: str, draft: FeedDraft, where: str) -> str:
    page = YamlPage(text)
    indent = page.root.start_mark.column if page.root else 0
    found = pair_in(page.root, "feeds")
    if in_braces(page.root) or (found and found[1].value and in_braces(found[1])):
        raise _cannot(feed, draft, where, "the feeds are written in { }")
    if found is None:
        block = [f"{' ' * indent}feeds:", *_block(feed, draft, " " * (indent + STEP))]
        return page.with_lines(page.behind(page.root, 0), block)
    named, feeds = found
    if isinstance(feeds, yaml.ScalarNode) or not feeds.value:
        page.clear(feeds)
        block = _block(feed, draft, " " * (indent + STEP))
        return page.with_lines(feeds.start_mark.line + 1, block)
    block = _block(feed, draft, " " * feeds.start_mark.column)
    return page.with_lines(page.behind(feeds, named.start_mark.column + 1), block)


def _block(feed: str, draft: FeedDraft, margin: str) -> list[str]:
    return [f"{margin}{feed}:", *(f"{margin}{_STEP}{line}" for line in _keys(feed, draft))]


def _keys(feed: str, draft: FeedDraft) -> Iterator[str]:
    for note in draft.notes:
        letters = (letter if letter.isprintable() else escaped(letter) for letter in note)
        yield f"# {''.join(letters)}"
    patterns = [value(pattern) for pattern in draft.match or (f"{feed}/**",)]
    yield f"match: {patterns[0] if len(patterns) == 1 else '[' + ', '.join(patterns) + ']'}"
    yield f"format: {draft.format.value}"
    yield from (f"{name}: {written}" for name, written in (*draft.told, *draft.keys))
    if draft.table is not None and draft.table != feed:
        yield f"table: {value(draft.table)}"
    if draft.columns:
        yield "schema:"
        yield from (f"{_STEP}{key(name)}: {column_type(kind)}" for name, kind in draft.columns)
    if draft.partition:
        yield f"partition: [{', '.join(expression(text) for text in draft.partition)}]"


def _prove(before: Settings, after: str, feed: str, draft: FeedDraft, where: str) -> None:
    """Read the text again: it must hold the feed as drafted, and everything else as it was."""
    try:
        read = parse(after, where)
    except ConfigError as error:
        raise _cannot(feed, draft, where, error.message) from error
    added = next((each for each in read.feeds if each.name == feed), None)
    if added is None or read.feeds[:-1] != before.feeds:
        raise _cannot(feed, draft, where, "the feeds would not be what they were")
    columns = tuple(Column(name, *read_column_type(kind)) for name, kind in draft.columns)
    functions = [parse_partition(text).function for text in draft.partition]
    as_drafted = (
        added.format is draft.format
        and added.schema.columns == columns
        and [by.function for by in added.partition] == functions
        and set(draft.keys) <= set(confirmed_keys(added))
        and _as_told(added, draft.read_as)
    )
    if not as_drafted:
        raise _cannot(feed, draft, where, f"it would read {show(added)}")


def _as_told(added: Feed, told: Feed | None) -> bool:
    """Whether what a person said of the feed came through."""
    if told is None:
        return True
    bare = Feed(told.name, told.match, told.table)
    names = {each.name for each in fields(Feed)} - {"format", "selection", "schema"}
    said = {name for name in names if getattr(told, name) != getattr(bare, name)}
    return all(getattr(added, name) == getattr(told, name) for name in said)


def _cannot(feed: str, draft: FeedDraft, where: str, why: str) -> ConfigError:
    block = "\n".join(_block(feed, draft, _STEP))
    return ConfigError(
        f"{where}: feed {feed} cannot be added: {why}",
        hint=f"write it by hand:\nfeeds:\n{block}",
    )
