"""What would do a table good, and what to run or write for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from headwater.model.feed import PartitionBy
from headwater.model.ids import FeedName, TableName
from headwater.model.layout import Layout, PartitionStanding

MANY_SMALL = 20
"""So many small parts are worth a word."""

MANY_PARTITIONS = 100
SMALL_SHARE = 16
"""A table has too many partitions where half of them hold less than that part of a file."""

HUGE_SHARE = 0.5
"""One of four partitions or more holds more than that of a table: it does not divide it."""

_LEAST = 4
_COARSER = {"hour": "day", "day": "month", "month": "year"}


@dataclass(frozen=True, slots=True)
class Advice:
    """What is odd about a table, and what to do about it."""

    code: str  # small_parts, many_partitions, huge_partition, sweep
    message: str
    action: str  # a command, or what to write into headwater.yaml
    is_command: bool = True


def advice(table: TableName, feed: FeedName, layout: Layout) -> Iterator[Advice]:
    """Everything there is to say, the cheapest to put right first."""
    if layout.joinable >= MANY_SMALL:
        never = "" if layout.compacted else "; it was never compacted"
        yield Advice(
            "small_parts",
            f"{layout.joinable:,} small parts would become {layout.becoming:,}{never}",
            f"headwater compact {table}",
        )
    if layout.removable:
        yield Advice(
            "sweep",
            f"{layout.removable:,} files that no reader may need any more",
            "headwater sweep",
        )
    yield from _partitions(feed, layout)


def _partitions(feed: FeedName, layout: Layout) -> Iterator[Advice]:
    sizes = [each.size_bytes for each in layout.partitions]
    small_bytes = layout.target_bytes / SMALL_SHARE
    if len(sizes) > MANY_PARTITIONS and median(sizes) < small_bytes:
        yield Advice(
            "many_partitions",
            f"{len(sizes):,} partitions, half of them smaller than {small_bytes / 1e6:,.0f} MB",
            f"feeds.{feed}: a new table, {_coarser(layout.partition_by)}",
            is_command=False,
        )
    total = sum(sizes)
    if len(sizes) >= _LEAST and sizes[0] > max(total * HUGE_SHARE, layout.target_bytes):
        share = f"{sizes[0] / total:.0%} of the table"
        yield Advice(
            "huge_partition",
            f"{spelled(layout.partitions[0])} holds {share}",
            f"feeds.{feed}: a new table, with a finer partition",
            is_command=False,
        )


def spelled(partition: PartitionStanding) -> str:
    """A partition as its folders are called, without their coding."""
    values = (f"{name}={'null' if value is None else value}" for name, value in partition.values)
    return "/".join(values) or "the whole table"


def _coarser(by: tuple[PartitionBy, ...]) -> str:
    """The partition without its finest step."""
    if len(by) > 1:
        return f"partition: [{', '.join(map(_written, by[:-1]))}]"
    if by and by[0].function in _COARSER:
        return f"partition: [{_COARSER[by[0].function]}({by[0].column})]"
    return "with a coarser partition"


def _written(by: PartitionBy) -> str:
    return by.name if by.function in {"column", "arrival_date"} else f"{by.function}({by.column})"
