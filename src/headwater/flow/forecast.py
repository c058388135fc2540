"""What a batch will come to: by what the feed's batches before it came to, or by a sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from headwater.flow.world import World
from headwater.model.cost import AwsEngine, Cost, Load, cost, engine_for, load, load_within
from headwater.model.feed import Feed
from headwater.model.receipt import Receipt

RECENT = 20
"""Batches that are looked back to."""

PART_BYTES = 1_000
"""What a part takes besides its rows."""

# Where nothing is known: what text comes to as Parquet, and how fast the engine reads it.
_OUT_OF_IN = 0.25
_CPU_SECONDS_PER_BYTE = 1 / 150_000_000
_BATCH_CPU_SECONDS = 0.1  # however little it holds
_PACKED = (".gz", ".zip", ".bz2", ".xz", ".zst", ".lz4")
_UNPACKED_TIMES = 5

_EXPECTED_BYTES = 4_000_000
"""What is expected counts as if so many bytes had come to it: a feed's first tiny files tell
little of what large ones will come to."""

_TIMED_BYTES = 10_000_000
"""Of a smaller batch, most of the time is the engine's start."""


@dataclass(frozen=True, slots=True)
class Experience:
    """What a feed's bytes came to."""

    batches: int  # that it is taken from; 0: from a sample, or from nothing
    out_of_in: float  # bytes of parts for each byte of the files, as they lie there
    cpu_of_in: float  # processor seconds for each
    parts_of_batch: float = 1.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one batch will come to."""

    load: Load
    engine: AwsEngine
    cost: Cost


def experience(world: World, feed: Feed) -> Experience | None:
    """What the feed's latest batches came to; None where nothing was written yet."""
    receipts = [
        each
        for each in world.ledger.receipts(feed=feed.name, limit=RECENT)
        if each.size_bytes_out and each.size_bytes_in
    ]
    if not receipts:
        return None
    expected = guess((file.key, file.size_bytes) for each in receipts for file in each.files)
    parts = sum(each.parts for each in receipts)
    out = sum(each.size_bytes_out for each in receipts) - parts * PART_BYTES
    read = sum(each.size_bytes_in for each in receipts)
    rows_out = max(out, 0) + expected.out_of_in * _EXPECTED_BYTES
    return Experience(
        batches=len(receipts),
        out_of_in=rows_out / (read + _EXPECTED_BYTES),
        cpu_of_in=_cpu_of_in(receipts) or expected.cpu_of_in,
        parts_of_batch=parts / len(receipts),
    )


def _cpu_of_in(receipts: Sequence[Receipt]) -> float:
    timed = [each for each in receipts if each.cpu_seconds and each.size_bytes_in >= _TIMED_BYTES]
    read = sum(each.size_bytes_in for each in timed)
    seconds = sum(max(each.cpu_seconds - _BATCH_CPU_SECONDS, 0.0) for each in timed)
    return seconds / read if read else 0.0


def guess(files: Iterable[tuple[str, int]]) -> Experience:
    """Where nothing is known: of files by these names and sizes."""
    pairs = list(files)
    stored = sum(size for _, size in pairs)
    within = sum(size * _UNPACKED_TIMES if _is_packed(name) else size for name, size in pairs)
    return of_content(stored, within)


def of_content(stored_bytes: int, content_bytes: int, out_of_content: float = 0.0) -> Experience:
    """Of files of which it is known how much they hold, and perhaps what a sample came to."""
    times = content_bytes / stored_bytes if stored_bytes else 1.0
    return Experience(0, times * (out_of_content or _OUT_OF_IN), times * _CPU_SECONDS_PER_BYTE)


def forecast(world: World, feed: Feed, sizes: Sequence[int], known: Experience) -> Forecast:
    """What a batch of files of these sizes will come to."""
    bytes_in = sum(sizes)
    bytes_out = round(bytes_in * known.out_of_in)
    by_size = ceil(bytes_out / feed.file_size_bytes) if feed.file_size_bytes else 1
    parts = max(by_size, round(known.parts_of_batch), 1)
    # Parts are told to be alike, which is enough for how many requests write them.
    outgoing = [bytes_out // parts + PART_BYTES] * parts if bytes_in else []
    planned = load(sizes, outgoing, _BATCH_CPU_SECONDS + bytes_in * known.cpu_of_in)
    engine = engine_for(bytes_in, feed.lambda_below_bytes)
    return Forecast(planned, engine, cost(planned, engine, world.prices))


def reckoned(world: World, feed: Feed, receipt: Receipt, parts: Sequence[int]) -> Cost:
    """What the batch of a receipt, which wrote parts of these sizes, takes on AWS."""
    sizes = [file.size_bytes for file in receipt.files]
    counted = load(sizes, parts, receipt.cpu_seconds)
    engine = engine_for(receipt.size_bytes_in, feed.lambda_below_bytes)
    return cost(counted, engine, world.prices)


def reckoned_within(
    world: World, feed: Feed, sizes: tuple[Sequence[int], Sequence[int]], cpu_seconds: float
) -> Cost:
    """What making parts of parts takes on AWS; sizes of those read, and of those written."""
    counted = load_within(*sizes, cpu_seconds)
    engine = engine_for(counted.bytes_in, feed.lambda_below_bytes)
    return cost(counted, engine, world.prices)


def _is_packed(name: str) -> bool:
    return name.lower().endswith(_PACKED)
