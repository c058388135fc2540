"""Is every row there once? Asked of files and databases, with no code of the flow.

It reads Delta logs as JSON, Parquet through DuckDB, ledger and queue as SQL, and
compares them with what the plan says must be there.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
from blake3 import blake3

from tests.crash.plan import Plan

ENDED = ("completed", "superseded", "quarantined", "duplicate", "stale", "unrouted")
FEEDS = ("sales", "events")
KINDS = ("written", "quarantined", "filtered", "deduplicated")


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
    dropped: set[str] = field(default_factory=set)
    fenced_then_committed: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)


def verify(lake: Path, plan: Plan) -> Findings:
    """Look at everything an iteration left behind."""
    found = Findings()
    with _asked(lake / "ledger.sqlite") as ledger:
        for feed in FEEDS:
            log = read_log(lake / "processed" / feed, found)
            per_arrival = _rows(lake, feed, log, plan, found)
            _books(ledger, feed, per_arrival, found)
            _strays(lake / "processed" / feed, log, found)
            _given_up(lake, ledger, feed, log, found)
        _arrivals(ledger, found)
        _refusals(lake, ledger, plan, found)
    _raw(lake, plan, found)
    _queue(lake, found)
    return found


def verify_moment(lake: Path, plan: Plan) -> list[str]:
    """What a reader sees right now: of each arrival all good rows of its version, each once."""
    found = Findings()
    good = {
        (file.feed, blake3(file.body).hexdigest()): Counter(file.good) for file in plan.versions
    }
    versions = _versions(lake)
    for feed in FEEDS:
        log = read_log(lake / "processed" / feed, found)
        files = _live_files(lake, feed, log, found)
        shown: dict[str, Counter[str]] = {}
        for row, arrival in _select("id, _arrival", files):
            shown.setdefault(arrival, Counter())[row] += 1
        for arrival, rows in shown.items():
            version = versions.get(arrival)
            if version is not None and rows != good.get((feed, version), rows):
                found.broken.append(f"I2: arrival {arrival} of {feed} shows {dict(rows)}")
    return found.broken


def parts_of(lake: Path) -> set[str]:
    """Every part file there is."""
    return {str(path) for path in (lake / "processed").glob("*/**/*.parquet") if _is_part(path)}


def held(lake: Path) -> list[str]:
    """Attempts whose lease is still running; their parts bear their names."""
    with _asked(lake / "ledger.sqlite") as ledger:
        sql = (
            "select id || '-' || attempt from manifests "
            "where state in ('claimed', 'staged') and lease_until > ?"
        )
        return [row[0] for row in ledger.execute(sql, [int(time.time() * 1_000_000)])]


def read_log(table: Path, found: Findings) -> Log:
    """Replay the log's entries: adds, removes, transaction ids."""
    log = Log()
    entries = sorted(table.glob("_delta_log/*.json"))
    log.versions = [int(entry.stem) for entry in entries]
    if log.versions != list(range(len(log.versions))):
        found.broken.append(f"I7: {table.name}: versions {log.versions}")
    for entry in entries:
        actions = [json.loads(line) for line in entry.read_text().splitlines() if line]
        ids = {action["txn"]["appId"] for action in actions if "txn" in action}
        adds = [action["add"] for action in actions if "add" in action]
        said = next((a["commitInfo"].get("headwater") for a in actions if "commitInfo" in a), None)
        about = json.loads(said) if isinstance(said, str) else (said or {})
        if about.get("kind") == "fence":
            log.dropped |= ids
        elif about.get("manifest"):
            log.committed[about["manifest"]] += 1
            log.fenced_then_committed += sorted(ids & log.dropped)
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
    seen: Counter[str] = Counter()
    per_arrival: Counter[str] = Counter()
    for row, arrival in _select("id, _arrival", _live_files(lake, feed, log, found)):
        seen[row] += 1
        per_arrival[arrival] += 1
    found.lost += sum((expected - seen).values())
    found.doubled += sum((seen - expected).values())
    return per_arrival


def _live_files(lake: Path, feed: str, log: Log, found: Findings) -> list[str]:
    files = []
    for path, add in log.live.items():
        there = lake / "processed" / feed / path
        if not there.is_file() or there.stat().st_size != add["size"]:
            found.broken.append(f"I6: {feed}/{path} is not there as the log says")
        else:
            files.append(str(there))
    return files


