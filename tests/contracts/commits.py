"""Commits for tests: what is committed, and which rows are there afterwards."""

from __future__ import annotations

import os
import tempfile
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
    location = tables.location("sales")
    found = []
    for part in tables.snapshot("sales", version).parts:
        rows = duckdb.execute(
            "select id from read_parquet($1, hive_partitioning = false)",
            [str(brought(location, part.path)).replace("[", "[[]")],
        ).fetchall()
        assert len(rows) == part.rows
        found += [row[0] for row in rows]
    return sorted(found)


def brought(location, path):
    """A part's file on this machine, brought here where it lies in a bucket."""
    if not location.startswith("s3://"):
        return Path(location) / path
    import boto3

    bucket, _, folder = location.removeprefix("s3://").partition("/")
    here = Path(tempfile.gettempdir()) / f"brought-{os.getpid()}.parquet"
    boto3.client("s3").download_file(bucket, f"{folder}/{path}", str(here))
    return here
