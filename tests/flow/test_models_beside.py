"""Models beside compactions, replays that make a table anew, and feeds that join their tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headwater.flow.models.standing import ModelState
from tests.flow import lakes, modelled

MODELS = """\
  daily:
    sql: "select id, sum(qty) as qty from sales group by id"
    mode: incremental
    partition: [id]
  every: {sql: select * from sales}
"""
FEEDS = "  sales: {schema: {id: text, qty: bigint}}\n"


@pytest.fixture
def folder(tmp_path):
    return modelled.configure(tmp_path / "lake", MODELS, FEEDS)


def land(lake, tmp_path, name, *rows):
    lake.land("sales", lakes.write(tmp_path / name, "\n".join(["id,qty", *rows, ""])))
    return lake.work()


def states(lake):
    return {each.model: each.state for each in lake.models()}


def test_joining_the_parts_of_a_table_is_no_reason_to_build(folder, tmp_path):
    with lakes.open_lake(folder) as lake:
        for number in (1, 2):
            land(lake, tmp_path, f"{number}.csv", f"a,{number}")
        (joined,) = lake.compact("sales")

        assert joined.joined == 2
        assert set(states(lake).values()) == {ModelState.FRESH}
        assert lake.work().receipts == []


def test_rows_whose_parts_were_joined_and_swept_are_built_from_where_they_are(folder, tmp_path):
    with lakes.open_lake(folder) as lake:
        for number in (1, 2):
            land(lake, tmp_path, f"{number}.csv", f"a,{number}")
        lake.compact("sales")
        lake.sweep(older_than=timedelta(0))

        refreshed = lake.refresh(full=True)

        assert not refreshed.failures
        assert modelled.rows(lake, "daily") == [("a", 3)]
        assert states(lake)["daily"] is ModelState.FRESH
        assert lake.verify().holds


def test_what_came_behind_a_compaction_is_built_in_pieces(folder, tmp_path):
    with lakes.open_lake(folder) as lake:
        for number in (1, 2):
            land(lake, tmp_path, f"{number}.csv", f"{number},{number}")
        lake.compact("sales")
        lake.sweep(older_than=timedelta(0))

        done = land(lake, tmp_path, "3.csv", "2,5")

        (daily,) = (receipt for receipt in done.receipts if receipt.feed == "daily")
        assert daily.build.partitions == 1
        assert modelled.rows(lake, "daily") == [("1", 1), ("2", 7)]


def test_a_table_that_was_made_anew_is_read_whole(folder, tmp_path):
    with lakes.open_lake(folder) as lake:
        land(lake, tmp_path, "1.csv", "1,1", "2,2")
    modelled.configure(folder, MODELS, FEEDS.replace("bigint}", "text}, partition: [id]"))

    with lakes.open_lake(folder) as lake:
        lake.replay("sales", as_one=True)
        lake.work()

        assert lake.query("select distinct qty from sales order by 1").rows() == [("1",), ("2",)]
        assert states(lake)["every"] is ModelState.FRESH
        assert states(lake)["daily"] is ModelState.FAILED


def test_a_feed_may_join_the_table_of_a_model(folder, tmp_path):
    shop = """\
  shop:
    steps:
      - join: {table: daily, on: id, take: [qty]}
"""
    modelled.configure(folder, MODELS, FEEDS + shop)
    with lakes.open_lake(folder) as lake:
        land(lake, tmp_path, "1.csv", "a,1", "a,2")

        lake.land("shop", lakes.write(tmp_path / "shop.csv", "id,name\na,x\n"))
        lake.work()

        assert lake.query("select id, name, qty from shop").rows() == [("a", "x", 3)]
