"""What must hold between keys: of one feed, of feeds that share a table, of zones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from headwater.config.columns import columns
from headwater.config.expectation import unexpectable
from headwater.config.formats import misplaced
from headwater.config.merging import contradictions
from headwater.config.mistakes import Path
from headwater.config.settings import Place, Settings
from headwater.model.budget import Bound
from headwater.model.checks import Check
from headwater.model.feed import Feed, OnNewColumn, PartitionBy, Types
from headwater.model.price import Prices
from headwater.model.types import Column, Type

_DATED = frozenset({"date", "timestamp", "timestamp_ntz"})
_TIMED = frozenset({"timestamp", "timestamp_ntz"})
_FOLDERS = frozenset({"text", "boolean", "smallint", "int", "bigint", "date"})


class Broken(NamedTuple):
    """A rule that does not hold: at which key, what is wrong, what would be right."""

    path: Path
    what: str
    hint: str


def of_feed(feed: Feed) -> Iterator[Broken]:
    """The rules between the keys of one feed."""
    for key, what, hint in misplaced(feed):
        yield Broken(("feeds", feed.name, key), what, hint)
    for below, what, hint in columns(feed):
        yield Broken(("feeds", feed.name, *below), what, hint)
    for place, what, hint in contradictions(feed):
        yield Broken(("feeds", feed.name, *place), what, hint)
    yield from of_checks(("feeds", feed.name, "checks"), feed.checks)
    if feed.expect is not None:
        for at, what, hint in unexpectable(feed.expect):
            yield Broken(("feeds", feed.name, "expect", *at), what, hint)
    yield from _partitions(feed)
    if feed.retries.first_delay > feed.retries.longest_delay:
        yield Broken(
            ("feeds", feed.name, "retries", "first_delay"),
            "the first wait is longer than the longest",
            "make longest_delay as long or longer",
        )


def of_checks(place: Path, checks: Sequence[Check]) -> Iterator[Broken]:
    """What a check found goes by its name, in receipts and in what halts: no two have the same."""
    seen: set[str] = set()
    for at, check in enumerate(checks):
        if check.name in seen:
            yield Broken(
                (*place, at),
                f"another check is called {check.name!r} as well, and what both find would be "
                "told together",
                "give one of them a name: of its own",
            )
        seen.add(check.name)


def _controls(feeds: Sequence[Feed]) -> Iterator[Broken]:
    """A control file is read by a feed that there is, and that is another one."""
    names = [feed.name for feed in feeds]
    for feed in feeds:
        control = feed.expect.control if feed.expect is not None else None
        if control is not None and (control.feed not in names or control.feed == feed.name):
            others = ", ".join(name for name in names if name != feed.name)
            what = "is this very feed" if control.feed == feed.name else "is not declared"
            yield Broken(
                ("feeds", feed.name, "expect", "control", "feed"),
                f"feed {control.feed} {what}" if control.feed else "no feed is named",
                f"name another feed that reads them; there are {others or 'none yet'}",
            )


def of_budget(feed: Feed, prices: Prices) -> Iterator[Broken]:
    """A budget is in the currency of the prices."""
    for bound in Bound:
        limit = getattr(feed.budget, bound.value)
        if limit is not None and limit.currency != prices.currency:
            yield Broken(
                ("feeds", feed.name, "budget", bound.value),
                f"it is in {limit.currency}, and prices are in {prices.currency}",
                f"write the budget in {prices.currency}, or prices.currency and the prices",
            )


def between_feeds(feeds: Sequence[Feed], unsure: Collection[str] = ()) -> Iterator[Broken]:
    """The rules between feeds; those whose keys are wrong anyway are left out."""
    yield from _controls(feeds)
    sure = [feed for feed in feeds if feed.name not in unsure]
    patterns: dict[str, str] = {}
    for feed in sure:
        for pattern in feed.match:
            if (owner := patterns.setdefault(pattern, feed.name)) != feed.name:
                yield Broken(
                    ("feeds", feed.name, "match"),
                    f"feed {owner} has the same pattern {pattern!r}",
                    "a file goes to one feed: give each a pattern of its own",
                )
    yield from _of_tables(sure)


def _of_tables(feeds: Sequence[Feed]) -> Iterator[Broken]:
    """Feeds that write one table lay it out alike, and put rows into it alike."""
    tables: dict[str, Feed] = {}
    for feed in feeds:
        first = tables.setdefault(feed.table, feed)
        if first.partition != feed.partition:
            key = "partition" if feed.partition else "table"
            yield Broken(
                ("feeds", feed.name, key),
                f"feed {first.name} writes table {feed.table} as well, with another partition",
                "give both the same partition, or each a table of its own",
            )
        if first.mode != feed.mode:
            yield Broken(
                ("feeds", feed.name, "mode" if feed.takes else "table"),
                f"feed {first.name} writes table {feed.table} as well, in another mode",
                "give both the same mode, or each a table of its own",
            )


def of_zones(zones: Mapping[str, Place]) -> Iterator[Broken]:
    """Zones lie apart."""
    for (first, one), (second, other) in combinations(zones.items(), 2):
        if _is_within(one, other) or _is_within(other, one):
            yield Broken(
                ("zones", second),
                f"the zones {first} and {second} lie one in the other: {one} and {other}",
                "give each zone a folder of its own",
            )


def of_catalog(settings: Settings) -> Iterator[Broken]:
    """Who finds a table in the catalog of AWS has to be able to read it; Athena looks there."""
    if settings.athena_workgroup is not None and settings.catalog_url is None:
        yield Broken(
            ("athena", "workgroup"),
            "Athena finds no table where `catalog` names no database",
            "add catalog: glue://DATABASE",
        )
    for zone in ("processed", "curated"):
        place = settings.zones[zone]
        if settings.catalog_url is not None and not str(place).startswith("s3://"):
            yield Broken(
                ("catalog",),
                f"it shows tables in buckets of S3, and the zone {zone} is {place}",
                "leave `catalog` out, or give the lake a bucket: lake: s3://BUCKET",
            )


def _is_within(one: Place, other: Place) -> bool:
    return f"{one}/".startswith(f"{str(other).rstrip('/')}/")


def _partitions(feed: Feed) -> Iterator[Broken]:
    seen: dict[str, int] = {}
    for at, by in enumerate(feed.partition):
        path = ("feeds", feed.name, "partition", at)
        if seen.setdefault(by.name.lower(), at) != at:
            yield Broken(
                path,
                f"two partitions would both be called {by.name}",
                "keep one of them: a table has one partition column of a name",
            )
        yield from (Broken(path, *said) for said in (_clash(by, feed), _source(by, feed)) if said)


def _clash(by: PartitionBy, feed: Feed) -> tuple[str, str] | None:
    """A derived partition column must not take the place of a column of the files."""
    if by.function == "column" or feed.schema.find(by.name) is None:
        return None
    quoted = '"' + by.name + '"'
    return (
        f"the partition {by.name} would hide the column {by.name} of the schema",
        f"partition by the column itself, '{quoted}', or take it out of the schema",
    )


def _source(by: PartitionBy, feed: Feed) -> tuple[str, str] | None:
    """The source column, as far as it is declared, must have a type that makes folders."""
    if by.column is None:
        return None
    column = feed.schema.find(by.column)
    if column is not None:
        return _declared(by, column)
    if feed.types is Types.TEXT and by.function != "column":
        return (
            f"{by.column} would be text, and {by.function}() takes a date or timestamp",
            f"declare it: schema: {{{by.column}: timestamp}}",
        )
    if feed.schema.columns and feed.on_new_column is not OnNewColumn.ADD:
        return (
            f"the schema has no column {by.column}, and on_new_column is {feed.on_new_column}",
            f"declare {by.column} in the schema",
        )
    return None


def _declared(by: PartitionBy, column: Column) -> tuple[str, str] | None:
    kind = column.type.kind
    if by.function == "column":
        if kind in _FOLDERS:
            return None
        return f"a column of type {column.type} cannot name folders", _instead(column.name, kind)
    if kind in (_TIMED if by.function == "hour" else _DATED):
        return None
    wanted = "a timestamp" if by.function == "hour" else "a date or timestamp"
    return (
        f"{by.function}() takes {wanted}, and {column.name} is {column.type}",
        f"declare {column.name} as timestamp, or partition by another column",
    )


def _instead(name: str, kind: str) -> str:
    if kind in _TIMED:
        return f"write day({name})"
    types = ", ".join(str(Type(kind)) for kind in sorted(_FOLDERS))
    return f"partition by a column of one of these types: {types}"
