"""How a table's parts lie: in which partitions, and how large they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headwater.model.feed import PartitionBy
from headwater.model.part import Part

_SHARES = (256, 16, 2)  # of the size that is wanted: below the last of them a part is small


@dataclass(frozen=True, slots=True)
class PartitionStanding:
    """One partition of a table."""

    values: tuple[tuple[str, str | None], ...]  # column and value, in partition order
    rows: int
    parts: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Parts from some size on, up to another."""

    from_bytes: int
    to_bytes: int | None  # None: and more
    parts: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What advice is given on."""

    parts: int
    partitions: tuple[PartitionStanding, ...]  # the largest first
    partition_by: tuple[PartitionBy, ...]
    target_bytes: int
    joinable: int  # small parts that a compaction would join
    becoming: int  # so many
    compacted: bool  # ever
    removable: int  # files that a sweep would remove
    removable_bytes: int


def partitions(parts: Iterable[Part]) -> tuple[PartitionStanding, ...]:
    """The partitions that hold these parts, the largest first."""
    found: dict[tuple[tuple[str, str | None], ...], list[Part]] = {}
    for part in parts:
        found.setdefault(part.partition, []).append(part)
    standings = (
        PartitionStanding(
            values,
            sum(part.rows for part in inside),
            len(inside),
            sum(part.size_bytes for part in inside),
        )
        for values, inside in found.items()
    )
    return tuple(sorted(standings, key=lambda each: (-each.size_bytes, str(each.values))))


def size_classes(parts: Iterable[Part], target_bytes: int) -> Iterator[SizeClass]:
    """Parts by size: far too small, small, and about as large as wanted."""
    sizes = [part.size_bytes for part in parts]
    bounds = [0, *(target_bytes // share for share in _SHARES)]
    for start, end in zip(bounds, [*bounds[1:], None], strict=True):
        inside = [size for size in sizes if size >= start and (end is None or size < end)]
        yield SizeClass(start, end, len(inside), sum(inside))
