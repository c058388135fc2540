"""The entries of a table's log, as they lie in its folder: one JSON file a version."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from headwater.errors import BrokenInvariant
from headwater.model.ids import AttemptId, ManifestId
from headwater.model.part import Part
from headwater.ports.tables import EntryKind, LogEntry

LOG = "_delta_log"
NEWEST = "_last_checkpoint"
OURS = "headwater"  # our key in an entry's commitInfo
ARRIVAL = "_arrival"
_KINDS = {kind.value: kind for kind in EntryKind}
DIGITS = 20


def entry_name(version: int) -> str:
    """The file name of a version's entry."""
    return f"{version:0{DIGITS}d}.json"


def checkpoint_name(version: int) -> str:
    """The file name of a version's checkpoint, where it is one file."""
    return f"{version:0{DIGITS}d}.checkpoint.parquet"


def version_of(name: str) -> int | None:
    """The version that a file in the log belongs to; None for what belongs to no version."""
    digits, dot, _ = name.partition(".")
    return int(digits) if dot and len(digits) == DIGITS and digits.isdecimal() else None


def has_entries(log: Path) -> bool:
    """Whether the table exists: a folder without an entry is a creation that did not end."""
    try:
        with os.scandir(log) as names:  # stops at the first, where iterdir lists them all
            return any(version_of(found.name) is not None for found in names)
    except (FileNotFoundError, NotADirectoryError):
        return False


def newest_version(log: Path) -> int | None:
    """The greatest version that an entry or a checkpoint names; None: there is no table."""
    try:
        with os.scandir(log) as names:
            return max(
                (v for found in names if (v := version_of(found.name)) is not None), default=None
            )
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_log(log: Path, since: int) -> Iterator[LogEntry]:
    """The entries from that version on, in order; BrokenInvariant at a gap."""
    if not has_entries(log):
        return
    versions = (version_of(path.name) for path in log.glob("*.json"))
    newest = max((version for version in versions if version is not None), default=-1)
    for version in range(since, newest + 1):
        yield read_entry(log, version)


def read_entry(log: Path, version: int) -> LogEntry:
    """One entry; BrokenInvariant if it is not there or not whole."""
    path = log / entry_name(version)
    with whole(path):
        # Only b"\n" ends a line: a receipt may hold other characters that splitlines() ends one at.
        lines = [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
        return _entry(version, lines, path.stat().st_mtime)


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """What reads an entry in here ends in BrokenInvariant where it is not there or not whole."""
    try:
        yield
    except FileNotFoundError as error:
        raise BrokenInvariant(
            f"{path} is missing: a table's log has no gaps",
            hint="bring the file back from a backup; nothing of ours removes it",
        ) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BrokenInvariant(
            f"{path} cannot be read as a log entry: {error}",
            hint="bring the file back from a backup",
        ) from error


@dataclass(frozen=True, slots=True)
class _Actions:
    """An entry's lines, by kind."""

    info: dict[str, Any]
    adds: list[dict[str, Any]]
    removes: list[dict[str, Any]]
    columns_changed: bool


def _entry(version: int, lines: list[Any], written_at: float) -> LogEntry:
    if not lines or not all(isinstance(line, dict) for line in lines):
        raise ValueError("it is not one JSON object a line")
    actions = _Actions(
        info=next((line["commitInfo"] for line in lines if "commitInfo" in line), {}),
        adds=[line["add"] for line in lines if "add" in line],
        removes=[line["remove"] for line in lines if "remove" in line],
        columns_changed=any("metaData" in line for line in lines),
    )
    ours = actions.info.get(OURS) or {}
    order = json.loads(actions.info.get("operationParameters", {}).get("partitionBy") or "[]")
    manifest, attempt = ours.get("manifest"), ours.get("attempt")
    milliseconds = actions.info.get("timestamp", written_at * 1000)  # other tools may leave it out
    return LogEntry(
        version=version,
        committed_at=datetime.fromtimestamp(milliseconds / 1000, UTC),
        manifest=None if manifest is None else ManifestId(manifest),
        attempt=None if attempt is None else AttemptId(attempt),
        receipt=ours.get("receipt"),
        added=tuple(_part(add, order) for add in actions.adds),
        removed=tuple(unquote(remove["path"]) for remove in actions.removes),
        fences=tuple(ours.get("fences", ())),
        kind=_KINDS.get(ours.get("kind", ""), EntryKind.FOREIGN),
        columns_changed=actions.columns_changed,
        hashes=ours.get("sha256") or {},
        upkeep=ours.get("upkeep") or {},
    )


def _part(add: dict[str, Any], order: list[str]) -> Part:
    values = add["partitionValues"]
    stats = json.loads(add.get("stats") or "{}")
    return Part(
        path=unquote(add["path"]),
        rows=stats.get("numRecords", 0),
        size_bytes=add["size"],
        partition=tuple((name, values[name] or None) for name in order or values),
        first_arrival=stats.get("minValues", {}).get(ARRIVAL),
        last_arrival=stats.get("maxValues", {}).get(ARRIVAL),
    )
