"""A catalogue in this process's memory: for tests, and for looking at a flow without an account."""

from __future__ import annotations

from threading import Lock

from headwater.errors import UsageError
from headwater.model.ids import TableName
from headwater.ports.catalogue import Entry, Shown


class MemoryCatalogue:
    """Entries in a dictionary; nothing outlives the process."""

    def __init__(self) -> None:
        self.entries: dict[TableName, Entry | None] = {}  # None: another tool's
        self._lock = Lock()

    def find(self, table: TableName) -> Shown | None:
        """What is shown under that name; see the port."""
        if table not in self.entries:
            return None
        entry = self.entries[table]
        if entry is None:
            raise _foreign(table)
        return _shown(entry)

    def shown(self) -> list[Shown]:
        """Every table that Headwater has put there, by name."""
        return [_shown(each) for _, each in sorted(self.entries.items()) if each is not None]

    def show(self, entry: Entry) -> bool:
        """Show the table as the entry has it; see the port."""
        with self._lock:
            there = self.find(entry.table)
            if there is not None and there.location != entry.location:
                raise _foreign(entry.table)
            if there is not None and there.version > entry.version:
                return False
            changed = self.entries.get(entry.table) != entry
            self.entries[entry.table] = entry
            return changed

    def drop(self, table: TableName, location: str) -> bool:
        """Show the table no more; see the port."""
        with self._lock:
            entry = self.entries.get(table)
            if entry is None or entry.location != location:
                return False
            del self.entries[table]
            return True


def _shown(entry: Entry) -> Shown:
    return Shown(entry.table, entry.version, entry.location)


def _foreign(table: TableName) -> UsageError:
    return UsageError(
        f"table {table} is there already, and is not this lake's", hint="name another catalogue"
    )
