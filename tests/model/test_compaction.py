"""Which small parts are joined with which."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headwater.model.compaction import ROUND_BYTES, first_round, groups
from headwater.model.part import Part

TARGET = 100


def part(number, size_bytes, *partition, arrival="a"):
    folders = tuple((f"p{at}", value) for at, value in enumerate(partition))
    path = f"x/part-m{number:05}-1-0.parquet"
    return Part(path, 1, size_bytes, folders, None, arrival, arrival)


def numbers(found):
    return [[int(each.path[8:13]) for each in group] for group in found]


def test_small_is_less_than_half_and_groups_are_about_as_large_as_wanted():
    parts = [part(n, size) for n, size in enumerate([40, 49, 50, 10, 49, 1])]

    assert numbers(groups(parts, TARGET)) == [[0, 1, 3], [4, 5]]


def test_partitions_stay_apart_and_null_is_one_of_them():
    parts = [part(n, 1, value) for n, value in enumerate(["a", None, "a", "", None])]

    assert numbers(groups(parts, TARGET)) == [[0, 2], [1, 4]]


def test_the_oldest_come_first_whatever_made_them_and_wherever_they_lie():
    old = Part("z/part-c00001-1-0.parquet", 1, 1, (), None, "a", "a")
    new = Part("a/part-m00002-1-0.parquet", 1, 1, (), None, "a", "a")

    assert groups([new, old], TARGET) == [(old, new)]


def test_a_partition_with_too_few_small_parts_is_left_alone():
    parts = [part(n, 1, value) for n, value in enumerate("aabbb")]

    assert numbers(groups(parts, TARGET, least=3)) == [[2, 3, 4]]


def test_parts_of_which_nobody_says_whose_rows_they_hold_are_left_alone():
    foreign = part(1, 1, arrival=None)

    assert groups([part(0, 1), foreign, part(2, 1)], TARGET) == [(part(0, 1), part(2, 1))]


def test_a_round_takes_one_group_at_least_and_no_more_than_its_bytes():
    large = [(part(n, ROUND_BYTES - 1), part(n + 100, 2)) for n in range(3)]
    little = [(part(n, 1), part(n + 100, 2)) for n in range(3)]

    assert first_round(large) == large[:1]
    assert first_round(little) == little
    assert first_round([]) == []


@given(st.lists(st.tuples(st.integers(1, 120), st.sampled_from("ab")), max_size=60))
def test_every_group_fits_and_no_part_is_in_two(given_parts):
    parts = [part(n, size, value) for n, (size, value) in enumerate(given_parts)]

    found = groups(parts, TARGET)

    joined = [each for group in found for each in group]
    assert len(joined) == len(set(joined))
    assert all(len(group) > 1 for group in found)
    assert all(sum(each.size_bytes for each in group) <= TARGET for group in found)
    assert all(len({each.partition for each in group}) == 1 for group in found)
