"""What files would come to if they were landed: told before anything is written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from headwater.errors import HeadwaterError
from headwater.flow.forecast import Experience, Forecast, experience, forecast
from headwater.flow.hold import spent_this_month
from headwater.flow.route import route
from headwater.flow.sample import Sample, estimated, sample
from headwater.flow.savings import savings
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.budget import Bound, Budget
from headwater.model.cost import AwsEngine, Cost, storage
from headwater.model.feed import BatchLimits, Feed
from headwater.model.ids import FeedName, Key
from headwater.reading.measure import measure
from headwater.reading.source import open_source, spell

_READ_WHOLE_BYTES = 4_000_000
"""Whether larger files are here already is judged by their size alone."""


class Expected(StrEnum):
    """What would become of a file that is landed."""

    NEW = "new"
    REWRITE = "rewrite"  # other bytes under a known key
    DUPLICATE = "duplicate"  # the same bytes under a known key: nothing to do
    SAME_SIZE = "same_size"  # a known key and the size it has; its bytes were not compared
    UNROUTED = "unrouted"  # its key belongs to no feed, or to another
    REFUSED = "refused"  # it cannot be read
    TWICE = "twice"  # another of the files would land under the same key


_CONVERTED = frozenset({Expected.NEW, Expected.REWRITE, Expected.SAME_SIZE})


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file and what would become of it."""

    source: Path
    key: Key
    size_bytes: int
    expected: Expected
    told: str = ""  # why


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """One batch: how much of everything, what converts it on AWS, what that costs."""

    files: int
    bytes_in: int
    parts: int
    bytes_out: int
    engine: AwsEngine
    nanos: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What files would come to."""

    feed: FeedName
    files: tuple[PlannedFile, ...]
    samples: tuple[Sample, ...]  # a few of them that were looked at
    bytes_in: int  # of files that would be converted, and so below
    bytes_unpacked: int
    known: Experience  # what parts and times are estimated by
    batches: tuple[PlannedBatch, ...]
    cost: Cost
    month: Cost  # of keeping files and parts for a month
    source: str  # of the prices
    budget: Budget
    spent: int  # nanos, of this month
    over: Bound | None  # which limit of the budget a batch would pass
    advice: tuple[str, ...]

    @property
    def converted(self) -> int:
        """How many files would be converted."""
        return sum(batch.files for batch in self.batches)


def plan(world: World, feed: Feed, files: Sequence[Path], *, under: str = "") -> Plan:
    """Look at the files, and reckon what they would come to."""
    planned = _expected(world, feed, files, under)
    taken = [each for each in planned if each.expected in _CONVERTED]
    seen = sample(world, feed, [(each.source, each.size_bytes) for each in taken])
    bytes_in = sum(each.size_bytes for each in taken)
    guessed = estimated(seen, bytes_in)
    known = experience(world, feed) or guessed.known
    forecasts = [forecast(world, feed, sizes, known) for sizes in _batches(taken, feed.batch)]
    spent = spent_this_month(world, feed)
    costs = [each.cost for each in forecasts]
    total = sum(costs[1:], costs[0]) if costs else Cost(currency=world.prices.currency)
    bytes_out = sum(each.load.bytes_out for each in forecasts)
    return Plan(
        feed=feed.name,
        files=tuple(planned),
        samples=tuple(seen),
        bytes_in=bytes_in,
        bytes_unpacked=guessed.unpacked_bytes,
        known=known,
        batches=tuple(map(_batch, forecasts)),
        cost=total,
        month=storage(bytes_in, bytes_out, world.prices),
        source=world.prices.source,
        budget=feed.budget,
        spent=spent,
        over=_over(feed, spent, costs),
        advice=tuple(savings(feed, forecasts, total, world.prices)),
    )


def _expected(world: World, feed: Feed, files: Sequence[Path], under: str) -> list[PlannedFile]:
    folder = f"{under.strip('/')}/" if under.strip("/") else ""
    keys = [Key(f"{feed.prefix}{folder}{spell(Path(path.name))}") for path in files]
    counts = Counter(keys)
    newest = world.ledger.newest(feed.name, keys)
    return [
        _file(world, feed, (path, key), newest.get(key), twice=counts[key] > 1)
        for path, key in zip(files, keys, strict=True)
    ]


def _file(
    world: World, feed: Feed, named: tuple[Path, Key], before: Arrival | None, *, twice: bool
) -> PlannedFile:
    path, key = named
    try:
        size_bytes = _size(path)
    except HeadwaterError as error:
        return PlannedFile(path, key, 0, Expected.REFUSED, error.message)
    routed = route(world.feeds, key)
    if routed is None or routed.name != feed.name:
        where = f"feed {routed.name}" if routed else "no feed"
        told = f"{key} would belong to {where}"
        return PlannedFile(path, key, size_bytes, Expected.UNROUTED, told)
    if twice:
        told = f"another file would land as {key}, too; land them in separate calls with --under"
        return PlannedFile(path, key, size_bytes, Expected.TWICE, told)
    if before is None or before.state is ArrivalState.MISSING:
        return PlannedFile(path, key, size_bytes, Expected.NEW)
    return PlannedFile(path, key, size_bytes, _against(before, path, size_bytes))


def _against(before: Arrival, path: Path, size_bytes: int) -> Expected:
    if before.size_bytes != size_bytes:
        return Expected.REWRITE
    if size_bytes > _READ_WHOLE_BYTES:
        return Expected.SAME_SIZE
    try:
        same = measure(path, None).digest == before.version
    except HeadwaterError:  # it changes while it is read
        return Expected.REWRITE
    return Expected.DUPLICATE if same else Expected.REWRITE


def _batches(files: Sequence[PlannedFile], limits: BatchLimits) -> list[list[int]]:
    """Sizes of files by batches, as the ledger closes them."""
    batches: list[list[int]] = []
    room_files = room_bytes = 0
    for each in files:
        if not room_files or each.size_bytes > room_bytes:
            batches.append([])
            room_files, room_bytes = limits.files, limits.size_bytes
        batches[-1].append(each.size_bytes)
        room_files -= 1
        room_bytes -= each.size_bytes
    return batches


def _size(path: Path) -> int:
    with open_source(path) as descriptor:
        return os.fstat(descriptor).st_size


def _batch(each: Forecast) -> PlannedBatch:
    planned = each.load
    return PlannedBatch(
        files=planned.files,
        bytes_in=planned.bytes_in,
        parts=planned.parts,
        bytes_out=planned.bytes_out,
        engine=each.engine,
        nanos=each.cost.nanos,
    )


def _over(feed: Feed, spent: int, costs: Sequence[Cost]) -> Bound | None:
    """The first limit that one of the batches would pass, one begun after the other."""
    for cost in costs:
        if (passed := feed.budget.passed(cost.nanos, spent)) is not None:
            return passed[0]
        spent += cost.nanos
    return None
