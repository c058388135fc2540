"""Feeds with steps and checks: their files, and what must come of the rows of each."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.crash.evidence import Findings, Log, read_log, receipts, select, visible
from tests.crash.files import File

CONFIGURATION = """\
  orders:
    format: csv
    schema: {id: text not null, qty: bigint}
    steps:
      - derive: {twice: qty * 2}
      - filter: qty <> 13
      - dedupe: {by: id, across: table}
    checks:
      - {range: {qty: [0, 99]}, action: quarantine}
    batch: {files: 2, age: 1s}
    compact: 4
    retries: {attempts: 6, first_delay: 50ms, longest_delay: 100ms}
  clicks:
    format: csv
    schema: {id: text not null, qty: bigint}
    steps:
      - derive: {twice: qty * 2}
      - filter: qty <> 13
    checks:
      - {range: {qty: [0, 99]}, action: quarantine}
    batch: {files: 3, age: 1s}
    retries: {attempts: 6, first_delay: 50ms, longest_delay: 100ms}
"""
"""What `orders` brings goes by way of a file, what `clicks` brings straight unless it is dirty."""

SHAPED = ("orders", "clicks")
ACROSS = "orders"
SHARED = ("shared-0", "shared-1")
"""Keys that every version of every file of `orders` has: of all those rows one is shown."""


@dataclass(frozen=True)
class Shaped(File):
    """A version of a file of which some rows are filtered."""

    filtered: int = 0


def produce(feed: str, name: str, version: int, chance: random.Random) -> Shaped:
    """Make one version of a file."""
    dirty = chance.random() < 0.4
    lines, good, bad, filtered = list[str](), list[str](), 0, 0
    for row in range(chance.randint(1, 9)):
        one = f"{name}|{version}|{row}"
        sort = chance.random()
        if dirty and sort < 0.3:
            bad += 1
            lines.append(f"{one},{chance.choice(['-1', 'many'])}")
        elif sort > 0.8:
            filtered += 1
            lines.append(f"{one},13")
        else:
            good.append(one)
            lines += [f"{one},{14 + row}"] * (2 if feed == ACROSS and sort > 0.6 else 1)
    if feed == ACROSS:
        lines += [f"{each},7" for each in SHARED]
        chance.shuffle(lines)
    body = "\n".join(["id,qty", *lines]) + "\n"
    return Shaped(feed, name, body.encode(), tuple(good), bad, filtered)


def expected_of(feed: str, rows: Counter[str], *, any_file: bool) -> Counter[str]:
    """The ids that must be shown, where those that files do not share are these."""
    return rows + Counter(SHARED) if feed == ACROSS and any_file else rows


def own(rows: Counter[str]) -> Counter[str]:
    """The rows that are not shared."""
    return Counter({row: count for row, count in rows.items() if row not in SHARED})


def shared_twice(lake: Path) -> Iterator[str]:
    """At no moment may two rows of one key be shown."""
    log = read_log(lake / "processed" / ACROSS, Findings())
    seen = Counter(row for (row,) in select("id", log.files))
    yield from (f"I1: {row} is shown {seen[row]} times" for row in SHARED if seen[row] > 1)


def left_out(
    ledger: sqlite3.Connection, feed: str, log: Log, newest: dict[tuple[str, str], File]
) -> Iterator[str]:
    """What steps made and left out must be what the files make them make and leave out."""
    for row, quantity, twice in select("id, qty, twice", log.files):
        if twice != 2 * quantity:
            yield f"I14: {row} has twice {quantity} as {twice}"
    shown = visible(ledger)
    for receipt in receipts(ledger, feed):
        for each in receipt["files"]:
            file = newest.get((feed, each["key"].rpartition("/")[2]))
            if each["arrival"] not in shown or not isinstance(file, Shaped):
                continue
            if each["books"]["filtered"] != file.filtered:
                yield f"I4: {each['key']}: {file.filtered} filtered, {json.dumps(each['books'])}"
