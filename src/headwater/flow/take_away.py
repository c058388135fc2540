"""The end of a move: a source goes once its bytes are known to lie in the raw zone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from headwater.flow.world import World
from headwater.model.ids import RawName
from headwater.reading.measure import Measure, measure_many
from headwater.reading.source import source_stamp


def take_away(world: World, source: Path, measured: Measure, raw: RawName) -> None:
    """Remove a source that is to be moved and whose bytes were there before.

    Somebody who moved it may have died before the source was gone. It stays where its bytes
    are not in that object, or where it is that object itself, under this or another name.
    """
    there = Path(world.zones.raw.locate(raw))
    with suppress(OSError):  # gone, or not removable: its bytes are safe, and it may stay
        file = source.resolve(strict=True)
        if file == there.resolve() or source_stamp(file.lstat()) != measured.stamp:
            return
        if not file.samefile(there) and not _holds(there, measured):
            return
        file.unlink()
        if source.is_symlink():
            source.unlink()


def _holds(there: Path, measured: Measure) -> bool:
    lying = measure_many([there], lambda _: None)[0]
    return isinstance(lying, Measure) and lying.digest == measured.digest
