"""One SQLite file, open once in each thread: write transactions, reads, patience with locks."""

from __future__ import annotations

import os
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import apsw

from headwater.adapters.sqlite.failure import BUSY, explained
from headwater.adapters.sqlite.hold import Hold
from headwater.adapters.sqlite.migrate import migrate
from headwater.adapters.sqlite.queries import queries
from headwater.errors import LedgerError

T = TypeVar("T")

PATIENCE_SECONDS = 600.0
_LOCK_SECONDS = 60.0  # for one lock, before the whole transaction starts again
_LONGEST_PAUSE_SECONDS = 0.05

_SETTINGS = (
    "pragma synchronous = normal",
    "pragma fullfsync = on",  # a Mac's fsync alone does not reach the disk
    "pragma cell_size_check = on",  # sees more damage, sooner
    "pragma trusted_schema = off",
    "pragma temp_store = memory",
    "pragma journal_size_limit = 67108864",
)

_forked: list[object] = []


class Transaction:
    """Named queries on one connection."""

    def __init__(self, connection: apsw.Connection, named: Mapping[str, str]) -> None:
        self.connection = connection
        self.named = named

    def all(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Every row."""
        return list(self.connection.execute(self.named[query], values))

    def one(self, query: str, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self.all(query, **values)), None)

    def run(self, query: str, **values: Any) -> int:
        """How many rows it changed."""
        before = self.connection.total_changes()
        self.connection.execute(self.named[query], values)
        return self.connection.total_changes() - before

    def each(self, query: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """How many rows it changed, run once for each set of values."""
        before = self.connection.total_changes()
        self.connection.executemany(self.named[query], rows)
        return self.connection.total_changes() - before


class Database:
    """One SQLite file. Safe to use from several threads; processes open their own."""

    def __init__(
        self,
        path: Path,
        room: str,
        *,
        hold: Hold | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.path = path
        self._hold = hold
        self._named = queries(room)
        self._patience_seconds = patience_seconds
        self._local = threading.local()
        self._opened: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._pid = os.getpid()
        self.read(lambda tx: tx.connection.pragma("user_version"))

    def write(self, work: Callable[[Transaction], T], *, durable: bool = False) -> T:
        """Do work in a transaction that has the write lock from its start.

        Work may be done again after a lock error, from a clean slate. A durable one is on
        the disk when this returns, and so is everything written before it; another one
        outlives the death of the process, but a power cut may undo it.
        """
        if self._hold is not None:
            self._hold.share()  # before a connection is chosen: the file may just have changed
        level = "full" if durable else "normal"

        def transact(connection: apsw.Connection) -> T:
            connection.execute(f"pragma synchronous = {level}")
            return self._transact(connection, "begin immediate", work)

        return self._patiently(transact)

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Do work on one unchanging view of the file."""
        return self._patiently(lambda connection: self._transact(connection, "begin", work))

    def close(self) -> None:
        """Close every thread's connection; the next use opens anew."""
        for connection in list(self._opened):
            connection.close()
        self._opened.clear()
        self._local = threading.local()
        if self._hold is not None:
            self._hold.let_go()

    def _transact(
        self, connection: apsw.Connection, begin: str, work: Callable[[Transaction], T]
    ) -> T:
        connection.execute(begin)
        try:
            answer = work(Transaction(connection, self._named))
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        return answer

    def _patiently(self, step: Callable[[apsw.Connection], T]) -> T:
        deadline = time.monotonic() + self._patience_seconds
        while True:
            connection: apsw.Connection | None = None
            try:
                connection = self._connection()
                return step(connection)
            except BUSY as cause:
                if time.monotonic() > deadline:
                    raise explained(cause, self.path) from cause
                _pause()
            except (apsw.Error, OSError) as cause:
                failed = connection.system_errno if connection else 0
                raise explained(cause, self.path, system_errno=failed) from cause

    def _connection(self) -> apsw.Connection:
        if self._pid != os.getpid():
            self._leave_to_the_parent()
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._local.file == self._file():
            return connection
        if connection is not None:
            connection.close()  # the file was replaced: what is written to the old one is lost
        connection = self._open()
        self._local.connection, self._local.file = connection, self._file()
        self._opened.add(connection)
        return connection

    def _file(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _leave_to_the_parent(self) -> None:
        # SQLite must not be used across a fork, not even to close it: so keep it unused.
        _forked.append(self._local)
        self._local = threading.local()
        self._opened = weakref.WeakSet()
        self._pid = os.getpid()

    def _open(self) -> apsw.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = apsw.Connection(str(self.path))
        try:
            connection.set_busy_handler(_Patience(min(_LOCK_SECONDS, self._patience_seconds)))
            for setting in _SETTINGS:
                connection.execute(setting)
            self._require_wal(connection)
            migrate(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_wal(self, connection: apsw.Connection) -> None:
        if connection.pragma("journal_mode", "wal") != "wal":
            raise LedgerError(
                f"{self.path} lies on a file system that SQLite cannot share safely",
                hint="put the lake's ledger on a local disk",
            )


class _Patience:
    """SQLite's busy handler, in Python so that Ctrl-C ends the wait."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = 0.0

    def __call__(self, earlier_calls: int) -> bool:
        if earlier_calls == 0:
            self._since = time.monotonic()
        if time.monotonic() - self._since > self._seconds:
            return False
        _pause(earlier_calls)
        return True


def _pause(earlier: int = 4) -> None:
    longest = min(0.001 * 2.0 ** min(earlier, 10), _LONGEST_PAUSE_SECONDS)
    time.sleep(random.uniform(0, longest))
