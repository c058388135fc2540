"""From headwater.yaml to settings, or to every mistake in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from headwater.config import rules
from headwater.config.beside import Beside, in_folder
from headwater.config.check import Checked, check
from headwater.config.document import read
from headwater.config.expectation import expectation
from headwater.config.feed_keys import FeedKeys
from headwater.config.kinds import Pages
from headwater.config.lake_keys import LakeKeys
from headwater.config.mistakes import Mistake, line_of, refusal
from headwater.config.models import models_of
from headwater.config.notifying import notifier, untellable
from headwater.config.price_keys import PriceKeys
from headwater.config.settings import ZONES, Place, Settings, Url
from headwater.errors import ConfigError, NoLake
from headwater.model.budget import Budget
from headwater.model.feed import BatchLimits, Feed, PartitionBy, Retries, Selection, Tolerance
from headwater.model.ids import FeedName, TableName
from headwater.model.price import TARIFFS, Item, Prices
from headwater.model.types import Column, Schema

FILE = "headwater.yaml"
HOME = ".headwater"
"""Beside headwater.yaml: what a lake has on this machine whose zones are elsewhere."""

_MOST_BYTES = 10_000_000
_MOST_DEFAULT_THREADS = 4
_CROSS_KEYS = frozenset({"match", "table", "partition", "schema", "mode"})


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a headwater.yaml, or of the folder it lies in.

    NoLake if it is not there; ConfigError with every mistake, in the order of the file.
    """
    file = path / FILE if path.is_dir() else path
    where = _shown(file)
    try:
        with file.open("rb") as opened:
            body = opened.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoLake(
            f"{where} is not there, so there is no lake here",
            hint="`headwater init` makes one; -C DIR names the folder of another",
        ) from error
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise ConfigError(
            f"{where} cannot be read: {why}", hint="make it a file that you may read"
        ) from error
    if len(body) > _MOST_BYTES:
        raise ConfigError(f"{where} is larger than 10 MB", hint="is it headwater.yaml?")
    return parse(_decoded(body, where), where, root=file.parent, environment=environment)


def parse(
    text: str,
    where: str = FILE,
    *,
    root: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    beside: Beside | None = None,
) -> Settings:
    """Settings of YAML text; where is what messages call it, root what its paths start from.

    Files that it names are read from root, unless they lie elsewhere, `beside` it.
    """
    document = read(text, environment)
    checked = check(document)
    folder = root if root is not None else Path(where).parent
    settings = _settings(checked.keys, folder)
    unsure = {str(path[1]) for path in checked.wrong if path[:1] == ("models",) and path[1:]}
    beside = beside or in_folder(_resolved(Path(), folder))
    modelled = models_of(checked.keys.models, settings.feeds, beside, unsure)
    settings = replace(settings, models=tuple(modelled.models))
    broken = [
        Mistake(line, path, rule.what, rule.hint)
        for rule in (*_broken(settings, checked), *modelled.broken)
        for path, line in [line_of(rule.path, document.lines)]
    ]
    mistakes = [*checked.mistakes, *broken]
    if mistakes:
        raise refusal(where, mistakes)
    return settings


def _shown(file: Path) -> str:
    """The path as one would type it here."""
    relative = os.path.relpath(file)
    return str(file) if relative.startswith(os.pardir) else relative


def _decoded(body: bytes, where: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{where}:{line}: byte {error.start + 1} of the file is not UTF-8",
            hint="save the file as UTF-8",
        ) from error


def _broken(settings: Settings, checked: Checked) -> Iterable[rules.Broken]:
    yield from rules.of_zones(settings.zones)
    yield from rules.of_catalog(settings)
    for at, what, hint in untellable(checked.keys.notify):
        yield rules.Broken(("notify", *at), what, hint)
    for feed in settings.feeds:
        place = ("feeds", feed.name, "expect")
        unclear = any(path[: len(place)] == place for path in checked.wrong)
        for rule in rules.of_feed(feed):
            if not unclear or rule.path[: len(place)] != place:
                yield rule
        yield from rules.of_budget(feed, settings.prices)
    # What has a wrong key was given its default, which may clash where the right one would not.
    unsure = {
        str(path[1])
        for path in checked.wrong
        if path[:1] == ("feeds",) and path[1:] and (_CROSS_KEYS & set(path[2:3]) or not path[2:])
    }
    yield from rules.between_feeds(settings.feeds, unsure)


