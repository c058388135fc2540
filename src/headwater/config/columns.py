"""What must hold between the keys that say which columns a table gets, and from where."""

from __future__ import annotations

from collections.abc import Iterator

from headwater.model.feed import Feed
from headwater.reading.names import clean_name

Found = tuple[tuple[str, ...], str, str]
"""At which key, what is wrong, and what would be right."""


def columns(feed: Feed) -> Iterator[Found]:
    """The rules between schema, rename and refuse."""
    yield from _schema(feed)
    yield from _rename(feed)
    yield from _refuse(feed)


def _schema(feed: Feed) -> Iterator[Found]:
    seen: dict[str, str] = {}
    for column in feed.schema.columns:
        first = seen.setdefault(column.name.lower(), column.name)
        if first != column.name:
            yield (
                ("schema", column.name),
                f"differs from column {first} by case only",
                "tables do not tell case apart: keep one of them",
            )


def _rename(feed: Feed) -> Iterator[Found]:
    files: dict[str, str] = {}
    tables: dict[str, str] = {}
    for before, after in feed.rename:
        path = ("rename", before)
        if (first := files.setdefault(_folded(before), before)) != before:
            yield path, f"it is the same name in files as {first}", "keep one of them"
        if (other := tables.setdefault(after.lower(), before)) != before:
            yield (
                path,
                f"{other} is renamed to {after} as well",
                "a column has one source: give each a name of its own",
            )
        if _folded(before) == after.lower():
            yield path, "it is renamed to what it is called", "leave it out"
        elif feed.schema.find(before) is not None:
            yield (
                path,
                f"the schema declares {before}, which no file would have any more",
                f"declare {after} in its place",
            )
        if after != clean_name(after):
            yield (
                path,
                f"{after!r} is not what a table can call a column",
                f"write {clean_name(after)}",
            )


def _refuse(feed: Feed) -> Iterator[Found]:
    renamed = {_folded(before): before for before, _ in feed.rename}
    seen: set[str] = set()
    for name in feed.refuse:
        path = ("refuse",)
        if _folded(name) in seen:
            yield path, f"{name} is there twice", "keep one of them"
        seen.add(_folded(name))
        if feed.schema.find(name) is not None:
            yield path, f"{name} is refused, and the schema declares it", "keep one of the two"
        elif _folded(name) in renamed or any(name.lower() == to.lower() for _, to in feed.rename):
            yield path, f"{name} is refused, and `rename` wants it", "keep one of the two"
        elif any(
            by.column is not None and by.column.lower() == name.lower() for by in feed.partition
        ):
            yield (
                path,
                f"{name} is refused, and the table is partitioned by it",
                "keep one of the two",
            )


def _folded(name: str) -> str:
    """A name in files as it is compared: as tables have it, whatever its case."""
    return clean_name(name).lower()
