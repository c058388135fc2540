"""What a shell offers for a word that somebody begins: feeds, tables, formats, keys."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.call import HERE, configuration_of
from headwater.errors import HeadwaterError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_ENCODINGS = ("utf-8", "utf-16", "latin-1", "windows-1252", "windows-1251", "shift_jis", "gb18030")


def complete_feed(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[CompletionItem]:
    """Feeds of the lake that is meant."""
    return _items(_feeds(context), incomplete)


def complete_checked(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[CompletionItem]:
    """Feeds and models of the lake that is meant."""
    return _items([*_feeds(context), *_declared(context, "models")], incomplete)


def complete_table(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[CompletionItem]:
    """Tables that feeds and models of the lake that is meant write to."""
    writers = [*_feeds(context).items(), *_declared(context, "models").items()]
    tables = {
        str(keys.get("table") or name) if isinstance(keys, Mapping) else str(name): None
        for name, keys in writers
    }
    return _items(tables, incomplete)


def complete_compacted(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Tables and feeds of the lake that is meant."""
    tables = complete_table(context, parameter, incomplete)
    known = {each.value for each in tables}
    feeds = complete_feed(context, parameter, incomplete)
    return [*tables, *(each for each in feeds if each.value not in known)]


def complete_model(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[CompletionItem]:
    """Models of the lake that is meant."""
    return _items(_declared(context, "models"), incomplete)


def complete_format(
    context: click.Context,  # noqa: ARG001 - click's signature
    parameter: click.Parameter,  # noqa: ARG001 - same
    incomplete: str,
) -> list[CompletionItem]:
    """Formats that a file can be read as."""
    from headwater.model.feed import Format  # noqa: PLC0415 - for the shell only

    return _items((each.value for each in Format), incomplete)


def complete_encoding(
    context: click.Context,  # noqa: ARG001 - click's signature
    parameter: click.Parameter,  # noqa: ARG001 - same
    incomplete: str,
) -> list[CompletionItem]:
    """Encodings that are met most."""
    return _items(_ENCODINGS, incomplete)


def complete_setting(
    context: click.Context,  # noqa: ARG001 - click's signature
    parameter: click.Parameter,  # noqa: ARG001 - same
    incomplete: str,
) -> list[CompletionItem]:
    """Keys by which a feed says how a file is read."""
    from headwater.config.options import keys  # noqa: PLC0415 - for the shell only

    return _items((f"{key}=" for key in keys()), incomplete)


def complete_decision(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Columns of the feed that wait for a decision; for --map, the renames that are likely."""
    from headwater.flow.undecided import NEW  # noqa: PLC0415 - for the shell only
    from headwater.wiring import open_lake  # noqa: PLC0415 - for the shell only

    # Behind an option that lacks its value, arguments are not told apart yet.
    feed = context.params.get("feed") or next(iter(context.args), "")
    try:
        with open_lake(_folder(context)) as lake:
            waiting = lake.schema(feed).waiting
    except (HeadwaterError, OSError):
        return []  # a shell has no place to say what is wrong
    if parameter.name == "rename":
        pairs = (each.likely for each in waiting if each.likely is not None)
        return _items(dict.fromkeys(f"{pair.name}={pair.column}" for pair in pairs), incomplete)
    return _items((each.column for each in waiting if each.kind in NEW), incomplete)


def _items(words: Iterable[object], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - for the shell only

    return [CompletionItem(str(word)) for word in words if str(word).startswith(incomplete)]


def _folder(context: click.Context) -> Path:
    """The lake, as far as a line says it that is still being typed."""
    outer = context.meta.get("headwater", {})
    return Path(context.params.get("folder") or outer.get("folder") or os.environ.get(HERE) or ".")


def _feeds(context: click.Context) -> Mapping[Any, Any]:
    return _declared(context, "feeds")


def _declared(context: click.Context, what: str) -> Mapping[Any, Any]:
    """Feeds or models of the lake's configuration as it stands, sound or not."""
    from headwater.config.document import read  # noqa: PLC0415 - for the shell only

    file = configuration_of(_folder(context))
    try:
        tree = read(file.read_text(encoding="utf-8"), os.environ).tree
    except (OSError, UnicodeDecodeError):
        return {}
    found = tree.get(what) if isinstance(tree, dict) else None
    return found if isinstance(found, dict) else {}
