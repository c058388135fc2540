"""The end of a move: a source goes once its bytes are known to lie in the raw zone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from headwater.flow.lying import measure_raws
from headwater.flow.world import World
from headwater.model.ids import RawName
from headwater.reading.measure import Measure
from headwater.reading.source import source_stamp


def take_away(world: World, source: Path, measured: Measure, raw: RawName) -> None:
    """Remove a source that is to be moved and whose bytes were there before.

    Somebody who moved it may have died before the source was gone. It stays where its bytes
    are not in that object, or where it is that object itself, under this or another name.
    """
    with suppress(OSError):  # gone, or not removable: its bytes are safe, and it may stay
        file = source.resolve(strict=True)
        if source_stamp(file.lstat()) != measured.stamp or _is(world, raw, file):
            return
        if not _is_another_name(world, raw, file) and not _holds(world, raw, measured):
            return
        file.unlink()
        if source.is_symlink():
            source.unlink()


def _is(world: World, raw: RawName, file: Path) -> bool:
    raws = world.zones.raw
    return raws.abilities.local_paths and file == Path(raws.locate(raw)).resolve()


def _is_another_name(world: World, raw: RawName, file: Path) -> bool:
    raws = world.zones.raw
    return raws.abilities.local_paths and file.samefile(raws.locate(raw))


def _holds(world: World, raw: RawName, measured: Measure) -> bool:
    (lying,) = measure_raws(world, [raw], lambda _: None)
    return isinstance(lying, Measure) and lying.digest == measured.digest