def _settings(keys: LakeKeys, root: Path) -> Settings:
    root = _resolved(Path(), root)
    lake = _placed(root, keys.lake)
    given = keys.zones.model_dump()
    zones = {
        zone: _placed(root, given[zone]) if given[zone] else _below(lake, zone) for zone in ZONES
    }
    return Settings(
        root=root,
        home=lake if isinstance(lake, Path) else root / HOME,
        zones=zones,
        feeds=tuple(feed_of(name, feed) for name, feed in keys.feeds.items()),
        lease=keys.lease,
        retention=keys.retention,
        memory_bytes=keys.memory,
        threads=keys.threads or min(_MOST_DEFAULT_THREADS, _cores()),
        notify=tuple(notifier(each, root) for each in keys.notify),
        prices=_prices(keys.prices),
        ledger_url=None if keys.ledger is None else Url(keys.ledger),
        queue_url=None if keys.queue is None else Url(keys.queue),
        catalog_url=None if keys.catalog is None else Url(keys.catalog),
        athena_workgroup=keys.athena.workgroup,
        athena_limit_bytes=keys.athena.limit,
        metrics_url=None if keys.metrics is None else Url(keys.metrics),
        region=keys.region,
        kms_key=keys.kms_key,
    )


def _prices(keys: PriceKeys) -> Prices:
    given = {item: getattr(keys, item.value) for item in Item}
    return Prices(
        source=keys.source,
        region=keys.region,
        date=keys.date,
        currency=keys.currency,
        glue_least_seconds=int(keys.glue_least.total_seconds()),
        of={item: price for item, price in given.items() if price != TARIFFS[item].list_price},
    )


def _placed(root: Path, place: str) -> Place:
    return Url(place) if "://" in place else _resolved(root, place)


def _below(place: Place, name: str) -> Place:
    return place / name if isinstance(place, Path) else Url(f"{place}/{name}")


def _resolved(root: Path, path: str | Path) -> Path:
    # os.path's expanduser and realpath answer where Path's raise: no home, a loop of links.
    return Path(os.path.realpath(root / os.path.expanduser(path)))  # noqa: PTH111 - as said above


def _cores() -> int:
    """The cores this process may use; containers often allow fewer than there are."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def feed_of(name: str, keys: FeedKeys) -> Feed:
    """The feed that its keys declare."""
    schema = _schema(keys)
    return Feed(
        name=FeedName(name),
        match=tuple(dict.fromkeys(keys.match or [f"{name}/**"])),
        table=TableName(keys.table or name),
        format=keys.format,
        encoding=keys.encoding,
        member=keys.member,
        selection=_selection(keys),
        delimiter=keys.delimiter,
        quote=keys.quote,
        escape=keys.escape,
        comment=keys.comment,
        nulls=None if keys.nulls is None else tuple(dict.fromkeys(keys.nulls)),
        decimal=keys.decimal,
        grouping=keys.grouping or "",
        table_number=keys.table_number,
        header=keys.header,
        skip=keys.skip,
        ragged=keys.ragged,
        lenient=keys.lenient,
        schema=schema,
        rename=tuple(keys.rename.items()),
        refuse=tuple(keys.refuse),
        types=keys.types,
        timezone=keys.timezone,
        on_new_column=keys.on_new_column,
        on_rewrite=keys.on_rewrite,
        on_bad_value=keys.on_bad_value,
        max_bad=keys.max_bad or Tolerance(),
        steps=tuple(keys.steps),
        checks=tuple(keys.checks),
        expect=expectation(keys.expect, keys.timezone) if keys.expect else None,
        partition=tuple(_as_declared(by, schema) for by in keys.partition),
        mode=keys.mode,
        batch=BatchLimits(keys.batch.files, keys.batch.bytes, keys.batch.age),
        retries=Retries(
            keys.retries.attempts, keys.retries.first_delay, keys.retries.longest_delay
        ),
        compression=keys.compression.value,
        wide=keys.parquet is Pages.WIDE,
        compact_files=keys.compact,
        file_size_bytes=keys.file_size,
        lambda_below_bytes=keys.lambda_below,
        budget=Budget(keys.budget.per_run, keys.budget.per_month),
    )


def _schema(keys: FeedKeys) -> Schema:
    columns = (Column(of, kind, nullable) for of, (kind, nullable) in keys.columns.items())
    return Schema(tuple(columns))


def _selection(keys: FeedKeys) -> Selection:
    return Selection(
        row=keys.row,
        doctype=keys.doctype,
        sheet=keys.sheet,
        cells=keys.cells,
        columns=tuple(keys.places),
        pattern=keys.pattern,
        dump_table=keys.dump_table,
    )


def _as_declared(by: PartitionBy, schema: Schema) -> PartitionBy:
    """A partition names its column as the schema does, whatever case it was written in."""
    column = schema.find(by.column) if by.column is not None else None
    if column is None:
        return by
    name = column.name if by.function == "column" else by.name
    return PartitionBy(name, by.function, column.name)
