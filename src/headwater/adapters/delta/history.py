"""The versions at which a table's columns became others, as its log tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headwater.adapters.delta.log import OURS, entry_name, has_entries, version_of, whole
from headwater.adapters.delta.schema import from_delta
from headwater.model.types import Schema
from headwater.ports.tables import SchemaVersion

_COLUMNS = b'"metaData"'


def schema_versions(log: Path) -> Iterator[SchemaVersion]:
    """Each version whose columns are not those of the version before it, in order."""
    if not has_entries(log):
        return
    found = (version_of(path.name) for path in log.glob("*.json"))
    newest = max((version for version in found if version is not None), default=-1)
    known: Schema | None = None
    for version in range(newest + 1):
        found_there = _version(log / entry_name(version), version)
        if found_there is not None and found_there.schema != known:
            known = found_there.schema
            yield found_there


def _version(path: Path, version: int) -> SchemaVersion | None:
    """What an entry says of the columns; None: nothing."""
    with whole(path):
        body = path.read_bytes()
        if _COLUMNS not in body:  # nearly every entry: they are not worth taking apart
            return None
        lines: list[dict[str, Any]] = [json.loads(line) for line in body.split(b"\n") if line]
        given = next((line["metaData"] for line in lines if "metaData" in line), None)
        if given is None:
            return None
        info: dict[str, Any] = next(
            (line["commitInfo"] for line in lines if "commitInfo" in line), {}
        )
        milliseconds = info.get("timestamp", path.stat().st_mtime * 1000)
        written_at = datetime.fromtimestamp(milliseconds / 1000, UTC)
        schema = from_delta(given["schemaString"])
        return SchemaVersion(version, written_at, schema, foreign=OURS not in info)
