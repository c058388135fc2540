"""Tables that models write: each must be what its SQL makes of the versions that it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.crash.evidence import Findings, Log, read_log

CONFIGURATION = """\
models:
  by_month:
    sql: select month(day) as month, month(day) as number, count(*) as n, sum(qty) as qty
      from sales group by all
    mode: incremental
    partition: [month]
  together:
    sql: select (select sum(n) from by_month) as sales, count(*) as events from events
"""

MODELS = ("by_month", "together")
_BY_MONTH = "select month(day), count(*), sum(qty) from {sales} group by all"
_TOGETHER = "select (select sum(n) from {by_month}), count(*) from {events}"
_ROWS = {"by_month": "select number, n, qty from {it}", "together": "select * from {it}"}


def curated(lake: Path, built: dict[str, dict[str, int]]) -> Iterator[str]:
    """What does not hold of models' tables; `built` remembers the versions they have reached."""
    for model in MODELS:
        found = Findings()
        log = read_log(lake / "curated" / model, found)
        yield from found.broken
        build = _last_build(log)
        if build is None:
            if log.live:
                yield f"I2: {model} has rows, and no build"
            continue
        versions = {each["table"]: each["version"] for each in build["inputs"]}
        for table, version in built.get(model, {}).items():
            if versions[table] < version:
                yield f"I5: {model} has gone back to version {versions[table]} of {table}"
        built[model] = versions
        wanted = _made(lake, model, versions)
        shown = _asked(_ROWS[model], {"it": log.files})
        if wanted is not None and shown != wanted:
            yield f"I2: {model} shows {shown}, and {versions} make {wanted}"


def stale(lake: Path) -> Iterator[str]:
    """When all is quiet, models are made of what there is, and leave nothing behind."""
    for model in MODELS:
        log = read_log(lake / "curated" / model, Findings())
        build = _last_build(log)
        for path in log.table.rglob("*.parquet"):
            name = str(path.relative_to(log.table))
            if not name.startswith("_delta_log") and name not in log.live:
                yield f"I13: {model}/{name} is in no version"
        for each in build["inputs"] if build is not None else ():
            since = _entries(_table(lake, each["table"]))[each["version"] + 1 :]
            if any("add" in action or "remove" in action for entry in since for action in entry):
                yield f"L1: {model} was built from version {each['version']} of {each['table']}"
        if build is None and all(_table(lake, table).exists() for table in _reads(model)):
            yield f"L1: {model} was never built"


def _reads(model: str) -> tuple[str, ...]:
    return ("sales",) if model == "by_month" else ("sales", "events")


def _made(lake: Path, model: str, versions: dict[str, int]) -> list[Any] | None:
    """What the SQL makes of these versions; None where a sweep has taken some of their parts."""
    files: dict[str, list[str]] = {}
    for table, version in versions.items():
        log = read_log(_table(lake, table), Findings(), until=version)
        files[table] = log.files
        if len(log.files) != len(log.live):
            return None
    return _asked(_BY_MONTH if model == "by_month" else _TOGETHER, files)


_EMPTY = {
    "sales": "(select null::date as day, null::bigint as qty where false)",
    "by_month": "(select null::bigint as n where false)",
    "events": "(select null::bigint as n where false)",
    "it": "(select null as number, null as n, null as qty where false)",
}


def _asked(sql: str, files: dict[str, list[str]]) -> list[Any]:
    read = {
        table: f"read_parquet({paths}, hive_partitioning = false)" if paths else _EMPTY[table]
        for table, paths in files.items()
    }
    with duckdb.connect(config={"threads": 1}) as connection:
        rows = connection.execute(sql.format(**read)).fetchall()
    return sorted((tuple(map(_figure, row)) for row in rows), key=str)


def _figure(value: Any) -> int | None:
    return None if value is None else int(value)


def _table(lake: Path, table: str) -> Path:
    return lake / ("curated" if table in MODELS else "processed") / table


def _entries(table: Path) -> list[list[dict[str, Any]]]:
    return [
        [json.loads(line) for line in entry.read_text().splitlines() if line]
        for entry in sorted(table.glob("_delta_log/*.json"))
    ]


def _last_build(log: Log) -> dict[str, Any] | None:
    for entry in reversed(_entries(log.table)):
        said = next((a["commitInfo"].get("headwater") for a in entry if "commitInfo" in a), None)
        about = json.loads(said) if isinstance(said, str) else (said or {})
        if about.get("kind") == "commit":
            build: dict[str, Any] = about["receipt"]["receipt"]["build"]
            return build
    return None
