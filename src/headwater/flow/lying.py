"""What lies in a zone: an object's digest and count, a table's parts; wherever the zone is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from blake3 import blake3

from headwater.errors import HeadwaterError, ObjectMissing, SourceMissing
from headwater.flow.world import World
from headwater.model.ids import Digest, RawName, TableName
from headwater.ports.store import Store
from headwater.reading.count import RecordCounter
from headwater.reading.measure import Measure, measure

_AT_ONCE = 16  # each waits far longer than it works, and holds a piece of a megabyte
_Answer = TypeVar("_Answer")


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

    def answer(raw: RawName) -> Measure | HeadwaterError:
        try:
            return measure_raw(world, raw, counting(raw))
        except HeadwaterError as refusal:
            return refusal

    return side_by_side(world.zones.raw, answer, raws)


def side_by_side(
    store: Store, ask: Callable[[RawName], _Answer], raws: Sequence[RawName]
) -> list[_Answer]:
    """Ask the same of each, in order; several at once where an answer is long on its way."""
    if store.abilities.local_paths or len(raws) < 2:  # noqa: PLR2004 - one waits for nobody
        return [ask(raw) for raw in raws]
    with ThreadPoolExecutor(min(len(raws), _AT_ONCE), "ask") as pool:
        return list(pool.map(ask, raws))


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
