"""What a lake stands on: files or buckets, tables, ledger, queue, as its configuration says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from headwater.adapters.delta import DeltaTables
from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.adapters.files import FileStore
from headwater.adapters.sqlite.hold import alone
from headwater.adapters.sqlite.ledger import SqliteLedger
from headwater.adapters.sqlite.queue import SqliteQueue
from headwater.adapters.staging import Places, Shelf, StagedAsker, StagedEngine
from headwater.config.settings import Place, Settings
from headwater.flow.rebuild import Rebuilt
from headwater.model.clock import Clock
from headwater.ports.engine import Asker, Engine
from headwater.ports.ledger import Ledger
from headwater.ports.queue import Queue
from headwater.ports.store import Store
from headwater.ports.tables import Tables


def store_at(settings: Settings, place: Place) -> Store:
    """The objects of a zone."""
    if isinstance(place, Path):
        return FileStore(place)


def tables_at(settings: Settings, zone: str, store: Store) -> Tables:
    """The tables of a zone."""
    place = settings.zones[zone]
    if isinstance(place, Path):
        return DeltaTables(place)


def engines(stores: Iterable[Store]) -> tuple[Callable[[], Engine], Asker]:
    """What converts, and what answers: both work on files, and far objects are staged."""
    places = Places([each for each in stores if not each.abilities.local_paths])
    if not places:
        return DuckEngine, DuckAsker()
    shelf = Shelf(places)
    return lambda: StagedEngine(DuckEngine(), places, shelf), StagedAsker(DuckAsker(), shelf)


def ledger_of(settings: Settings) -> Ledger:
    """The ledger."""
    if settings.ledger_url is None:
        return SqliteLedger(settings.ledger)


def queue_of(settings: Settings, clock: Clock) -> Queue:
    """The queue."""
    if settings.queue_url is None:
        return SqliteQueue(settings.queue, clock=clock)


def replace_ledger(
    settings: Settings, present: Ledger, fill: Callable[[Ledger], Rebuilt]
) -> Rebuilt:
    """Fill a ledger beside the present one, and put it in its place once it is whole."""
    path = settings.ledger
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
