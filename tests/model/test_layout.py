"""Parts by partition and by size."""

from __future__ import annotations

from headwater.model.layout import partitions, size_classes
from headwater.model.part import Part


def part(size_bytes, region=None, rows=1):
    return Part(f"{size_bytes}-{region}", rows, size_bytes, (("region", region),))


def test_partitions_are_summed_up_and_the_largest_comes_first():
    found = partitions([part(1, "a", 3), part(9, None, 2), part(2, "a", 4), part(5, "")])

    assert [(each.values[0][1], each.rows, each.parts, each.size_bytes) for each in found] == [
        (None, 2, 1, 9),
        ("", 1, 1, 5),
        ("a", 7, 2, 3),
    ]


def test_each_part_is_in_one_class_of_size_and_small_ends_at_half():
    found = list(size_classes([part(size) for size in (0, 1, 15, 16, 127, 128, 9_999)], 256))

    assert [(each.from_bytes, each.to_bytes, each.parts) for each in found] == [
        (0, 1, 1),
        (1, 16, 2),
        (16, 128, 2),
        (128, None, 2),
    ]
    assert sum(each.size_bytes for each in found) == 10_286
