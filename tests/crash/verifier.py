"""Is every row there once? Asked of files and databases, with no code of the flow.

It reads Delta logs as JSON, Parquet through DuckDB, ledger and queue as SQL, and
compares them with what the plan says must be there.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb

from tests.crash.plan import Plan

ENDED = ("completed", "superseded", "quarantined", "duplicate", "stale", "unrouted")


@dataclass
class Findings:
    """What does not hold after an iteration."""

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

    live: dict[str, dict[str, Any]] = field(default_factory=dict)
    committed: Counter[str] = field(default_factory=Counter)
    fenced_then_committed: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)


def verify(lake: Path, plan: Plan) -> Findings:
    """Look at everything an iteration left behind."""
    found = Findings()
    ledger = sqlite3.connect(f"file:{lake}/ledger.sqlite?mode=ro", uri=True)
    try:
        for feed in ("sales", "events"):
            log = read_log(lake / "processed" / feed, found)
            per_arrival = _rows(lake, feed, log, plan, found)
            _books(ledger, feed, per_arrival, found)
            _strays(lake / "processed" / feed, log, found)
        _arrivals(ledger, found)
        _refusals(lake, ledger, plan, found)
    finally:
        ledger.close()
    _raw(lake, plan, found)
    _queue(lake, found)
    return found


def read_log(table: Path, found: Findings) -> Log:
    """Replay the log's entries: adds, removes, transaction ids."""
    log = Log()
    entries = sorted(table.glob("_delta_log/*.json"))
    log.versions = [int(entry.stem) for entry in entries]
    if log.versions != list(range(len(log.versions))):
        found.broken.append(f"I7: {table.name}: versions {log.versions}")
    dropped: set[str] = set()
    for entry in entries:
        actions = [json.loads(line) for line in entry.read_text().split("\n") if line]
        ids = {action["txn"]["appId"] for action in actions if "txn" in action}
        adds = [action["add"] for action in actions if "add" in action]
        said = next((a["commitInfo"].get("headwater") for a in actions if "commitInfo" in a), None)
        about = json.loads(said) if isinstance(said, str) else (said or {})
        if about.get("kind") == "fence":
            dropped |= ids
        elif about.get("manifest"):
            log.committed[about["manifest"]] += 1
            log.fenced_then_committed += sorted(ids & dropped)
        for action in actions:
            if "remove" in action:
                log.live.pop(unquote(action["remove"]["path"]), None)
        log.live.update({unquote(add["path"]): add for add in adds})
    found.broken += [
        f"I1: manifest {m} committed {n} times" for m, n in log.committed.items() if n > 1
    ]
    found.broken += [f"I10: {each} committed after its fence" for each in log.fenced_then_committed]
    return log


def _rows(lake: Path, feed: str, log: Log, plan: Plan, found: Findings) -> Counter[str]:
    expected = plan.rows(feed)
    files = []
    for path, add in log.live.items():
        there = lake / "processed" / feed / path
        if not there.is_file() or there.stat().st_size != add["size"]:
            found.broken.append(f"I6: {feed}/{path} is not there as the log says")
        else:
            files.append(str(there))
    seen: Counter[str] = Counter()
    per_arrival: Counter[str] = Counter()
    if files:
        with duckdb.connect() as connection:
            sql = "select id, _arrival from read_parquet(?, hive_partitioning = false)"
            for row, arrival in connection.execute(sql, [files]).fetchall():
                seen[row] += 1
                per_arrival[arrival] += 1
    found.lost += sum((expected - seen).values())
    found.doubled += sum((seen - expected).values())
    return per_arrival


def _books(
    ledger: sqlite3.Connection, feed: str, per_arrival: Counter[str], found: Findings
) -> None:
    written: Counter[str] = Counter()
    sql = "select body from receipts where feed = ? and settled_at is not null"
    visible = {
        row[0]
        for row in ledger.execute(
            "select id from arrivals where feed = ? and state = 'completed'", [feed]
        )
    }
    for (body,) in ledger.execute(sql, [feed]):
        for file in json.loads(body)["files"]:
            books = file["books"]
            total = sum(
                books[each] for each in ("written", "quarantined", "filtered", "deduplicated")
            )
            if books["counted"] != total:
                found.broken.append(f"I4: {file['key']}: {books}")
            if file["arrival"] in visible and books["written"]:
                written[file["arrival"]] = books["written"]
    if written != per_arrival:
        found.broken.append(f"I1: {feed}: receipts {dict(written)}, rows {dict(per_arrival)}")


def _arrivals(ledger: sqlite3.Connection, found: Findings) -> None:
    for key, state, cause in ledger.execute("select key, state, cause from arrivals"):
        if state not in ENDED:
            found.broken.append(f"I0: {key} is {state}: {cause}")
    for name, state in ledger.execute("select id, state from manifests"):
        if state != "committed":
            found.broken.append(f"I0: manifest {name} is {state}")
    double = ledger.execute(
        "select key, count(*) from arrivals where state = 'completed' group by feed, key "
        "having count(*) > 1"
    )
    found.broken += [f"I3: {key} is visible {count} times" for key, count in double]


def _refusals(lake: Path, ledger: sqlite3.Connection, plan: Plan, found: Findings) -> None:
    visible = {
        row[0] for row in ledger.execute("select id from arrivals where state = 'completed'")
    }
    for feed in ("sales", "events"):
        seen: Counter[str] = Counter()
        sql = "select body from receipts where feed = ? and settled_at is not null"
        names = {
            name for (body,) in ledger.execute(sql, [feed]) for name in json.loads(body)["refusals"]
        }
        files = [str(lake / "quarantine" / feed / name) for name in sorted(names)]
        if files:
            with duckdb.connect() as connection:
                rows = connection.execute(
                    "select arrival, key from read_parquet(?) where line is not null", [files]
                ).fetchall()
            seen.update(key.rpartition("/")[2] for arrival, key in rows if arrival in visible)
        if seen != plan.refused(feed):
            found.broken.append(f"I4: {feed}: refused {dict(seen)}, not {dict(plan.refused(feed))}")


def _raw(lake: Path, plan: Plan, found: Findings) -> None:
    files = [p for p in (lake / "raw").rglob("*") if p.is_file()]
    there = {hashlib.sha256(path.read_bytes()).digest() for path in files}
    for file in plan.versions:
        if hashlib.sha256(file.body).digest() not in there:
            found.broken.append(f"I11: the bytes of a version of {file.name} are gone")


def _strays(table: Path, log: Log, found: Findings) -> None:
    for path in table.rglob("*"):
        name = str(path.relative_to(table))
        if path.is_file() and not name.startswith("_delta_log") and name not in log.live:
            found.broken.append(f"I13: {table.name}/{name} is in no version")


def _queue(lake: Path, found: Findings) -> None:
    queue = sqlite3.connect(f"file:{lake}/queue.sqlite?mode=ro", uri=True)
    (dead,) = queue.execute("select count(*) from messages where dead").fetchone()
    queue.close()
    if dead:
        found.broken.append(f"I9: {dead} dead letters")
