"""Files that a producer hands in: their bytes, and what must come of their rows."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from dataclasses import dataclass

SUFFIXES = {"sales": ".csv", "events": ".ndjson.gz", "orders": ".csv", "clicks": ".csv"}


@dataclass(frozen=True)
class File:
    """One version of one file: its bytes, the ids of its good rows, how many are bad."""

    feed: str
    name: str
    body: bytes
    good: tuple[str, ...]
    bad: int

    @property
    def rewritable(self) -> bool:
        """Whether its producer breaks the promise never to write over a linked file."""
        return self.name.startswith("linked")


def produce(feed: str, stem: str, version: int, chance: random.Random) -> File:
    """Make one version of a file: a few rows, and among those of some files bad ones."""
    name = f"{stem}{SUFFIXES[feed]}"
    ids = [f"{name}|{version}|{row}" for row in range(chance.randint(1, 13))]
    dirty = chance.random() < 0.4
    build = _sales if feed == "sales" else _events
    body, good = build(ids, dirty, chance)
    return File(feed, name, body, tuple(good), len(ids) - len(good))


def grown(row: str) -> str:
    """The value of a column that nobody declared: what some files say makes it wider."""
    file, _, number = row.rpartition("|")
    sorts = ("{}", "{}", "{}", "{}", "{}", "{}99999999999999999999", "{}.25", "g{}")
    return sorts[zlib.crc32(file.encode()) % len(sorts)].format(number)


def _sales(ids: list[str], dirty: bool, chance: random.Random) -> tuple[bytes, list[str]]:
    lines, good = ["id,day,qty,grown"], []
    for row in ids:
        if dirty and chance.random() < 0.3:
            bad = [f"{row},2026-01-01,many,1", f"{row},2026-01-01", f"{row},soon,1,1"]
            lines.append(chance.choice(bad))
        else:
            good.append(row)
            day = f"2026-{chance.randint(1, 3):02d}-05"
            lines.append(f"{row},{day},{chance.randint(0, 99)},{grown(row)}")
    return ("\n".join(lines) + "\n").encode(), good


def _events(ids: list[str], dirty: bool, chance: random.Random) -> tuple[bytes, list[str]]:
    lines, good = [], []
    for number, row in enumerate(ids):
        text = json.dumps({"id": row, "at": f"2026-05-{number + 1:02d}T10:00:00Z", "n": number})
        if dirty and number and chance.random() < 0.3:  # of bad lines alone it is no NDJSON file
            text = text[:-4]
        else:
            good.append(row)
        lines.append(text)
    return gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0), good