def _select(columns: str, files: list[str]) -> list[tuple[Any, ...]]:
    if not files:
        return []
    with duckdb.connect(config={"threads": 1}) as connection:
        sql = f"select {columns} from read_parquet(?, hive_partitioning = false)"
        return connection.execute(sql, [files]).fetchall()


def _receipts(ledger: sqlite3.Connection, feed: str) -> Iterator[dict[str, Any]]:
    sql = "select body from receipts where feed = ? and settled_at is not null"
    for (body,) in ledger.execute(sql, [feed]):
        yield json.loads(body)


def _visible(ledger: sqlite3.Connection) -> set[str]:
    return {row[0] for row in ledger.execute("select id from arrivals where state = 'completed'")}


def _books(
    ledger: sqlite3.Connection, feed: str, per_arrival: Counter[str], found: Findings
) -> None:
    written: Counter[str] = Counter()
    visible = _visible(ledger)
    for receipt in _receipts(ledger, feed):
        for file in receipt["files"]:
            books = file["books"]
            if books["counted"] != sum(books[each] for each in KINDS):
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
        if state not in {"committed", "dead"}:
            found.broken.append(f"I0: manifest {name} is {state}")
    double = ledger.execute(
        "select key, count(*) from arrivals where state = 'completed' group by feed, key "
        "having count(*) > 1"
    )
    found.broken += [f"I3: {key} is visible {count} times" for key, count in double]


def _given_up(lake: Path, ledger: sqlite3.Connection, feed: str, log: Log, found: Findings) -> None:
    """What the ledger calls dead is written down outside of it, and cannot be committed."""
    sql = "select id from manifests where state = 'dead' and feed = ?"
    for (manifest,) in ledger.execute(sql, [feed]):
        word = lake / "manifests" / feed / f"{manifest}.receipt.json"
        if not word.is_file() or "dead" not in json.loads(word.read_text()):
            found.broken.append(f"I12: manifest {manifest} is dead, and only the ledger says so")
        if manifest in log.committed:
            found.broken.append(f"I10: manifest {manifest} is dead, and was committed")


def _refusals(lake: Path, ledger: sqlite3.Connection, plan: Plan, found: Findings) -> None:
    visible = _visible(ledger)
    for feed in FEEDS:
        seen: Counter[str] = Counter()
        of_arrival: Counter[str] = Counter()
        said: Counter[str] = Counter()
        names: set[str] = set()
        for receipt in _receipts(ledger, feed):
            names.update(receipt["refusals"])
            for file in receipt["files"]:
                if file["arrival"] in visible and file["books"]["quarantined"]:
                    said[file["arrival"]] = file["books"]["quarantined"]
        files = [str(lake / "quarantine" / feed / name) for name in sorted(names)]
        for arrival, key, line in _select("arrival, key, line", files):
            if line is not None and arrival in visible:
                seen[key.rpartition("/")[2]] += 1
                of_arrival[arrival] += 1
        if seen != plan.refused(feed):
            found.broken.append(f"I4: {feed}: refused {dict(seen)}, not {dict(plan.refused(feed))}")
        if of_arrival != said:
            found.broken.append(f"I4: {feed}: refused {dict(of_arrival)}, books {dict(said)}")


def _raw(lake: Path, plan: Plan, found: Findings) -> None:
    files = [p for p in (lake / "raw").rglob("*") if p.is_file()]
    there = {hashlib.sha256(path.read_bytes()).digest() for path in files}
    for file in plan.versions:
        if not file.rewritable and hashlib.sha256(file.body).digest() not in there:
            found.broken.append(f"I11: the bytes of a version of {file.name} are gone")


def _strays(table: Path, log: Log, found: Findings) -> None:
    for path in table.rglob("*"):
        name = str(path.relative_to(table))
        if path.is_file() and not name.startswith("_delta_log") and name not in log.live:
            found.broken.append(f"I13: {table.name}/{name} is in no version")


def _queue(lake: Path, found: Findings) -> None:
    with _asked(lake / "queue.sqlite") as queue:
        (dead,) = queue.execute("select count(*) from messages where dead").fetchone()
    if dead:
        found.broken.append(f"I9: {dead} dead letters")


def _versions(lake: Path) -> dict[str, str]:
    """The content version of each arrival."""
    if not (lake / "ledger.sqlite").exists():
        return {}
    with _asked(lake / "ledger.sqlite") as ledger:
        return dict(ledger.execute("select id, version from arrivals").fetchall())


def _is_part(path: Path) -> bool:
    return "_delta_log" not in path.parts and "_drafts" not in path.parts


@contextmanager
def _asked(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        yield connection
