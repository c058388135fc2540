"""Commits for tests: what is committed, and which rows are there afterwards."""

from __future__ import annotations

from pathlib import Path

import duckdb

from headwater.model.types import BIGINT, TEXT, Column, Schema
from headwater.ports.tables import Commit, CommitOutcome

SALES = Schema((Column("id", BIGINT), Column("_arrival", TEXT)))
OK, DUPLICATE, FENCED = CommitOutcome.OK, CommitOutcome.DUPLICATE, CommitOutcome.FENCED


def commit_of(manifest, *parts, attempt=1, **more):
    return Commit("sales", manifest, f"{manifest}-{attempt}", parts, **more)


def laid(part, *partition, **changes):
    from dataclasses import replace

    return replace(part, **({"partition": partition} if partition else {}), **changes)


def ids(tables, version=None):
    """The ids in a snapshot's parts, in order."""
    location = Path(tables.location("sales"))
    found = []
    for part in tables.snapshot("sales", version).parts:
        rows = duckdb.execute(
            "select id from read_parquet($1, hive_partitioning = false)",
            [str(location / part.path).replace("[", "[[]")],
        ).fetchall()
        assert len(rows) == part.rows
        found += [row[0] for row in rows]
    return sorted(found)
