"""What logs, and the objects beside them, say of manifests and their arrivals."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headwater.flow.commit import from_entry, halt_in, receipt_name
from headwater.flow.world import World
from headwater.model.arrival import ArrivalState, Cause
from headwater.model.codec import from_plain
from headwater.model.ids import ArrivalId, FeedName, Key, ManifestId, TableName
from headwater.model.manifest import Manifest, ManifestState
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.ports.ledger import Upkeep
from headwater.ports.watching import Halt

FORGOTTEN = Cause("ledger_rebuilt", "the ledger was made anew while it was being worked on")
"""Why manifests are given up that had no end: their arrivals are pending in the new ledger."""


@dataclass(frozen=True, slots=True)
class End:
    """What a receipt, or the word that a manifest is given up, says of one arrival."""

    manifest: ManifestId
    feed: FeedName
    state: ArrivalState
    cause: Cause | None
    key: Key | None = None  # None where only the id is known
    size_bytes: int = 0
    landed_at: datetime | None = None  # where the order of files decides about rows


@dataclass(slots=True)
class Records:
    """What logs and the objects beside them say."""

    manifests: dict[ManifestId, tuple[Manifest, Receipt]] = field(default_factory=dict)
    parts: list[tuple[TableName, ManifestId, Part]] = field(default_factory=list)
    ends: dict[ArrivalId, End] = field(default_factory=dict)
    replaced: set[ArrivalId] = field(default_factory=set)
    feeds: dict[Key, set[FeedName]] = field(default_factory=lambda: defaultdict(set))
    dead: set[FeedName] = field(default_factory=set)  # feeds that gave a manifest up
    halts: list[Halt] = field(default_factory=list)
    upkeep: list[Upkeep] = field(default_factory=list)


def read_records(world: World) -> Records:
    """Read every log and every object that ends a manifest."""
    records = Records()
    for table in world.tables.names():
        _read_log(world, table, records)
    _read_objects(world, records)
    return records


def manifest_objects(world: World) -> Iterator[tuple[Manifest, bool]]:
    """Every manifest that was written down, and whether its end lies beside it."""
    names = {stat.name for stat in world.zones.manifests.list()}
    for name in sorted(names):
        if name.endswith(".receipt.json") or not name.endswith(".json"):
            continue
        said = json.loads(world.zones.manifests.read(name))
        manifest = Manifest(
            id=ManifestId(said["manifest"]),
            feed=FeedName(said["feed"]),
            table=TableName(said["table"]),
            arrivals=tuple(ArrivalId(each) for each in said["arrivals"]),
            size_bytes=0,
            created_at=world.clock(),
        )
        yield manifest, receipt_name(manifest) in names


def _read_log(world: World, table: TableName, records: Records) -> None:
    for entry in world.tables.log(table):
        if entry.upkeep:
            records.upkeep.append(from_plain(Upkeep, entry.upkeep))
        if entry.manifest is None or entry.receipt is None:
            continue
        committed = from_entry(entry.receipt, entry.version, entry.added)
        _remember(records, committed.receipt)
        records.parts += [(table, entry.manifest, part) for part in committed.parts]


def _read_objects(world: World, records: Records) -> None:
    """Receipts of manifests that wrote no row, and the word that one was given up."""
    for stat in world.zones.manifests.list():
        if not stat.name.endswith(".receipt.json"):
            continue
        feed, _, name = stat.name.rpartition("/")
        said = json.loads(world.zones.manifests.read(stat.name))
        if "dead" in said:
            manifest = ManifestId(name.removesuffix(".receipt.json"))
            _remember_dead(records, manifest, FeedName(feed), said)
        else:
            _remember(records, from_entry(said, None, ()).receipt)


def _remember_dead(
    records: Records, manifest: ManifestId, feed: FeedName, said: dict[str, Any]
) -> None:
    cause = from_plain(Cause, said["dead"])
    if cause == FORGOTTEN or manifest in records.manifests:  # the log has the last word
        return
    records.dead.add(feed)
    if (halt := halt_in(feed, manifest, said)) is not None:
        records.halts.append(halt)
    for each in said["arrivals"]:
        records.ends[ArrivalId(each)] = End(manifest, feed, ArrivalState.DEAD, cause)


def _remember(records: Records, receipt: Receipt) -> None:
    if receipt.manifest in records.manifests:
        return
    manifest = Manifest(
        id=receipt.manifest,
        feed=receipt.feed,
        table=receipt.table,
        arrivals=tuple(file.arrival for file in receipt.files),
        size_bytes=receipt.size_bytes_in,
        created_at=receipt.started_at,
        state=ManifestState.COMMITTED,
        attempt=receipt.attempt,
    )
    records.manifests[receipt.manifest] = (manifest, receipt)
    records.replaced.update(receipt.replaced)
    for file in receipt.files:
        records.feeds[file.key].add(receipt.feed)
        records.ends[file.arrival] = End(
            receipt.manifest,
            receipt.feed,
            file.state,
            file.cause,
            file.key,
            file.size_bytes,
            file.landed_at,
        )
