"""How old the newest row is that a batch wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.newest import DATED, newest
from headwater.adapters.duckdb.shaping.shaped import Shaped
from headwater.errors import EngineRefused
from headwater.model.checks import Check, CheckResult, Fresh
from headwater.ports.engine import Job


def fresh(
    connection: duckdb.DuckDBPyConnection, job: Job, behind: Shaped
) -> tuple[CheckResult, ...]:
    """What the checks found that ask for new rows; a batch without a time is not new."""
    return tuple(
        _asked(connection, job, behind, check, check.rule)
        for check in job.feed.checks
        if isinstance(check.rule, Fresh)
    )


def _asked(
    connection: duckdb.DuckDBPyConnection, job: Job, behind: Shaped, check: Check, rule: Fresh
) -> CheckResult:
    known = behind.agreed.schema.find(rule.column)
    if known is None or known.type.kind not in DATED:
        what = f"is {known.type}" if known else "is not there"
        raise EngineRefused(
            f"check {check.name!r} of feed {job.feed.name} asks how new {rule.column} is, which "
            f"{what}",
            hint="name a column that is a date or a timestamp behind the steps",
        )
    rows = 0 if behind.made is None else behind.made.rows.total()
    last = _newest(connection, behind, known.name) if rows else None
    at = job.at or datetime.now(UTC)
    is_new = last is not None and (at - last).total_seconds() <= rule.seconds
    return CheckResult(check.name, check.action, rows, 0 if is_new or not rows else rows)


def _newest(connection: duckdb.DuckDBPyConnection, behind: Shaped, column: str) -> datetime | None:
    paths = () if behind.made is None else behind.made.paths
    files = quote.texts(str(path) for path in paths)
    source = f"read_parquet({files}, hive_partitioning = true, hive_types_autocast = false)"
    return newest(connection, source, column)
