"""What lies in a lake, read with no code of the flow.

Delta logs as JSON, Parquet through DuckDB, ledger and queue as SQL.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb

FEEDS = ("sales", "events", "orders", "clicks")


@dataclass
class Findings:
    """What does not hold."""

    lost: int = 0
    doubled: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether everything holds."""
        return not (self.lost or self.doubled or self.broken)


@dataclass
class Log:
    """A table's log, read by hand."""

    table: Path
    live: dict[str, dict[str, Any]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)  # by any version
    committed: Counter[str] = field(default_factory=Counter)
    dropped: set[str] = field(default_factory=set)

    @property
    def files(self) -> list[str]:
        """The parts that a reader of the present version opens."""
        return [str(self.table / path) for path in self.live if (self.table / path).is_file()]


def read_log(table: Path, found: Findings, until: int | None = None) -> Log:
    """Replay the log's entries, or those up to a version: adds, removes, transaction ids."""
    log = Log(table)
    entries = sorted(table.glob("_delta_log/*.json"))[: None if until is None else until + 1]
    versions = [int(entry.stem) for entry in entries]
    if versions != list(range(len(versions))):
        found.broken.append(f"I7: {table.name}: versions {versions}")
    for entry in entries:
        _replay(log, [json.loads(line) for line in entry.read_text().splitlines() if line], found)
    found.broken += [
        f"I1: manifest {m} committed {n} times" for m, n in log.committed.items() if n > 1
    ]
    for path, add in log.live.items():
        there = table / path
        if not there.is_file() or there.stat().st_size != add["size"]:
            found.broken.append(f"I6: {table.name}/{path} is not there as the log says")
    return log


def _replay(log: Log, actions: list[dict[str, Any]], found: Findings) -> None:
    ids = {action["txn"]["appId"] for action in actions if "txn" in action}
    said = next((a["commitInfo"].get("headwater") for a in actions if "commitInfo" in a), None)
    about = json.loads(said) if isinstance(said, str) else (said or {})
    if about.get("kind") == "fence":
        log.dropped |= ids
    elif about.get("manifest") or about.get("kind") == "compaction":
        log.committed[about.get("manifest") or about["attempt"]] += 1
        late = sorted(ids & log.dropped)
        found.broken += [f"I10: {each} committed after its fence" for each in late]
    for action in actions:
        if "remove" in action:
            log.live.pop(unquote(action["remove"]["path"]), None)
    added = {unquote(action["add"]["path"]): action["add"] for action in actions if "add" in action}
    log.live.update(added)
    log.named.update(added)


def select(columns: str, files: list[str]) -> list[tuple[Any, ...]]:
    """Rows of Parquet files."""
    if not files:
        return []
    with duckdb.connect(config={"threads": 1}) as connection:
        sql = f"select {columns} from read_parquet(?, hive_partitioning = false)"
        return connection.execute(sql, [files]).fetchall()


def kinds(column: str, files: list[str]) -> set[str]:
    """The types that a column has in Parquet files."""
    if not files:
        return set()
    with duckdb.connect(config={"threads": 1}) as connection:
        sql = "select distinct type, logical_type from parquet_schema(?) where name = ?"
        return {str(row) for row in connection.execute(sql, [files, column]).fetchall()}


@contextmanager
def asked(database: Path) -> Iterator[sqlite3.Connection]:
    """A database that is only read."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        yield connection


def receipts(ledger: sqlite3.Connection, feed: str) -> Iterator[dict[str, Any]]:
    """The receipts of what is settled."""
    sql = "select body from receipts where feed = ? and settled_at is not null"
    for (body,) in ledger.execute(sql, [feed]):
        yield json.loads(body)


def visible(ledger: sqlite3.Connection) -> set[str]:
    """Arrivals whose rows a reader sees, as the ledger says."""
    return {row[0] for row in ledger.execute("select id from arrivals where state = 'completed'")}
