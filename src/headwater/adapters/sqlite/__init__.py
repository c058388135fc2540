"""The ledger and the queue of one machine, in SQLite files."""

from headwater.adapters.sqlite.ledger import SqliteLedger
from headwater.adapters.sqlite.queue import SqliteQueue

__all__ = ["SqliteLedger", "SqliteQueue"]
