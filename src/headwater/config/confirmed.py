"""The keys by which a feed says how its files are spelled, as headwater.yaml has them."""

from __future__ import annotations

from collections.abc import Iterator

from headwater.config.scalars import value
from headwater.model.feed import DecimalMark, Doctype, Feed

_WORDS = {"": "none", "\t": "tab"}
_ESCAPES = {"": "doubled", "\\": "backslash"}


def confirmed_keys(feed: Feed) -> Iterator[tuple[str, str]]:
    """Each key that says something, with its value as YAML."""
    if feed.encoding is not None:
        yield "encoding", value(feed.encoding)
    if feed.delimiter is not None:
        yield "delimiter", value(_WORDS.get(feed.delimiter, feed.delimiter))
    if feed.quote is not None:
        yield "quote", value(feed.quote or "none")
    if feed.escape is not None:
        yield "escape", value(_ESCAPES.get(feed.escape, feed.escape))
    if feed.comment is not None:
        yield "comment", value(feed.comment or "none")
    if feed.nulls is not None:
        yield "nulls", _listed(feed.nulls)
    if feed.decimal is not DecimalMark.POINT:
        yield "decimal", feed.decimal.value
    if feed.header is not None:
        yield "header", str(feed.header)
    if feed.skip is not None:
        yield "skip", str(feed.skip)
    yield from _selection_keys(feed)


def _selection_keys(feed: Feed) -> Iterator[tuple[str, str]]:
    chosen = feed.selection
    for name in ("row", "sheet", "cells", "pattern", "dump_table"):
        text = getattr(chosen, name)
        if text is not None:
            yield name, value(text)
    if chosen.doctype is not Doctype.REFUSE:
        yield "doctype", chosen.doctype.value
    if chosen.columns:
        places = (f"{each.name} {each.start} {each.length}" for each in chosen.columns)
        yield "columns", _listed(places)


def _listed(texts: Iterator[str] | tuple[str, ...]) -> str:
    return f"[{', '.join(map(value, texts))}]"
