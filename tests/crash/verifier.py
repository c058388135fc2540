"""Is every row there once? Asked, when all is quiet, with no code of the flow."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tests.crash.evidence import (
    FEEDS,
    Findings,
    Log,
    asked,
    kinds,
    read_log,
    receipts,
    select,
    visible,
)
from tests.crash.files import grown
from tests.crash.plan import Plan
from tests.crash.shaped import SHAPED, left_out

ENDED = ("completed", "superseded", "quarantined", "duplicate", "stale", "unrouted")
WIDENED = "sales"
GROWING = "grown"
KINDS = ("written", "quarantined", "filtered", "deduplicated")


def verify(lake: Path, plan: Plan) -> Findings:
    """Look at everything an iteration left behind."""
    found = Findings()
    with asked(lake / "ledger.sqlite") as ledger:
        for feed in FEEDS:
            log = read_log(lake / "processed" / feed, found)
            if feed == WIDENED:
                _values(log, found)
            if feed in SHAPED:
                found.broken += left_out(ledger, feed, log, plan.newest)
            _books(ledger, feed, _rows(log, feed, plan, found), found)
            _strays(log, found)
            _given_up(lake, ledger, feed, log, found)
            _refusals(lake, ledger, feed, plan, found)
        _arrivals(ledger, found)
    _raw(lake, plan, found)
    _queue(lake, found)
    return found


def _rows(log: Log, feed: str, plan: Plan, found: Findings) -> Counter[str]:
    expected = plan.rows(feed)
    seen: Counter[str] = Counter()
    per_arrival: Counter[str] = Counter()
    for row, arrival in select("id, _arrival", log.files):
        seen[row] += 1
        per_arrival[arrival] += 1
    found.lost += sum((expected - seen).values())
    found.doubled += sum((seen - expected).values())
    return per_arrival


def _values(log: Log, found: Findings) -> None:
    """What became wider is so in every part, and says what it said."""
    if len(found_kinds := kinds(GROWING, log.files)) > 1:
        found.broken.append(f"I14: {GROWING} of {log.table.name} is {sorted(found_kinds)}")
    for file in log.files:
        for row, value in select(f"id, cast({GROWING} as varchar)", [file]):
            if _plain(value) != _plain(grown(row)):
                found.broken.append(f"I14: {row} says {value}, and said {grown(row)}")


def _plain(value: str) -> object:
    """The number that a text says, however many zeros it has; else the text."""
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def _books(
    ledger: sqlite3.Connection, feed: str, per_arrival: Counter[str], found: Findings
) -> None:
    written: Counter[str] = Counter()
    shown = visible(ledger)
    for receipt in receipts(ledger, feed):
        for file in receipt["files"]:
            books = file["books"]
            if books["counted"] != sum(books[each] for each in KINDS):
                found.broken.append(f"I4: {file['key']}: {books}")
            if file["arrival"] in shown and books["written"]:
                written[file["arrival"]] = books["written"]
    if written != per_arrival:
        found.broken.append(f"I1: {feed}: receipts {dict(written)}, rows {dict(per_arrival)}")


def _strays(log: Log, found: Findings) -> None:
    for path in log.table.rglob("*"):
        name = str(path.relative_to(log.table))
        if path.is_file() and not name.startswith("_delta_log") and name not in log.live:
            found.broken.append(f"I13: {log.table.name}/{name} is in no version")


def _given_up(lake: Path, ledger: sqlite3.Connection, feed: str, log: Log, found: Findings) -> None:
    """What the ledger calls dead is written down outside of it, and cannot be committed."""
    sql = "select id from manifests where state = 'dead' and feed = ?"
    for (manifest,) in ledger.execute(sql, [feed]):
        word = lake / "manifests" / feed / f"{manifest}.receipt.json"
        if not word.is_file() or "dead" not in json.loads(word.read_text()):
            found.broken.append(f"I12: manifest {manifest} is dead, and only the ledger says so")
        if manifest in log.committed:
            found.broken.append(f"I10: manifest {manifest} is dead, and was committed")


def _refusals(
    lake: Path, ledger: sqlite3.Connection, feed: str, plan: Plan, found: Findings
) -> None:
    shown = visible(ledger)
    seen: Counter[str] = Counter()
    of_arrival: Counter[str] = Counter()
    said: Counter[str] = Counter()
    names: set[str] = set()
    for receipt in receipts(ledger, feed):
        names.update(receipt["refusals"])
        for file in receipt["files"]:
            if file["arrival"] in shown and file["books"]["quarantined"]:
                said[file["arrival"]] = file["books"]["quarantined"]
    files = [lake / "quarantine" / feed / name for name in sorted(names)]
    found.broken += [f"I6: refused rows are gone: {file}" for file in files if not file.is_file()]
    there = [str(file) for file in files if file.is_file()]
    for arrival, key, line in select("arrival, key, line", there):
        if line is not None and arrival in shown:
            seen[key.rpartition("/")[2]] += 1
            of_arrival[arrival] += 1
    if seen != plan.refused(feed):
        found.broken.append(f"I4: {feed}: refused {dict(seen)}, not {dict(plan.refused(feed))}")
    if of_arrival != said:
        found.broken.append(f"I4: {feed}: refused {dict(of_arrival)}, books {dict(said)}")


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


def _raw(lake: Path, plan: Plan, found: Findings) -> None:
    files = [p for p in (lake / "raw").rglob("*") if p.is_file()]
    there = {hashlib.sha256(path.read_bytes()).digest() for path in files}
    for file in plan.versions:
        if not file.rewritable and hashlib.sha256(file.body).digest() not in there:
            found.broken.append(f"I11: the bytes of a version of {file.name} are gone")


def _queue(lake: Path, found: Findings) -> None:
    with asked(lake / "queue.sqlite") as queue:
        (dead,) = queue.execute("select count(*) from messages where dead").fetchone()
    if dead:
        found.broken.append(f"I9: {dead} dead letters")
