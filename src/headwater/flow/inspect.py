"""A close look at bytes: parts against their hashes, rows by arrival, raw against versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headwater.errors import InputError
from headwater.flow.compact import part_hashes
from headwater.flow.lying import measure_raw, part_hash, parts_there
from headwater.flow.replay import pages
from headwater.flow.world import World
from headwater.model.arrival import ArrivalState
from headwater.model.ids import ArrivalId, Digest, RawName, TableName
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Progress, Watch
from headwater.shape.table import PROVENANCE


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which invariant, of what, how."""

    invariant: str
    subject: str
    message: str


def parts(world: World, snapshot: Snapshot) -> Iterator[Finding]:
    """Every part that the snapshot names, against the size and hash it was written with."""
    hashes = part_hashes(world, snapshot.table)
    there = parts_there(world, snapshot.table)
    for part in snapshot.parts:
        size = there(part.path)
        yield from _part(world, snapshot.table, (part, size), hashes.get(part.path))


def rows(world: World, snapshot: Snapshot) -> dict[ArrivalId | None, int]:
    """How many rows of each arrival a reader sees."""
    name = snapshot.table
    sql = f'select {PROVENANCE}, count(*) from "{name}" group by 1'  # noqa: S608 - names are checked
    answer = world.asker.ask(sql, [(snapshot, world.tables.location(name))])
    return dict(answer.rows())


def counted(world: World, snapshot: Snapshot) -> int:
    """How many rows a reader sees."""
    name = snapshot.table
    sql = f'select count(*) from "{name}"'  # noqa: S608 - names are checked
    answer = world.asker.ask(sql, [(snapshot, world.tables.location(name))])
    return int(answer.rows()[0][0])


def raw_objects(world: World, watch: Watch) -> Iterator[tuple[Finding | None, int]]:
    """Every raw object against the content version it was last registered with, once."""
    newest: dict[RawName, tuple[Digest, int]] = {}
    for arrival in pages(world, None, ()):
        newest[arrival.raw] = (arrival.version, arrival.size_bytes)
        if arrival.state is ArrivalState.MISSING:
            del newest[arrival.raw]
    total = sum(size_bytes for _, size_bytes in newest.values())
    done = 0
    for raw, (version, size_bytes) in newest.items():
        watch(Progress("verifying", raw, done, total))
        done += size_bytes
        try:
            lying = measure_raw(world, raw)
        except InputError as error:
            yield Finding("I11 raw intact", raw, error.message), 0
            continue
        same = lying.digest == version
        finding = Finding("I11 raw intact", raw, "its bytes are not those that were registered")
        yield None if same else finding, lying.size_bytes


def _part(
    world: World, table: TableName, of: tuple[Part, int | None], sha256: str | None
) -> Iterator[Finding]:
    part, size = of
    if size is None:
        yield Finding("I6 reachable", part.path, f"{table} names it, but it is not there")
    elif size != part.size_bytes:
        text = f"{size} bytes, but the log says {part.size_bytes}"
        yield Finding("I6 reachable", part.path, text)
    elif sha256 is not None and part_hash(world, table, part.path) != sha256:
        yield Finding("I6 reachable", part.path, "its bytes are not those that were written")
