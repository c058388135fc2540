"""What lies in a zone: an object's digest and count, a table's parts; wherever the zone is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from blake3 import blake3

from headwater.errors import HeadwaterError, ObjectMissing, SourceMissing
from headwater.flow.world import World
from headwater.model.ids import Digest, RawName, TableName
from headwater.reading.count import RecordCounter
from headwater.reading.measure import Measure, measure


def measure_raw(world: World, raw: RawName, counter: RecordCounter | None = None) -> Measure:
    """One pass over a raw object: digest, size, stamp and record count.

    SourceMissing if it is not there, SourceChanged if it did not hold still.
    """
    store = world.zones.raw
    if store.abilities.local_paths:
        return measure(Path(store.locate(raw)), counter)
    hasher = blake3()

    def see(piece: bytes) -> None:
        hasher.update(piece)
        if counter is not None:
            counter.update(piece)

    try:
        stat = store.scan(raw, see)
    except ObjectMissing as cause:
        raise SourceMissing(cause.message, hint=cause.hint) from cause
    records = None if counter is None else counter.finish()
    return Measure(Digest(hasher.hexdigest()), stat.size_bytes, stat.stamp, records)


def measure_raws(
    world: World, raws: Sequence[RawName], counting: Callable[[RawName], RecordCounter | None]
) -> list[Measure | HeadwaterError]:
    """Each in its place; one that cannot be measured is answered with the reason."""
    answers: list[Measure | HeadwaterError] = []
    for raw in raws:
        try:
            answers.append(measure_raw(world, raw, counting(raw)))
        except HeadwaterError as refusal:
            answers.append(refusal)
    return answers


def parts_there(world: World, table: TableName) -> Callable[[str], int | None]:
    """What tells of a part's path how many bytes lie there, or None."""
    store = world.store_of(table)
    if not store.abilities.local_paths:
        found = {stat.name: stat.size_bytes for stat in store.list(f"{table}/")}
        return lambda path: found.get(f"{table}/{path}")
    folder = Path(world.tables.location(table))

    def size(path: str) -> int | None:
        part = folder / path
        return part.stat().st_size if part.is_file() else None

    return size


def part_hash(world: World, table: TableName, path: str) -> str:
    """The SHA-256 of a part as it lies there."""
    store = world.store_of(table)
    hasher = hashlib.sha256()
    if store.abilities.local_paths:
        with (Path(world.tables.location(table)) / path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    store.scan(f"{table}/{path}", hasher.update)
    return hasher.hexdigest()
