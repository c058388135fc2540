"""What no log entry, no receipt and no live attempt names is removed, behind a fence."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from headwater.flow.commit import already, receipt_object
from headwater.flow.world import World
from headwater.model.ids import AttemptId, FeedName, ManifestId, TableName, is_compaction
from headwater.model.manifest import ENDED, Manifest, ManifestState
from headwater.model.receipt import Receipt
from headwater.points import point
from headwater.ports.store import Stat

TEMPORARY_FOR = timedelta(hours=1)
"""Unfinished takings younger than that may still be somebody's work."""

REHEARSED_FOR = timedelta(days=1)
"""And what a replay that changes nothing has put aside may be needed for longer."""

ASIDE = "aside-"
"""What the scratch folders of rehearsals begin with."""

# part-<manifest>-<attempt>-00000.zstd.parquet, <manifest>-<attempt>-0.parquet; an attempt
# that read its files one by one says which: <manifest>-<attempt>i<file>
_ATTEMPT = re.compile(r"(?:^|/)(?:part-)?([mc][0-9a-z]{15}-\d+)(?:i\d+)*-[^/]*$")


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed, and what it left alone."""

    parts: int
    refusals: int
    temporary: int
    size_bytes: int
    kept: int  # parts that only older versions of a table name, within retention
    kept_bytes: int = 0
    files: tuple[SweptFile, ...] = ()  # parts and refusals
    dry_run: bool = False  # nothing was removed: this is what would be


@dataclass(frozen=True, slots=True)
class SweptFile:
    """A part, or a file of refused rows."""

    name: str  # in its zone
    size_bytes: int
    retired: bool = False  # it was part of the table; else no version ever named it


@dataclass(frozen=True, slots=True)
class _Orphan:
    stat: Stat
    attempt: AttemptId
    retired: bool = False

    @property
    def file(self) -> SweptFile:
        return SweptFile(self.stat.name, self.stat.size_bytes, self.retired)


def sweep(world: World, *, older_than: timedelta | None = None, dry_run: bool = False) -> Swept:
    """Remove garbage; `older_than` shortens or lengthens the time that readers are given.

    A dry run removes nothing, fences nobody, and tells what would go.
    """
    now = world.clock()
    cutoff = now - (world.retention if older_than is None else older_than)
    parts: list[SweptFile] = []
    held: list[Stat] = []
    for table in _tables(world):
        removable, kept = nameless(world, table, cutoff)
        held += kept
        parts += _told(removable) if dry_run else _removed(world, table, removable)
    refusals = list(_refusals(world, dry_run=dry_run))
    patience = TEMPORARY_FOR if older_than is None else min(TEMPORARY_FOR, older_than)
    return Swept(
        parts=len(parts),
        refusals=len(refusals),
        temporary=_temporary(world, now - patience, dry_run=dry_run),
        size_bytes=sum(part.size_bytes for part in parts),
        kept=len(held),
        kept_bytes=sum(stat.size_bytes for stat in held),
        files=(*parts, *refusals),
        dry_run=dry_run,
    )


def _told(orphans: Iterable[_Orphan]) -> list[SweptFile]:
    return [orphan.file for orphan in orphans]


def _removed(world: World, table: TableName, orphans: Sequence[_Orphan]) -> Iterator[SweptFile]:
    store = world.store_of(table)
    for orphan in _behind_fence(world, table, orphans):
        store.delete(orphan.stat.name)
        if orphan.retired:
            point("retention.delete_k")
        else:
            point("gc.delete_k")
        yield orphan.file


def garbage(world: World) -> int:
    """How much a sweep would look at: parts that no version a reader may have names, and drafts."""
    now = world.clock()
    cutoff = now - world.retention
    parts = sum(len(nameless(world, table, cutoff)[0]) for table in _tables(world))
    return parts + world.tables.unfinished(now - TEMPORARY_FOR)


def _tables(world: World) -> list[TableName]:
    """Tables there are, and folders of tables that never came to be."""
    of_feeds = (feed.table for feed in world.feeds)
    return sorted({*world.tables.names(), *of_feeds, *(model.table for model in world.models)})


def nameless(world: World, table: TableName, cutoff: datetime) -> tuple[list[_Orphan], list[Stat]]:
    """Parts that the present version does not name, and may be removed; and those that may not."""
    snapshot = world.tables.snapshot(table)
    live = {part.path for part in snapshot.parts} if snapshot else set()
    removed_at: dict[str, datetime] = {}
    if snapshot is not None:
        for entry in world.tables.log(table):
            removed_at.update(dict.fromkeys(entry.removed, entry.committed_at))
    orphans: list[_Orphan] = []
    held: list[Stat] = []
    for stat in world.store_of(table).list(f"{table}/"):
        path = stat.name.removeprefix(f"{table}/")
        found = _ATTEMPT.search(path)
        if path.startswith("_delta_log/") or path in live or found is None:
            continue
        attempt = AttemptId(found[1])
        if path in removed_at and removed_at[path] > cutoff:
            held.append(stat)
        elif path in removed_at:
            orphans.append(_Orphan(stat, attempt, retired=True))
        elif is_compaction(attempt):
            # Asked once its part is there: whoever wrote that holds the right, or is no more.
            if not world.tables.is_compacting(table):
                orphans.append(_Orphan(stat, attempt))
        elif _is_over(world, attempt, fenced=snapshot is not None):
            orphans.append(_Orphan(stat, attempt))
    return orphans, held


def _is_over(world: World, attempt: AttemptId, *, fenced: bool) -> bool:
    """Whether nobody may hold the attempt; or where no log can fence it, nobody ever again."""
    if _is_alive(world, attempt):
        return False
    manifest = world.ledger.manifest(_manifest_of(attempt))
    return fenced or manifest is None or manifest.state in ENDED


def _manifest_of(attempt: AttemptId) -> ManifestId:
    return ManifestId(attempt.rpartition("-")[0])


def _is_alive(world: World, attempt: AttemptId) -> bool:
    """Whether a worker holds the lease of this very attempt."""
    manifest = world.ledger.manifest(_manifest_of(attempt))
    number = attempt.rpartition("-")[2]
    if manifest is None or manifest.state in ENDED or manifest.attempt != int(number):
        return False
    return manifest.lease_until is not None and manifest.lease_until > world.clock()


def _behind_fence(world: World, table: TableName, orphans: Sequence[_Orphan]) -> Iterable[_Orphan]:
    """What is still unnamed once no attempt that made it can commit any more.

    An attempt whose lease has run out may wake and commit between our look and the
    deletion. Its id goes into the log first: it is refused from then on, and if it was
    quicker than the fence, the fresh snapshot names its parts.
    """
    if not orphans:
        return []
    point("gc.pre_drop")
    if world.tables.snapshot(table) is not None:
        world.tables.fence(table, sorted({orphan.attempt for orphan in orphans}))
    point("gc.post_drop")
    snapshot = world.tables.snapshot(table)
    live = {f"{table}/{part.path}" for part in snapshot.parts} if snapshot else set()
    return [orphan for orphan in orphans if orphan.stat.name not in live]


def _refusals(world: World, *, dry_run: bool) -> Iterator[SweptFile]:
    """Remove quarantine files of attempts that did not become a receipt."""
    left_over: dict[ManifestId, list[_Orphan]] = defaultdict(list)
    for stat in world.zones.quarantine.list():
        found = _ATTEMPT.search(stat.name)
        if found is not None and not _is_alive(world, AttemptId(found[1])):
            attempt = AttemptId(found[1])
            left_over[_manifest_of(attempt)].append(_Orphan(stat, attempt))
    for manifest, orphans in left_over.items():
        for orphan in _unnamed_refusals(world, manifest, orphans, dry_run=dry_run):
            if not dry_run:
                world.zones.quarantine.delete(orphan.stat.name)
            yield orphan.file


def _unnamed_refusals(
    world: World, manifest_id: ManifestId, orphans: Sequence[_Orphan], *, dry_run: bool
) -> list[_Orphan]:
    """Those that the manifest's receipt does not name, and none ever will."""
    manifest = world.ledger.manifest(manifest_id)
    if manifest is None:
        feed = FeedName(orphans[0].stat.name.partition("/")[0])
        receipt = _forgotten(world, manifest_id, feed)
    elif manifest.state is ManifestState.COMMITTED:
        receipt = world.ledger.receipt(manifest_id)
    else:
        # An attempt that wakes late could still commit a receipt that names them, as with parts.
        if dry_run:
            pass
        elif world.tables.snapshot(manifest.table) is not None:
            world.tables.fence(manifest.table, sorted({orphan.attempt for orphan in orphans}))
        elif manifest.state not in ENDED:
            return []
        committed = already(world, manifest)
        receipt = None if committed is None else committed.receipt
    named = set() if receipt is None else {f"{receipt.feed}/{name}" for name in receipt.refusals}
    return [orphan for orphan in orphans if orphan.stat.name not in named]


