"""What init and new write into headwater.yaml, without touching what is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from headwater.config.document import compose
from headwater.config.load import FILE, parse
from headwater.config.mistakes import Wrong, show
from headwater.config.schema import FILE as SCHEMA
from headwater.config.schema import MODELINE
from headwater.config.settings import Settings
from headwater.config.values import read_column_type, read_name
from headwater.errors import ConfigError
from headwater.model.feed import Format
from headwater.model.types import Column
from headwater.shape.partition import parse_partition

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BARE_TYPE = re.compile(r"[a-z][a-z0-9_(),<> ]*(?<! )")
_BARE_CALL = re.compile(r"[a-z]+\([A-Za-z_][A-Za-z0-9_]*\)")
_MISREAD = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_STEP = "  "


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """The first version of a feed, as a sample suggests it."""

    format: Format
    columns: tuple[tuple[str, str], ...] = ()  # name and type, "bigint not null"
    partition: tuple[str, ...] = ()  # expressions, "year(ts)"
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
    ending = "\r\n" if "\r\n" in text else "\n"
    insertion = _Insertion(text, ending)
    if insertion.in_braces:
        raise _cannot(feed, settings, where, "the feeds are written in { }")
    after = insertion.of(feed, settings)
    _prove(before, after, feed, settings, where)
    return after


class _Insertion:
    """Where a feed's block goes in a text, and how far it is indented."""

    def __init__(self, text: str, ending: str) -> None:
        self._lines = text.splitlines(keepends=True)
        if self._lines and not self._lines[-1].endswith(("\n", "\r")):
            self._lines[-1] += ending
        self._ending = ending
        self._root = compose(text)

    @property
    def in_braces(self) -> bool:
        """Whether a block has no place: the file or its feeds are one { }."""
        found = self._feeds()
        feeds = found[1] if found and found[1].value else None
        return any(getattr(node, "flow_style", False) for node in (self._root, feeds))

    def of(self, feed: str, draft: FeedDraft) -> str:
        found = self._feeds()
        if found is None:
            at = self._behind(self._root, 0)
            block = [f"{self._indent}feeds:", *_block(feed, draft, self._indent + _STEP)]
        else:
            key, value = found
            empty = isinstance(value, yaml.ScalarNode) or not value.value
            if empty:
                self._clear(value)
                at, margin = value.start_mark.line + 1, self._indent + _STEP
            else:
                at = self._behind(value, key.start_mark.column + 1)
                margin = " " * value.start_mark.column
            block = _block(feed, draft, margin)
        lines = [line + self._ending for line in block]
        return "".join([*self._lines[:at], *lines, *self._lines[at:]])

    @property
    def _indent(self) -> str:
        return " " * (self._root.start_mark.column if self._root else 0)

    def _feeds(self) -> tuple[yaml.Node, yaml.Node] | None:
        pairs = self._root.value if isinstance(self._root, yaml.MappingNode) else []
        return next((pair for pair in pairs if pair[0].value == "feeds"), None)

    def _clear(self, value: yaml.Node) -> None:
        """Take away the {} or null behind `feeds:`; a comment behind it stays."""
        start, end = value.start_mark, value.end_mark
        head = self._lines[start.line][: start.column].rstrip(" ")
        tail = self._lines[end.line][end.column :]
        if end != start:
            self._lines[start.line : end.line + 1] = [head + tail]

    def _behind(self, node: yaml.Node | None, margin: int) -> int:
        """The line behind the last one of a mapping.

        A parser says it ends where the next thing begins: blank lines, and comments that
        stand less far in, belong to what follows.
        """
        at = len(self._lines)
        if node is not None and node.end_mark.line < at:
            end = node.end_mark
            at = end.line + bool(self._lines[end.line][: end.column].strip())
        while at:
            line = self._lines[at - 1].strip()
            indented = len(self._lines[at - 1]) - len(self._lines[at - 1].lstrip(" "))
            if line and not (line.startswith("#") and indented < margin):
                break
            at -= 1
        return at


def _block(feed: str, draft: FeedDraft, margin: str) -> list[str]:
    return [f"{margin}{feed}:", *(f"{margin}{_STEP}{line}" for line in _keys(feed, draft))]


def _keys(feed: str, draft: FeedDraft) -> Iterator[str]:
    for note in draft.notes:
        letters = (letter if letter.isprintable() else _escape(letter) for letter in note)
        yield f"# {''.join(letters)}"
    patterns = [_quoted(pattern) for pattern in draft.match or (f"{feed}/**",)]
    yield f"match: {patterns[0] if len(patterns) == 1 else '[' + ', '.join(patterns) + ']'}"
    yield f"format: {draft.format.value}"
    if draft.table is not None and draft.table != feed:
        yield f"table: {_quoted(draft.table)}"
    if draft.columns:
        yield "schema:"
        yield from (f"{_STEP}{_name(name)}: {_type(kind)}" for name, kind in draft.columns)
    if draft.partition:
        yield f"partition: [{', '.join(_expression(text) for text in draft.partition)}]"


def _name(text: str) -> str:
    bare = _BARE.fullmatch(text) and text.lower() not in _MISREAD
    return text if bare else _quoted(text, variables=False)


def _type(text: str) -> str:
    return text if _BARE_TYPE.fullmatch(text) else _quoted(text)


def _expression(text: str) -> str:
    return text if _BARE_CALL.fullmatch(text) else _name(text) if "$" not in text else _quoted(text)


def _quoted(text: str, *, variables: bool = True) -> str:
    """Text in double quotes, as YAML reads it back letter by letter."""
    if variables:
        text = text.replace("${", "$${")
    if re.fullmatch(r"[A-Za-z_][\w./*-]*", text, re.ASCII):
        return text if text.lower() not in _MISREAD else f'"{text}"'
    escaped = (
        json.dumps(letter, ensure_ascii=False)[1:-1] if letter.isprintable() else _escape(letter)
        for letter in text
    )
    return f'"{"".join(escaped)}"'


def _escape(letter: str) -> str:
    return f"\\U{ord(letter):08x}"


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
    )
    if not as_drafted:
        raise _cannot(feed, draft, where, f"it would read {show(added)}")


def _cannot(feed: str, draft: FeedDraft, where: str, why: str) -> ConfigError:
    block = "\n".join(_block(feed, draft, _STEP))
    return ConfigError(
        f"{where}: feed {feed} cannot be added: {why}",
        hint=f"write it by hand:\nfeeds:\n{block}",
    )
