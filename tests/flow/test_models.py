"""Models: built in order when what they read has changed, once, and told of."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from headwater.errors import CommitConflict, UnknownModel
from headwater.flow.attempt import Failed, attempt
from headwater.flow.models.look import Lookout
from headwater.flow.models.plan import Asked, Need, decide, write_down
from headwater.flow.models.standing import ModelState
from headwater.model.ids import FeedName
from headwater.model.manifest import ManifestState
from headwater.model.progress import nobody
from tests.flow import lakes, modelled
from tests.flow.modelled import SALES, build, change, put

MODELS = """\
  daily: {sql: "select day, sum(qty) as qty from sales group by day"}
  total: {sql: select sum(qty) as qty from daily}
"""
DAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def engine():
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "lake"


@pytest.fixture
def lake(folder):
    with modelled.make(folder, MODELS) as lake:
        # A ledger that knows of nothing would be taken for one that is lost.
        lake.land("customers", lakes.write(folder.parent / "c.csv", "c,segment\na,x\n"))
        change(lake, "sales", SALES)
        yield lake


def sell(lake, qty=1):
    return change(lake, "sales", SALES, [put(lake, "sales", SALES, [(1, DAY, "a", qty)])])


def states(lake):
    return {each.model: each.state for each in lake.models()}


def test_workers_build_models_behind_the_feeds_and_in_order(tmp_path, incoming):
    folder = modelled.configure(tmp_path / "lake", MODELS, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.land("sales", incoming("a.csv", lakes.csv_of("1", "2", qty=3)))

        done = lake.work()

        assert [receipt.feed for receipt in done.receipts] == ["sales", "daily", "total"]
        assert modelled.rows(lake, "total") == [(6,)]
        assert lake.work().receipts == []
        assert lake.verify().holds


def test_nothing_is_written_where_nothing_has_changed(lake, engine):
    sell(lake)
    first = build(lake, engine, "daily")

    assert build(lake, engine, "daily") is None
    assert lake._world.tables.version("daily") == first.version


def test_an_entry_without_rows_is_no_change(lake, engine):
    sell(lake)
    build(lake, engine, "daily")
    lake._world.tables.fence("sales", ["m" + "0" * 15 + "-1"])

    assert states(lake)["daily"] is ModelState.FRESH


def test_the_receipt_says_what_it_was_made_from_and_how_much_came_of_it(lake, engine):
    sell(lake)
    version = sell(lake, 5)

    receipt = build(lake, engine, "daily")

    (read,) = receipt.build.inputs
    assert (read.table, read.version, read.rows) == ("sales", version, 2)
    assert (receipt.build.rows, receipt.build.rows_written, receipt.parts) == (1, 1, 1)
    assert "duckdb" in receipt.engine


def test_another_sql_builds_it_whole_with_other_columns_in_one_version(folder, lake, engine):
    sell(lake, 5)
    build(lake, engine, "daily")
    changed = MODELS.replace("sum(qty) as qty from sales", "max(c) as best from sales")
    modelled.configure(folder, changed)

    with lakes.open_lake(folder) as again:
        receipt = build(again, engine, "daily")

        assert receipt.build.partitions is None
        assert again.query("select * from daily").columns == ("day", "best")
        assert again.query("select * from daily", at=1).columns == ("day", "qty")


def test_a_table_may_get_other_partitions(folder, lake, engine):
    sell(lake, 5)
    build(lake, engine, "daily")
    modelled.configure(folder, MODELS.replace("daily: {", "daily: {partition: [day], "))

    with lakes.open_lake(folder) as again:
        build(again, engine, "daily")

        assert again._world.tables.snapshot("daily").partition_by == ("day",)
        assert modelled.rows(again, "daily") == [(DAY, 5)]


def test_what_fails_is_not_built_upon_and_is_said(folder, engine):
    models = MODELS.replace("sum(qty) as qty from sales", "sum(qtty) as qty from sales")
    with modelled.make(folder, models) as lake:
        sell(lake)
        failed = build(lake, engine, "daily")
        lookout = Lookout(lake._world, lake._world.models)

        assert isinstance(failed, Failed)
        assert failed.dead
        assert lookout.look() is False
        daily, total = lake.models()
        assert (daily.state, total.state) == (ModelState.FAILED, ModelState.HELD)
        assert "there is no column qtty" in daily.why


def test_what_failed_is_tried_again_when_its_table_has_changed_or_somebody_asks(folder, engine):
    models = (
        "  daily: {sql: \"select 1 // sum(qty)::int as n from sales having error('no') is null\"}"
    )
    with modelled.make(folder, models + "\n") as lake:
        sell(lake)
        model = lake._world.model("daily")
        assert build(lake, engine, "daily").dead

        assert decide(lake._world, model).need is Need.REPAIR
        assert decide(lake._world, model, Asked(by_hand=True)).need is Need.BUILD
        sell(lake)
        assert decide(lake._world, model).need is Need.BUILD


def test_two_that_refresh_one_model_at_once_commit_once(lake):
    sell(lake)
    folder, outcomes = lake.root, []

    def refresh():
        with lakes.open_lake(folder) as mine:
            world = mine._world
            model = world.model("daily")
            decision = decide(world, model)
            if decision.manifest is not None:
                write_down(world, model, decision)
                claim = world.ledger.claim(
                    "w", world.clock(), world.lease, feeds=[FeedName("daily")]
                )
                outcomes.append(claim and lakes.try_once(mine, claim))

    threads = [threading.Thread(target=refresh) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(outcome is not None for outcome in outcomes) == 1
    assert len(lake.receipts(feed=None)) == 1
    assert sum(1 for entry in lake._world.tables.log("daily") if entry.manifest) == 1


def test_a_build_that_was_overtaken_ends_and_changes_nothing(lake, engine):
    world = lake._world
    sell(lake, 1)
    model = world.model("daily")
    write_down(world, model, decide(world, model))
    late = world.ledger.claim("late", world.clock(), world.lease, feeds=[FeedName("daily")])
    world.ledger.release(late, "ended in the middle", world.clock())
    sell(lake, 2)

    done = lake.refresh("daily")

    assert [receipt.build.overtaken for receipt in done.receipts] == [True, False]
    assert modelled.rows(lake, "daily") == [(DAY, 3)]
    assert world.ledger.manifest(late.manifest.id).state is ManifestState.COMMITTED
    assert states(lake)["daily"] is ModelState.FRESH


def test_a_build_on_a_table_that_somebody_else_has_changed_is_refused(lake, engine):
    sell(lake)
    build(lake, engine, "daily")
    sell(lake)
    world = lake._world
    model = world.model("daily")
    write_down(world, model, decide(world, model))
    claim = world.ledger.claim("w", world.clock(), world.lease, feeds=[FeedName("daily")])
    slow = DuckEngine()
    ask = slow.build

    def meanwhile(task, watch):
        edifice = ask(task, watch)
        snapshot = world.tables.snapshot("daily")
        change(lake, "daily", snapshot.schema, remove=[part.path for part in snapshot.parts])
        return edifice

    slow.build = meanwhile
    failed = attempt(world, slow, claim, nobody)
    slow.close()

    assert isinstance(failed.error, CommitConflict)
    assert not failed.dead
    assert modelled.rows(lake, "daily") == []


def test_refresh_builds_what_a_model_is_made_of_first(tmp_path, incoming):
    manual = MODELS.replace('{sql: "select day', '{refresh: manual, sql: "select day')
    folder = modelled.configure(tmp_path / "lake", manual, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("1", qty=3)))
        assert lake.work().receipts == []

        done = lake.refresh("total")

        assert [receipt.feed for receipt in done.receipts] == ["daily", "total"]
        assert lake.refresh("total").fresh == ["daily", "total"]
        full = lake.refresh("total", full=True)
        assert [receipt.feed for receipt in full.receipts] == ["total"]


def test_a_model_that_is_not_there_is_said_with_the_one_that_was_meant(lake):
    with pytest.raises(UnknownModel) as refused:
        lake.refresh("dayly")

    assert "did you mean 'daily'?" in refused.value.hint


def test_a_table_that_is_not_there_yet_is_waited_for(folder):
    with modelled.make(folder, MODELS) as lake:
        daily, total = lake.models()

        assert (daily.state, daily.why) == (ModelState.WAITING, "there is no table sales yet")
        assert (total.state, total.why) == (ModelState.HELD, "it is made of daily")
        assert Lookout(lake._world, lake._world.models).look() is False


def test_cron_builds_from_what_was_there_at_its_time(folder, engine):
    clock = lakes.Clock()
    six = clock.now.replace(hour=6, minute=0, second=0, microsecond=0)
    models = "  daily: {sql: from sales, refresh: 'cron 0 6 * * *'}\n"
    with modelled.make(folder, models, clock=clock) as lake:
        sell(lake)  # at some time of today
        model = lake._world.model("daily")

        clock.now = six - timedelta(hours=1)
        assert decide(lake._world, model).need is Need.TABLE
        clock.now = six + timedelta(days=2)
        assert decide(lake._world, model).need is Need.BUILD


def test_every_hour_is_once_an_hour(folder, engine):
    clock = lakes.Clock()
    models = "  daily: {sql: from sales, refresh: every 1h}\n"
    with modelled.make(folder, models, clock=clock) as lake:
        sell(lake)
        clock.advance(hours=1)
        assert build(lake, engine, "daily").build.rows == 1
        clock.advance(hours=-1)
        sell(lake)
        model = lake._world.model("daily")

        assert lake.models()[0].refresh == "every 1h"
        assert decide(lake._world, model).need is Need.NOTHING
        clock.advance(hours=2)
        assert decide(lake._world, model).need is Need.BUILD


def test_only_the_tables_that_are_named_make_it_stale_by_itself(folder, engine):
    models = """\
  both:
    sql: select * from sales join customers using (c)
    refresh: after customers