def _forgotten(world: World, manifest: ManifestId, feed: FeedName) -> Receipt | None:
    """What some log, or an object, says of a manifest that the ledger does not know."""
    for table in (*world.tables.names(), TableName("")):
        known = Manifest(manifest, feed, table, (), 0, world.clock())
        committed = already(world, known) if table else receipt_object(world, known)
        if committed is not None:
            return committed.receipt
    return None


def _temporary(world: World, cutoff: datetime, *, dry_run: bool) -> int:
    """Remove unfinished takings and commits, and scratch folders of attempts that are no more."""
    zones = world.zones
    if dry_run:  # a store does not tell of unfinished takings: of those there may be more
        return world.tables.unfinished(cutoff) + len(
            [*_scratch(world), *_rehearsals(world, cutoff)]
        )
    removed = world.tables.sweep(cutoff) + sum(
        zone.sweep(cutoff)
        for zone in (zones.raw, zones.processed, zones.curated, zones.quarantine, zones.manifests)
    )
    for left in (*_scratch(world), *_rehearsals(world, cutoff)):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
        removed += 1
    return removed


def _scratch(world: World) -> Iterator[Path]:
    for left in world.scratch.glob("m*") if world.scratch.is_dir() else ():
        attempt = re.match(r"m[0-9a-z]{15}-\d+", left.name)
        if attempt and not _is_alive(world, AttemptId(attempt[0])):
            yield left


def _rehearsals(world: World, cutoff: datetime) -> Iterator[Path]:
    """What rehearsals left that were killed; one that is under way is younger."""
    oldest = (cutoff - REHEARSED_FOR).timestamp()
    for left in world.scratch.glob(f"{ASIDE}*") if world.scratch.is_dir() else ():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < oldest:
                yield left
