"""A job's inputs as local files, and what became of those that could not be brought."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.adapters.staging.ahead import Ahead
from headwater.adapters.staging.places import Fetch, Places
from headwater.ports.engine import Conversion, Fate, Input, InputResult
from headwater.ports.store import Stat
from headwater.reading.counter import Counting
from headwater.reading.source import source_stamp

_BLOCK_BYTES = 112 * 1024


@dataclass(frozen=True, slots=True)
class Brought:
    """The inputs that are here, and the fate of the others."""

    here: tuple[Input, ...]
    lost: dict[str, InputResult]


def bring(
    places: Places, ahead: Ahead, inputs: Sequence[Input], folder: Path, counting: Counting
) -> Brought:
    """Fetch what lies elsewhere. Another stamp than the input's means that it has changed."""
    far = [each for each in inputs if places.find(each.location) is not None]
    wanted = [
        Fetch(each.location, folder / str(place) / each.location.rpartition("/")[2])
        for place, each in enumerate(far)
    ]
    lost: dict[str, InputResult] = {}
    staged: dict[str, Input] = {}
    for each, fetch, stat in zip(far, wanted, ahead.fetch(wanted), strict=True):
        if stat is None or stat.stamp != each.stamp:
            lost[each.arrival] = InputResult(each.arrival, Fate.CHANGED if stat else Fate.GONE)
        else:
            staged[each.arrival] = _staged(each, fetch.target, stat, counting)
    here = tuple(staged.get(each.arrival, each) for each in inputs if each.arrival not in lost)
    return Brought(here, lost)


def with_lost(conversion: Conversion, brought: Brought, inputs: Sequence[Input]) -> Conversion:
    """The conversion, with the fates of what could not be brought at their places."""
    told = {each.arrival: each for each in conversion.results} | brought.lost
    return replace(conversion, results=tuple(told[each.arrival] for each in inputs))


def _staged(each: Input, file: Path, stat: Stat, counting: Counting) -> Input:
    records = each.records
    if records is None and (counter := counting(file)) is not None:
        with file.open("rb") as opened:
            while block := opened.read(_BLOCK_BYTES):
                counter.update(block)
        records = counter.finish()
    return replace(
        each,
        location=str(file),
        size_bytes=stat.size_bytes,
        stamp=source_stamp(os.stat(file)),  # noqa: PTH116 - the engine compares it so
        records=records,
    )
