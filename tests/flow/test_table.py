"""One table closely: its history, its layout, and what would do it good."""

from __future__ import annotations

import pytest
from deltalake import DeltaTable

from headwater.errors import UnknownTable
from headwater.flow.advice import advice
from headwater.flow.table import Deed
from headwater.model.feed import PartitionBy
from headwater.model.layout import Layout, PartitionStanding
from tests.flow import lakes
from tests.flow.lakes import csv_of

FEEDS = lakes.SALES + "    batch: {files: 1}\n    compact: never\n"
DAYS = (PartitionBy("month", "month", "ts"), PartitionBy("day", "day", "ts"))
MB = 1_000_000


@pytest.fixture
def lake(folder, clock):
    with lakes.make(folder, FEEDS, clock=clock) as lake:
        yield lake


def deeds(lake):
    return [each.deed for each in lake.table("sales").history]


def test_every_kind_of_version_is_told_apart_the_newest_first(folder, incoming):
    feeds = "  sales:\n    format: csv\n    on_bad_value: widen\n    batch: {files: 1}\n"
    with lakes.make(folder, feeds) as lake:
        for number, text in enumerate(["id\n1\n", "id\n2\n", "id,who\n3,ann\n", "id,who\nx,bo\n"]):
            lake.land("sales", incoming(f"{number}.csv", text))
        lake.work()
        lake.ingest("sales", incoming("0.csv", "id\n7\n"))
        lake.compact()
        lake._world.tables.fence("sales", ["m9-1"])
        DeltaTable(str(folder / "processed" / "sales")).alter.set_table_properties(
            {"delta.appendOnly": "false"}
        )

        assert deeds(lake) == [
            Deed.FOREIGN,
            Deed.FENCE,
            Deed.COMPACT,
            Deed.REPLACE,
            Deed.WIDEN,
            Deed.APPEND,
            Deed.COLUMNS,
            Deed.APPEND,
            Deed.APPEND,
            Deed.MADE,
        ]


def test_a_version_tells_rows_and_parts_that_came_and_went(lake, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1", "2", "3")))
    lake.ingest("sales", incoming("a.csv", csv_of("4", "5")))

    newest, first, _ = lake.table("sales").history

    assert (newest.rows_added, newest.rows_removed) == (2, 3)
    assert (newest.parts_added, newest.parts_removed) == (1, 1)
    assert (first.rows_added, first.rows_removed) == (3, 0)
    assert newest.manifest == lake.receipts()[0].manifest


def test_partitions_sizes_and_figures_agree_with_the_table(lake, incoming):
    for number, month in enumerate((1, 2, 2)):
        lake.land("sales", incoming(f"{number}.csv", csv_of(f"{number}", month=month)))
    lake.work()

    story = lake.table("sales")

    assert [(each.values, each.rows, each.parts) for each in story.partitions] == [
        ((("month", "2"),), 2, 2),
        ((("month", "1"),), 1, 1),
    ]
    assert sum(each.parts for each in story.sizes) == story.standing.parts == 3
    assert sum(each.size_bytes for each in story.partitions) == story.standing.size_bytes
    assert lake.tables()[0] == story.standing


def test_many_small_parts_are_advised_to_be_joined_and_old_ones_to_be_swept(lake, incoming, clock):
    lake.land("sales", *(incoming(f"{n}.csv", csv_of(f"{n}")) for n in range(20)))
    lake.work()

    before = lake.table("sales")
    lake.compact()
    clock.advance(days=8)
    after = lake.table("sales")

    assert [each.code for each in before.advice] == ["small_parts"]
    assert [(each.code, each.action) for each in after.advice] == [("sweep", "headwater sweep")]
    lake.sweep()
    assert lake.table("sales").advice == ()
    assert lake.table("sales").readable == ((0, 0), (21, 21))


def layout(sizes, *, by=DAYS, joinable=0, compacted=True, removable=0, target=256 * MB):
    found = tuple(
        PartitionStanding((("month", str(n)),), 1, 1, size)
        for n, size in enumerate(sorted(sizes, reverse=True))
    )
    return Layout(len(sizes), found, by, target, joinable, 1, compacted, removable, 0)


def said(lay):
    return [(each.code, each.action) for each in advice("sales", "feed", lay)]


def test_there_is_no_advice_where_nothing_is_odd():
    assert said(layout([256 * MB] * 30)) == []
    assert said(layout([MB] * 30, joinable=19)) == []
    assert said(layout([])) == []


def test_small_parts_are_worth_a_word_from_twenty_on():
    (found,) = advice("sales", "feed", layout([MB], joinable=20, compacted=False))

    assert found.message == "20 small parts would become 1; it was never compacted"
    assert (found.action, found.is_command) == ("headwater compact sales", True)


@pytest.mark.parametrize(
    ("by", "coarser"),
    [
        (DAYS, "partition: [month(ts)]"),
        (DAYS[1:], "partition: [month(ts)]"),
        ((PartitionBy("hour", "hour", "at"),), "partition: [day(at)]"),
        ((PartitionBy("who", "column", "who"), DAYS[0]), "partition: [who]"),
        ((PartitionBy("who", "column", "who"),), "with a coarser partition"),
    ],
)
def test_too_many_little_partitions_are_advised_to_be_coarser(by, coarser):
    ((code, action),) = said(layout([MB] * 101, by=by))

    assert (code, action) == ("many_partitions", f"feeds.feed: a new table, {coarser}")


def test_many_large_partitions_are_no_fault():
    assert said(layout([100 * MB] * 365)) == []


def test_one_partition_that_holds_most_of_a_table_is_told_of():
    (found,) = advice("sales", "feed", layout([900 * MB, MB, MB, MB]))

    assert (found.code, found.message) == ("huge_partition", "month=0 holds 100% of the table")
    assert said(layout([200 * MB, MB, MB, MB])) == []  # it fits into a file
    assert said(layout([900 * MB, 900 * MB, MB])) == []


def test_a_table_that_is_not_there_is_told_with_the_one_that_may_be_meant(lake, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))

    with pytest.raises(UnknownTable) as error:
        lake.table("sale")

    assert error.value.hint == "headwater tables sales"
