"""The composition root: settings become a Lake; the only importer of adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from headwater.adapters.aws.reach import WITHIN_SECONDS
from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.adapters.notify import CommandNotifier, FileNotifier, WebhookNotifier
from headwater.adapters.objects.vetted import Vetting
from headwater.adapters.zoned import ZonedTables
from headwater.config.load import load
from headwater.config.options import feed_from
from headwater.config.settings import Settings
from headwater.errors import LedgerError, StoreError, UsageError
from headwater.flow.world import World, Zones
from headwater.lake import Lake
from headwater.look.content import Content
from headwater.look.read import read
from headwater.model.clock import Clock, utc_now
from headwater.model.notify import Command, File, Notify, Topic, Webhook
from headwater.model.progress import Watch, nobody
from headwater.ports.engine import Limits
from headwater.ports.ledger import Ledger
from headwater.ports.notifier import Notifier
from headwater.reading.source import spell
from headwater.wiring.places import (
    asked_elsewhere,
    catalogue_of,
    engines,
    hearing,
    ledger_of,
    metrics_of,
    queue_of,
    replace_ledger,
    store_at,
    tables_at,
    topic_told,
)

__all__ = ["CONFIGURATION", "Content", "open_lake", "read_file", "wire"]

CONFIGURATION = "headwater.yaml"
_T = TypeVar("_T")


def open_lake(
    path: str | PathLike[str] = ".", *, clock: Clock = utc_now, patient: bool = False
) -> Lake:
    """Open the lake of a headwater.yaml, or of the folder that holds one.

    Who is patient goes on asking a service that has never answered.
    """
    where = Path(path)
    settings = load(where / CONFIGURATION if where.is_dir() else where)
    within = None if patient else WITHIN_SECONDS
    return wire(replace(settings, first_answer_seconds=within), clock)


def wire(settings: Settings, clock: Clock = utc_now, *, laid_down: bool = False) -> Lake:
    """Put a lake together; of one that was laid down it is known that its stores are fit."""
    for place in (settings.home, *settings.zones.values()):
        if isinstance(place, Path):
            _require_text(place)
    settings.home.mkdir(parents=True, exist_ok=True)
    ledger: Ledger = _opened(lambda: ledger_of(settings))
    vetting = None if laid_down else Vetting(settings.home / ".fit")
    stores = {zone: store_at(settings, place, vetting) for zone, place in settings.zones.items()}
    engine, asker, staging = engines(stores.values())
    world = World(
        feeds=settings.feeds,
        zones=Zones(
            raw=stores["raw"],
            processed=stores["processed"],
            curated=stores["curated"],
            quarantine=stores["quarantine"],
            manifests=stores["manifests"],
        ),
        queue=_opened(lambda: queue_of(settings, clock)),
        ledger=ledger,
        tables=ZonedTables(
            tables_at(settings, "processed", stores["processed"], clock),
            tables_at(settings, "curated", stores["curated"], clock),
            [model.table for model in settings.models],
        ),
        engine=engine,
        asker=asker,
        scratch=settings.home / ".scratch",
        limits=Limits(memory_bytes=settings.memory_bytes, threads=settings.threads),
        lease=settings.lease,
        retention=settings.retention,
        clock=clock,
        models=settings.models,
        root=settings.root,
        notifiers=tuple(_notifier(each, settings) for each in settings.notify),
        prices=settings.prices,
        hears=hearing(settings),
        staging=staging,
        looks_are_billed=bool(settings.ledger_url or settings.queue_url),
        peeker=DuckEngine,
        catalogue=catalogue_of(settings),
        metrics=metrics_of(settings),
        elsewhere=asked_elsewhere(settings),
    )
    return Lake(
        world,
        settings.root,
        new_ledger=lambda fill: replace_ledger(settings, ledger, fill),
    )


def _notifier(notify: Notify, settings: Settings) -> Notifier:
    match notify.way:
        case Command():
            return CommandNotifier(notify, notify.way, settings.root)
        case File():
            return FileNotifier(notify, notify.way)
        case Webhook():
            return WebhookNotifier(notify, notify.way)
        case Topic():
            return topic_told(notify, notify.way, settings)


def read_file(
    source: str | PathLike[str] | BinaryIO,
    options: Mapping[str, Any],
    *,
    head_bytes: int | None = None,
    watch: Watch = nobody,
) -> Content:
    """Read a file or stream without a lake, or its head, with options that are keys of a feed."""
    named = Path(source) if isinstance(source, str | PathLike) else source
    return read(
        DuckEngine(), DuckAsker(), named, feed_from(options), head_bytes=head_bytes, watch=watch
    )


def _require_text(folder: Path) -> None:
    if spell(folder) != str(folder):
        raise UsageError(
            f"{spell(folder)} is no name for a lake's folder: it is not UTF-8 text",
            hint="give the folder another name; files that land may have any",
        )


class _Shut:
    """A ledger or queue that does not open: whoever asks it is told why.

    It is tried anew each time, since a new ledger may lie there. Whoever asks nothing of it
    is not held up: tables can be queried where nothing can be written.
    """

    def __init__(self, opening: Callable[[], object]) -> None:
        self._opening = opening

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opening(), name)

    def close(self) -> None:
        """Nothing is open."""


def _opened(opening: Callable[[], _T]) -> _T:
    try:
        return opening()
    except (LedgerError, StoreError):
        return cast("_T", _Shut(opening))