"""
    with modelled.make(folder, models) as lake:
        sell(lake)
        part = put(lake, "customers", modelled.CUSTOMERS, [("a", "x")])
        change(lake, "customers", modelled.CUSTOMERS, [part])
        build(lake, engine, "both")
        sell(lake)
        model = lake._world.model("both")

        assert decide(lake._world, model).need is Need.NOTHING
        assert decide(lake._world, model, Asked(by_hand=True)).need is Need.BUILD


def test_a_ledger_made_anew_knows_its_builds_and_builds_nothing_again(tmp_path, incoming):
    folder = modelled.configure(tmp_path / "lake", MODELS, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("1", qty=3)))
        lake.work()
        before = lake.receipts()

        lake.rebuild()

        after = {receipt.manifest: receipt for receipt in lake.receipts()}
        assert after == {receipt.manifest: receipt for receipt in before}
        assert lake.work().receipts == []
        assert lake.verify().holds


def test_a_rebuild_in_the_middle_of_a_build_loses_nothing(tmp_path, incoming):
    folder = modelled.configure(tmp_path / "lake", MODELS, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("1", qty=3)))
        world = lake._world
        model = world.model("daily")
        write_down(world, model, decide(world, model))
        world.ledger.claim("w", world.clock(), world.lease, feeds=[FeedName("daily")])

        lake.rebuild()
        done = lake.work()

        assert [receipt.feed for receipt in done.receipts] == ["daily", "total"]
        assert modelled.rows(lake, "total") == [(3,)]


def test_a_sweep_takes_what_a_later_build_replaced_and_nothing_else(lake, engine):
    sell(lake, 1)
    build(lake, engine, "daily")
    sell(lake, 2)
    build(lake, engine, "daily")

    swept = lake.sweep(older_than=timedelta(0))

    assert swept.parts == 1
    assert modelled.rows(lake, "daily") == [(DAY, 3)]


def test_verify_finds_a_part_of_a_model_that_was_changed(tmp_path, incoming):
    folder = modelled.configure(tmp_path / "lake", MODELS, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("1", qty=3)))
        lake.work()
        (part,) = (folder / "curated" / "daily").glob("*.parquet")
        body = bytearray(part.read_bytes())
        body[len(body) // 2] ^= 1
        part.write_bytes(bytes(body))

        verdict = lake.verify()

    assert any(found.subject == part.name for found in verdict.findings)


def test_the_page_on_models_has_every_state():
    page = Path(__file__).parents[2] / "docs" / "how-to" / "models.md"

    for state in ModelState:
        assert f"| {state.value} |" in page.read_text(encoding="utf-8")


def test_status_counts_models_and_calls_none_a_feed(tmp_path, incoming):
    folder = modelled.configure(tmp_path / "lake", MODELS, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("1", qty=3)))
        lake.work()

        status = lake.status()

        assert [each.feed for each in status.feeds] == ["sales"]
        assert {each.table: (each.model, each.read_by) for each in status.tables} == {
            "daily": ("daily", ("total",)),
            "sales": (None, ("daily",)),
            "total": ("total", ()),
        }
        (story,) = lake.explain("sales/a.csv")
        assert story.models == ("daily", "total")
