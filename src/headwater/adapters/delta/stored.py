"""Logs in a store that many machines share: read through a mirror, written by put-if-absent."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from headwater.adapters.delta.draft import DRAFTS, Draft, abandoned, draft, drafts_of
from headwater.adapters.delta.lease import Lease
from headwater.adapters.delta.log import LOG
from headwater.adapters.delta.mirror import Mirror
from headwater.adapters.delta.place import Lying
from headwater.adapters.delta.turn import turn
from headwater.errors import CommitUnknown, ObjectExists, StoreError
from headwater.model.clock import Clock, utc_now
from headwater.model.ids import TableName
from headwater.points import point
from headwater.ports.store import Store

_LEASES = "_leases"  # beside the tables: no table has such a name
_THREADS = 8
_LOST_SECONDS = 0.1  # whoever lost a race lets writers of other machines go on meanwhile


class StoredTables:
    """The tables of a store's zone: `<table>/` holds parts and `_delta_log`.

    `mirror` is a folder of this machine for copies of logs, and for drafts. It may be lost at
    any time, and any number of processes may share it; it is of no use to another store.
    """

    def __init__(self, store: Store, mirror: Path, clock: Clock = utc_now) -> None:
        self._store = store
        self._mirror = mirror
        self._clock = clock

    def names(self) -> list[str]:
        """What lies there and may be a table, by name."""
        names: list[str] = []
        behind = ""
        while (stat := next(iter(self._store.list(after=behind)), None)) is not None:
            name, folder, _ = stat.name.partition("/")
            if folder:
                names.append(name)
            behind = f"{name}/\U0010ffff" if folder else name
        return names

    def log(self, table: TableName) -> StoredLog:
        """A table's log, whether there is one or not."""
        return StoredLog(self._store, self._mirror / table, self._clock)

    def abandoned(self, older_than: datetime) -> Iterator[Path]:
        """Drafts on this machine of writers that died before then."""
        for drafts in (self._mirror / DRAFTS).glob("*"):
            yield from abandoned(drafts, older_than.timestamp())


class StoredLog:
    """A log that is read where its mirror lies."""

    def __init__(self, store: Store, folder: Path, clock: Clock) -> None:
        self._store = store
        self._table = folder.name
        self._folder = folder
        self._mirror = Mirror(store, folder.name, folder)
        self._clock = clock

    @property
    def location(self) -> str:
        """The URL below which the table's parts lie."""
        return self._store.locate(self._table)

    def newest(self) -> int | None:
        """The greatest version that a name in it tells; None: there is no table."""
        return self._mirror.newest()

    def exists(self) -> bool:
        """Whether there is a table."""
        return self._mirror.exists()

    def prepare(self) -> None:
        """Nothing: a store has no folders."""

    def state(self) -> Path:
        """The mirror, with what the newest state needs."""
        self._mirror.refresh()
        return self._folder

    def entries(self, versions: Iterable[int]) -> Path:
        """The mirror's log, with these entries in it."""
        self._mirror.bring(versions)
        return self._mirror.folder

    def since(self, version: int) -> Path:
        """The mirror's log, with every entry from that version on."""
        self._mirror.bring_since(version)
        return self._mirror.folder

    def find(self, paths: Sequence[str]) -> list[Lying | None]:
        """The files of parts, in the order given; None for one that is not there."""
        if not paths:
            return []
        with ThreadPoolExecutor(min(len(paths), _THREADS)) as pool:
            return list(pool.map(self._find, paths))

    def turn(self) -> AbstractContextManager[None]:
        """Wait until the writers that share the mirror are done, with some patience."""
        self._mirror.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return turn(drafts_of(self._folder), self._mirror.folder)

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """A draft of the log as it is now; it is gone afterwards."""
        self._mirror.refresh()
        with draft(self._folder, Putting(self._store, self._table, self._mirror)) as copy:
            yield copy

    def confirm(self) -> None:
        """Nothing: what a store shows, it keeps."""

    def hold(self) -> AbstractContextManager[bool]:
        """Hold the right to compact the table; False where somebody else has it."""
        return self._lease.hold()

    def held(self) -> bool:
        """Whether somebody who lives holds that right."""
        return self._lease.held()

    @property
    def _lease(self) -> Lease:
        return Lease(self._store, f"{_LEASES}/{self._table}", self._clock)

    def _find(self, path: str) -> Lying | None:
        stat = self._store.stat(f"{self._table}/{path}")
        if stat is None:
            return None
        return Lying(stat.size_bytes, int(stat.modified_at.timestamp() * 1000))


class Putting:
    """Publishes by creates: of those who put one version, the store takes one."""

    def __init__(self, store: Store, table: str, mirror: Mirror) -> None:
        self._store = store
        self._table = table
        self._mirror = mirror

    def entry(self, made: Path) -> bool:
        """Put the entry into the log; False if its version is taken."""
        name, body = self._name(made), made.read_bytes()
        try:
            self._store.create(name, body)
        except ObjectExists:
            if self._store.read(name) != body:
                time.sleep(random.uniform(0, _LOST_SECONDS))
                return False
        except StoreError as error:
            raise CommitUnknown(
                f"{self._table}: nobody can say whether the entry is in its log: {error.message}",
                hint="repeat the same commit: it is recognised if it is in",
            ) from error
        point("log.committed_unsynced")
        self._mirror.keep(made)
        return True

    def checkpoint(self, made: Path, hint: Path) -> None:
        """Put the checkpoint, then the note that names it.

        The note is replaced by removing it: for a moment there is none, and readers list
        the log instead.
        """
        note = self._name(hint)
        with suppress(ObjectExists):
            self._store.create(self._name(made), made.read_bytes())
        self._store.delete(note)
        with suppress(ObjectExists):
            self._store.create(note, hint.read_bytes())

    def _name(self, made: Path) -> str:
        return f"{self._table}/{LOG}/{made.name}"
