"""Do those rows stay that landed last? Asked of raw files, logs and the ledger by SQL."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter, defaultdict
from pathlib import Path

from tests.crash.evidence import Findings, Log, asked, read_log, receipts, select
from tests.crash.merges.plan import FEEDS


def look(lake: Path) -> list[str]:
    """What does not hold at a moment: a key twice, or rows of two files in one partition."""
    found = Findings()
    for feed in FEEDS:
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for key, arrival, _ in _rows(read_log(lake / "processed" / feed, found), feed):
            seen[key][arrival] += 1
        for key, arrivals in seen.items():
            if len(arrivals) > 1 or (feed == "orders" and arrivals.total() > 1):
                found.broken.append(f"I1: {feed} shows {key} of {dict(arrivals)}")
    return found.broken


def verify(lake: Path) -> Findings:
    """Look at everything an iteration has left behind."""
    found = Findings()
    with asked(lake / "ledger.sqlite") as ledger:
        for feed in FEEDS:
            log = read_log(lake / "processed" / feed, found)
            rows = _rows(log, feed)
            expected = _expected(lake, ledger, feed)
            seen = Counter((key, n) for key, _, n in rows)
            found.lost += sum((expected - seen).values())
            found.doubled += sum((seen - expected).values())
            if seen != expected:
                found.broken.append(f"{feed}: {dict(seen - expected)} for {dict(expected - seen)}")
            _books(ledger, feed, Counter(arrival for _, arrival, _ in rows), found)
        for key, state in ledger.execute("select key, state from arrivals"):
            if state not in {"completed", "superseded", "duplicate", "stale"}:
                found.broken.append(f"I0: {key} is {state}")
    found.broken += look(lake)
    return found


def _rows(log: Log, feed: str) -> list[tuple[str, str, int]]:
    """Key, arrival and number of each row that a reader sees; a partition's key is its folder."""
    if feed == "orders":
        return [(key, arrival, n) for key, arrival, n in select("id, _arrival, n", log.files)]
    return [
        (add["partitionValues"]["id"], arrival, n)
        for path, add in log.live.items()
        for arrival, n in select("_arrival, n", [str(log.table / path)])
    ]


def _expected(lake: Path, ledger: sqlite3.Connection, feed: str) -> Counter[tuple[str, int]]:
    """Of all files that are visible, the rows of the last to land, key by key."""
    stays: dict[str, list[int]] = {}
    sql = "select raw from arrivals where feed = ? and state = 'completed' order by landed_at, seq"
    for (raw,) in ledger.execute(sql, [feed]):
        own: dict[str, list[int]] = defaultdict(list)
        with (lake / "raw" / raw).open(newline="") as file:
            for row in csv.DictReader(file):
                own[row["id"]].append(int(row["n"]))
        stays |= {key: ns[-1:] if feed == "orders" else ns for key, ns in own.items()}
    return Counter((key, n) for key, numbers in stays.items() for n in numbers)


def _books(ledger: sqlite3.Connection, feed: str, shown: Counter[str], found: Findings) -> None:
    """What was written of each visible arrival, less what others took, is what a reader sees."""
    visible = {row[0] for row in ledger.execute("select id from arrivals where state='completed'")}
    left: Counter[str] = Counter()
    for receipt in receipts(ledger, feed):
        for file in receipt["files"]:
            books = file["books"]
            if books["counted"] != books["written"] + books["deduplicated"]:
                found.broken.append(f"I4: {file['key']}: {books}")
            left[file["arrival"]] += books["written"]
        for arrival, rows in receipt["taken"]:
            left[arrival] -= rows
    said = {arrival: rows for arrival, rows in left.items() if rows and arrival in visible}
    if said != dict(shown):
        found.broken.append(f"I1: {feed}: receipts say {said}, rows {dict(shown)}")
