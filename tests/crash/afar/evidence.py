"""What lies in a bucket and in a queue, brought here with no code of the flow."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from headwater.emulator.box import Box
from tests.crash.afar.plan import FEEDS
from tests.crash.evidence import Findings, Log, read_log, select
from tests.crash.plan import Plan

ZONES = ("processed/", "raw/", "quarantine/")


def bring(aws: Box, bucket: str, folder: Path) -> None:
    """Copy every object of the zones that are looked at."""
    s3 = aws.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for each in page.get("Contents", []):
            if each["Key"].startswith(ZONES):
                path = folder / each["Key"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read())


def logs(folder: Path, found: Findings) -> dict[str, Log]:
    """The log of each table."""
    return {feed: read_log(folder / "processed" / feed, found) for feed in FEEDS}


def shown(log: Log) -> dict[str, tuple[int, Counter[str]]]:
    """By name of a file: the version that is seen, and its rows."""
    files: dict[str, tuple[int, Counter[str]]] = {}
    for (row,) in select("id", log.files):
        name, version, _ = row.split("|")
        number, rows = files.setdefault(name, (int(version), Counter()))
        rows[row] += 1
        files[name] = (max(number, int(version)), rows)
    return files


def halves(feed: str, log: Log, plan: Plan) -> Iterator[str]:
    """Files of which a reader sees something else than one whole version, each row once."""
    for name, (number, rows) in shown(log).items():
        versions = [each for each in plan.versions if (each.feed, each.name) == (feed, name)]
        if rows != Counter(versions[number].good):
            yield f"I2: of {feed}/{name} a reader sees {sorted(rows.elements())}"


def verify(folder: Path, plan: Plan, queue: tuple[int, int]) -> Findings:
    """Is every row there once, every byte kept, every message done with?"""
    found = Findings()
    for feed, log in logs(folder, found).items():
        seen = Counter(row for (row,) in select("id", log.files))
        expected = plan.rows(feed)
        found.lost += sum((expected - seen).values())
        found.doubled += sum((seen - expected).values())
        for path in log.table.rglob("*.parquet"):
            name = path.relative_to(log.table).as_posix()
            if not name.startswith("_delta_log") and name not in log.live:
                found.broken.append(f"I13: {feed}/{name} is in no version")
    there = {
        hashlib.sha256(path.read_bytes()).digest()
        for path in (folder / "raw").rglob("*")
        if path.is_file()
    }
    for file in plan.versions:
        if hashlib.sha256(file.body).digest() not in there:
            found.broken.append(f"I11: the bytes of a version of {file.name} are gone")
    waiting, dead = queue
    if dead:
        found.broken.append(f"I9: {dead} dead letters")
    if waiting:
        found.broken.append(f"I9: {waiting} messages wait")
    return found
