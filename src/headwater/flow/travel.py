"""Tables as they were: which version a moment means, and whether it can still be read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from headwater.errors import QueryError
from headwater.flow.lying import parts_there
from headwater.flow.world import World
from headwater.model.ids import TableName
from headwater.model.part import Snapshot

At = int | datetime | str | timedelta
"""A version, a time or its ISO 8601 text, or how long ago; a time without a zone is UTC."""


def snapshot_at(world: World, table: TableName, at: At) -> Snapshot:
    """A table as it was; QueryError says why not, and which versions can be read."""
    newest = world.tables.snapshot(table)
    if newest is None:
        raise QueryError(f"there is no table {table}", hint="see `headwater tables`")
    version = at if isinstance(at, int) else _version_at(world, newest, _time(world, at))
    if not 0 <= version <= newest.version:
        raise QueryError(
            f"{table} has no version {version}; it has 0 to {newest.version}",
            hint=f"see `headwater tables {table}`",
        )
    snapshot = newest if version == newest.version else world.tables.snapshot(table, version)
    if snapshot is None:
        raise QueryError(
            f"version {version} of {table} is not in its log", hint="see `headwater verify`"
        )
    _require_parts(world, snapshot, newest.version)
    return snapshot


def readable(world: World, table: TableName) -> list[tuple[int, int]]:
    """The versions whose parts are all there, as ranges from first to last, oldest first."""
    there = parts_there(world, table)
    since: dict[str, int] = {}
    gone: list[tuple[int, int]] = []
    newest = -1
    for entry in world.tables.log(table):
        newest = entry.version
        for path in entry.removed:
            added = since.pop(path, None)
            if added is not None and there(path) is None:
                gone.append((added, newest - 1))
        since.update((part.path, newest) for part in entry.added)
    gone += [(added, newest) for path, added in since.items() if there(path) is None]
    return list(_between(sorted(gone), newest))


def _between(gone: list[tuple[int, int]], newest: int) -> Iterator[tuple[int, int]]:
    """What is left of the versions outside of these ranges."""
    start = 0
    for first, last in gone:
        if first > start:
            yield start, first - 1
        start = max(start, last + 1)
    if start <= newest:
        yield start, newest


def _time(world: World, at: datetime | str | timedelta) -> datetime:
    if isinstance(at, timedelta):
        return world.clock() - at
    try:
        time = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        raise QueryError(
            f"{at!r} is no time", hint="write it as 2026-11-20 or 2026-11-20T08:30Z"
        ) from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _version_at(world: World, newest: Snapshot, time: datetime) -> int:
    """The last version that was committed by then."""

    def committed_at(version: int) -> datetime:
        return next(world.tables.log(newest.table, version)).committed_at

    version = bisect_right(range(newest.version + 1), time, key=committed_at) - 1
    if version < 0:
        first = committed_at(0)
        raise QueryError(
            f"{newest.table} was made at {first:%Y-%m-%d %H:%M:%S} UTC, and was not there before",
            hint=f"ask for a later time; see `headwater tables {newest.table}`",
        )
    return version


def _require_parts(world: World, snapshot: Snapshot, newest: int) -> None:
    there = parts_there(world, snapshot.table)
    gone = sum(there(part.path) is None for part in snapshot.parts)
    if not gone or snapshot.version == newest:  # of the present version, verify knows what to do
        return
    left = readable(world, snapshot.table)
    spelled = ", ".join(f"{a} to {z}" if z > a else f"{a}" for a, z in left) or "none"
    raise QueryError(
        f"version {snapshot.version} of {snapshot.table} cannot be read any more: {gone} of its "
        f"{len(snapshot.parts)} parts were swept; versions that can be read: {spelled}",
        hint="`retention` in headwater.yaml says how long parts that were replaced stay",
    )
