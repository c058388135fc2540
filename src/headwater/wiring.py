"""The composition root: settings become a Lake; the only importer of adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from headwater.adapters.delta import DeltaTables
from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.adapters.files import FileStore
from headwater.adapters.notify import CommandNotifier, FileNotifier, WebhookNotifier
from headwater.adapters.sqlite.hold import alone
from headwater.adapters.sqlite.ledger import SqliteLedger
from headwater.adapters.sqlite.queue import SqliteQueue
from headwater.adapters.zoned import ZonedTables
from headwater.config.load import load
from headwater.config.options import feed_from
from headwater.config.settings import Settings
from headwater.errors import LedgerError, StoreError, UsageError
from headwater.flow.rebuild import Rebuilt
from headwater.flow.world import World, Zones
from headwater.lake import Lake
from headwater.look.content import Content
from headwater.look.read import read
from headwater.model.clock import Clock, utc_now
from headwater.model.notify import Command, File, Notify, Webhook
from headwater.model.progress import Watch, nobody
from headwater.ports.engine import Limits
from headwater.ports.ledger import Ledger
from headwater.ports.notifier import Notifier
from headwater.reading.source import spell

__all__ = ["CONFIGURATION", "Content", "open_lake", "read_file", "wire"]

CONFIGURATION = "headwater.yaml"
_T = TypeVar("_T")


def open_lake(path: str | PathLike[str] = ".", *, clock: Clock = utc_now) -> Lake:
    """Open the lake of a headwater.yaml, or of the folder that holds one."""
    where = Path(path)
    settings = load(where / CONFIGURATION if where.is_dir() else where)
    return wire(settings, clock)


def wire(settings: Settings, clock: Clock = utc_now) -> Lake:
    """Put a lake together."""
    for folder in (settings.lake, *settings.zones.values()):
        _require_text(folder)
    settings.lake.mkdir(parents=True, exist_ok=True)
    ledger: Ledger = _opened(lambda: SqliteLedger(settings.ledger))
    world = World(
        feeds=settings.feeds,
        zones=Zones(
            raw=FileStore(settings.zones["raw"]),
            processed=FileStore(settings.zones["processed"]),
            curated=FileStore(settings.zones["curated"]),
            quarantine=FileStore(settings.zones["quarantine"]),
            manifests=FileStore(settings.zones["manifests"]),
        ),
        queue=_opened(lambda: SqliteQueue(settings.queue, clock=clock)),
        ledger=ledger,
        tables=ZonedTables(
            DeltaTables(settings.zones["processed"]),
            DeltaTables(settings.zones["curated"]),
            [model.table for model in settings.models],
        ),
        engine=DuckEngine,
        asker=DuckAsker(),
        scratch=settings.lake / ".scratch",
        limits=Limits(memory_bytes=settings.memory_bytes, threads=settings.threads),
        lease=settings.lease,
        retention=settings.retention,
        clock=clock,
        models=settings.models,
        root=settings.root,
        notifiers=tuple(_notifier(each, settings.root) for each in settings.notify),
    )
    return Lake(
        world,
        settings.root,
        new_ledger=lambda fill: _replace_ledger(settings.ledger, ledger, fill),
    )


def _notifier(notify: Notify, root: Path) -> Notifier:
    match notify.way:
        case Command():
            return CommandNotifier(notify, notify.way, root)
        case File():
            return FileNotifier(notify, notify.way)
        case Webhook():
            return WebhookNotifier(notify, notify.way)


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


def _replace_ledger(path: Path, present: Ledger, fill: Callable[[Ledger], Rebuilt]) -> Rebuilt:
    """Fill a ledger beside the present one, and put it in its place once it is whole."""
    # Closed first: it lets go of its share in writing, and SQLite removes the journal of what
    # it closes by name. It opens again, and then finds the new one, when it is next asked.
    present.close()
    with alone(path):
        beside = path.with_name("ledger.rebuilt.sqlite")
        _remove(beside)
        fresh = SqliteLedger(beside)
        try:
            rebuilt = fill(fresh)
        finally:
            fresh.close()
            beside.with_name(beside.name + ".lock").unlink(missing_ok=True)
        present.close()
        _remove(path)
        beside.replace(path)
    return rebuilt


def _remove(database: Path) -> None:
    for suffix in ("-wal", "-shm", ""):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
