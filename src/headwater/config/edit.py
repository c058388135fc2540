"""What a person decides about columns, written into a feed of headwater.yaml."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from headwater.config.document import read
from headwater.config.load import FILE, parse
from headwater.config.page import STEP, YamlPage, in_braces, pair_in
from headwater.config.scalars import column_type, key, value
from headwater.errors import ConfigError
from headwater.model.decision import Decisions

_MARGIN = " " * STEP


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing that a feed's key is to hold besides what it holds."""

    under: str  # schema, rename, refuse
    name: str
    value: str | None = None  # None: an item of a list

    def written(self, *, among_others: bool = False) -> str:
        """As YAML has it, in a block or in { } and [ ]."""
        if self.value is None:
            return value(self.name)
        if self.under == "schema":
            return f"{key(self.name)}: {column_type(self.value, among_others=among_others)}"
        return f"{key(self.name)}: {value(self.value)}"

    def block(self, margin: str, step: str) -> list[str]:
        """The key and what it holds, as lines."""
        if self.value is None:
            return [f"{margin}{self.under}: [{self.written()}]"]
        return [f"{margin}{self.under}:", f"{margin}{step}{self.written()}"]

    def words(self) -> str:
        """The key and what it holds, in braces."""
        inner = self.written(among_others=True)
        return f"{self.under}: {f'[{inner}]' if self.value is None else f'{{{inner}}}'}"


class _NoPlace(Exception):
    """An entry cannot be put into the text; the message says why."""


def with_decisions(text: str, feed: str, decisions: Decisions, where: str = FILE) -> str:
    """The text with what was decided added to the feed; nothing else of it changes.

    ConfigError if the text is wrong, if what was decided does not go with what the feed
    says, or if there is no place for it, as in a mapping that several feeds share.
    """
    parse(text, where)
    after = text
    entries = list(_entries(decisions))
    try:
        for entry in entries:
            after = _added(after, feed, entry)
        _prove(text, after, feed, entries)
    except (_NoPlace, yaml.YAMLError) as error:
        block = "\n".join(_by_hand(feed, entries))
        raise ConfigError(
            f"{where}: feed {feed} cannot be changed: {error}",
            hint=f"write it by hand:\nfeeds:\n{block}",
        ) from error
    try:
        parse(after, where)  # it says what was decided; here it is found whether that may be
    except ConfigError as error:
        raise ConfigError(
            f"that would be a mistake, and was not written: {error.message}", hint=error.hint
        ) from error
    return after


def _entries(decisions: Decisions) -> Iterator[_Entry]:
    for column in decisions.accepted:
        kind = str(column.type) if column.nullable else f"{column.type} not null"
        yield _Entry("schema", column.name, kind)
    for name, column_name in decisions.renamed:
        yield _Entry("rename", name, column_name)
    for name in decisions.refused:
        yield _Entry("refuse", name)


def _added(text: str, feed: str, entry: _Entry) -> str:
    page = YamlPage(text)
    _, feeds = _own_pair(page.root, "feeds")
    named, settings = _own_pair(feeds, feed)
    found = pair_in(settings, entry.under)
    if found is not None:
        step = " " * max(found[0].start_mark.column - named.start_mark.column, 1)
        return _into(page, *found, entry, step)
    if not settings.value or isinstance(settings, yaml.ScalarNode):
        page.clear(settings)
        margin = " " * (named.start_mark.column + STEP)
        return page.with_lines(named.end_mark.line + 1, entry.block(margin, _MARGIN))
    if in_braces(settings):
        return page.with_words(settings.value[-1][1].end_mark, f", {entry.words()}")
    column = settings.value[0][0].start_mark.column
    step = " " * max(column - named.start_mark.column, 1)
    at = page.behind(settings, named.start_mark.column + 1)
    return page.with_lines(at, entry.block(" " * column, step))


def _own_pair(node: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node]:
    found = pair_in(node, name)
    if found is None:
        raise _NoPlace(f"{name} does not stand there by itself")
    _require_own(*found)
    return found


def _require_own(named: yaml.Node, settings: yaml.Node) -> None:
    """Refuse an alias: what it stands for is written elsewhere, and holds for others too."""
    there, behind = settings.start_mark, named.end_mark
    if (there.line, there.column) < (behind.line, behind.column):
        raise _NoPlace(f"what {named.value} holds is written elsewhere, as an anchor")


def _into(page: YamlPage, named: yaml.Node, there: yaml.Node, entry: _Entry, step: str) -> str:
    """Put an entry into what its key holds."""
    _require_own(named, there)
    wanted = yaml.SequenceNode if entry.value is None else yaml.MappingNode
    if isinstance(there, yaml.ScalarNode) and not there.value.strip("~nulNUL"):
        page.clear(there)
        lines = entry.block(" " * named.start_mark.column, step)
        words = lines[1] if entry.value is not None else f"{' ' * named.start_mark.column}{step}- "
        line = words if entry.value is not None else f"{words}{entry.written()}"
        return page.with_lines(named.end_mark.line + 1, [line])
    if not isinstance(there, wanted):
        raise _NoPlace(f"what {named.value} holds is no {wanted.id}")
    if in_braces(there):
        written = entry.written(among_others=True)
        if not there.value:
            return page.with_words(there.end_mark, written, back=1)
        last = there.value[-1] if entry.value is None else there.value[-1][1]
        return page.with_words(last.end_mark, f", {written}")
    if entry.value is not None:
        margin = " " * there.value[0][0].start_mark.column
        at = page.behind(there, named.start_mark.column + 1)
        return page.with_lines(at, [f"{margin}{entry.written()}"])
    dash = page.letters_before(there.value[-1].start_mark).rstrip(" ")
    if dash.strip() != "-":
        raise _NoPlace(f"the list of {named.value} is not one item a line")
    at = page.behind(there, len(dash))
    return page.with_lines(at, [f"{dash} {entry.written()}"])


def _prove(text: str, after: str, feed: str, entries: list[_Entry]) -> None:
    """Read the text again: it must say what was decided, and everything else as it was."""
    before, read_again = read(text, os.environ), read(after, os.environ)
    if read_again.mistakes:
        raise _NoPlace(read_again.mistakes[0].what)
    tree: Any = before.tree
    there = tree["feeds"][feed]
    holds = dict(there) if isinstance(there, dict) else {}
    for entry in entries:
        held = holds.get(entry.under)
        if entry.value is None:
            holds[entry.under] = [*(held if isinstance(held, list) else ()), entry.name]
        else:
            held = held if isinstance(held, dict) else {}
            holds[entry.under] = {**held, entry.name: entry.value}
    if {**tree, "feeds": {**tree["feeds"], feed: holds}} != read_again.tree:
        raise _NoPlace("something else of it would change, too")


def _by_hand(feed: str, entries: list[_Entry]) -> Iterator[str]:
    yield f"{_MARGIN}{feed}:"
    margin = _MARGIN * 2
    for under in dict.fromkeys(entry.under for entry in entries):
        same = [entry for entry in entries if entry.under == under]
        if under == "refuse":
            yield f"{margin}{under}: [{', '.join(entry.written() for entry in same)}]"
            continue
        yield f"{margin}{under}:"
        yield from (f"{margin}{_MARGIN}{entry.written()}" for entry in same)
