"""`mode` as the user writes it, and the keys that it does not go with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.values import read_column_name, read_text
from headwater.model.checks import Unique
from headwater.model.feed import Feed
from headwater.model.merge import Append, Merge, ReplacePartitions, Upsert
from headwater.model.steps import Dedupe

Found = tuple[tuple[str | int, ...], str, str]
"""At which key, what is wrong, and what would be right."""

PARTITIONS = "replace partitions"
_WRITTEN = f"append, {PARTITIONS}, or {{upsert: {{by: [id], keep: last}}}}"


def read_mode(value: object) -> Merge:
    """How rows go together with the table's."""
    if isinstance(value, Mapping):
        return _upsert(value)
    text = " ".join(read_text(value).split())
    if text == Append.TAG:
        return Append()
    if text == PARTITIONS:
        return ReplacePartitions()
    if text == Upsert.TAG:
        raise Wrong("an upsert needs a key", "write {upsert: {by: [id]}}")
    meant = nearest(text, (Append.TAG, PARTITIONS))
    guess = f"did you mean {meant!r}? " if meant else ""
    raise Wrong(f"{show(text)} is no mode", f"{guess}write {_WRITTEN}")


def contradictions(feed: Feed) -> Iterator[Found]:
    """What a feed says that its mode makes pointless, or that its mode lacks."""
    if isinstance(feed.mode, Append):
        return
    if isinstance(feed.mode, ReplacePartitions) and not feed.partition:
        yield (
            ("mode",),
            "there are no partitions to be replaced",
            "write partition: [day(ts)], or another mode",
        )
    for number, step in enumerate(feed.steps):
        if isinstance(step, Dedupe) and step.across:
            yield (
                ("steps", number),
                "across: table leaves out what the table has, and the mode puts it in its place",
                "take across: table out, or write mode: append",
            )
    for number, check in enumerate(feed.checks):
        if isinstance(check.rule, Unique) and check.rule.across:
            yield (
                ("checks", number),
                "it fails where the table has a key, and the mode puts rows in the table's place",
                "take across: table out, or write mode: append",
            )


def _upsert(value: Mapping[object, object]) -> Merge:
    if list(value) != [Upsert.TAG]:
        raise Wrong("a mode is a word, or upsert: with a key", f"write {_WRITTEN}")
    from headwater.config import parts  # noqa: PLC0415 - brings the parser of SQL

    body = value[Upsert.TAG]
    return parts.at((Upsert.TAG,), _keyed, body)


def _keyed(body: object) -> Merge:
    from headwater.config import parts  # noqa: PLC0415 - as above

    keys = parts.Below(body, Upsert.TAG, {"by": True, "keep": False})
    return Upsert(keys.read("by", parts.names), keys.read("keep", _keep, None))


def _keep(value: object) -> str | None:
    """The column of `latest COLUMN`, or None for `last`."""
    word, _, column = read_text(value).strip().partition(" ")
    if word == "last" and not column.strip():
        return None
    if word != "latest" or not column.strip():
        raise Wrong(f"{show(value)} does not say which row stays", "write last, or latest COLUMN")
    return read_column_name(column.strip())
