"""Checks of models: asked of what a build is about to commit, before anybody sees it."""

from __future__ import annotations

from datetime import date

import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from headwater.errors import CheckFailed, ConfigError
from headwater.flow.attempt import Failed
from headwater.flow.models.plan import Need, decide
from headwater.flow.models.standing import ModelState
from headwater.show.checks import bars
from headwater.show.models import models_page
from tests.flow import lakes, modelled
from tests.flow.modelled import CUSTOMERS, SALES, build, change, put

MODEL = """\
  daily:
    sql: select day, c, sum(qty)::bigint as qty from sales group by all
    checks: [{checks}]
"""
PIECES = MODEL + "    mode: incremental\n    partition: [day]\n"
DAY, NEXT = date(2026, 1, 5), date(2026, 1, 6)


@pytest.fixture(scope="module")
def engine():
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.fixture
def make(tmp_path):
    """A lake whose model has these checks, over two sales of one day and one of the next."""
    lakes_open = []

    def make(checks, text=MODEL, clock=None):
        lake = modelled.make(tmp_path / "lake", text.replace("{checks}", checks), clock=clock)
        lakes_open.append(lake)
        lake.land("customers", lakes.write(tmp_path / "c.csv", "c,segment\na,x\n"))
        sell(lake, (1, DAY, "a", 5), (2, DAY, "b", -1), (3, NEXT, "a", 7))
        return lake

    yield make
    for lake in lakes_open:
        lake.close()


def sell(lake, *rows):
    return change(lake, "sales", SALES, [put(lake, "sales", SALES, rows)])


def state(lake):
    return lake.models()[0].state


def found(receipt):
    return {each.name: (each.examined, each.failed) for each in receipt.checks}


@pytest.mark.parametrize(
    ("check", "failed"),
    [
        ("not_null: c", 0),
        ("range: {qty: [0, null]}", 1),
        ("length: {c: [2, 3]}", 3),
        ("pattern: {c: '[a]'}", 1),
        ("one_of: {c: [a, b]}", 0),
        ("holds: qty > 5", 2),
        ("unique: day", 2),
        ("unique: [day, c]", 0),
        ("exists: {c: customers.c}", 1),
        ("rows: [1, 3]", 0),
        ("rows: [4, null]", 3),
        ("fresh: {day: 1d}", 3),
    ],
)
def test_a_check_that_warns_is_counted_and_the_rows_are_written(make, engine, check, failed):
    lake = make(f"{{{check}, name: it}}")
    change(lake, "customers", CUSTOMERS, [put(lake, "customers", CUSTOMERS, [("a", "x")])])

    receipt = build(lake, engine, "daily")

    assert found(receipt) == {"it": (3, failed)}
    assert len(modelled.rows(lake, "daily")) == 3
    assert any("'it'" in note for note in receipt.notes) is bool(failed)


def test_a_check_that_halts_commits_nothing_and_says_which_with_examples(make, engine, tmp_path):
    lake = make("{range: {qty: [0, null]}, action: halt, name: no debts}, {not_null: c}")

    failed = build(lake, engine, "daily")

    assert isinstance(failed, Failed)
    assert failed.dead
    assert failed.error.code == CheckFailed.code
    assert "check 'no debts' of model daily failed for 1 of 3 rows" in failed.error.message
    assert "qty -1, day 2026-01-05, c b" in failed.error.message
    assert lake._world.tables.version("daily") is None
    assert not list((tmp_path / "lake").rglob("daily/**/part-*"))


def test_a_halted_build_leaves_the_table_as_it_was_until_its_input_is_right(make, engine):
    lake = make("{range: {qty: [null, 10]}, action: halt}")
    build(lake, engine, "daily")
    before = modelled.rows(lake, "daily")
    sell(lake, (4, DAY, "a", 50))
    build(lake, engine, "daily")

    assert state(lake) is ModelState.HALTED
    assert modelled.rows(lake, "daily") == before

    sell(lake, (5, DAY, "a", -50))
    assert build(lake, engine, "daily").checks
    assert state(lake) is ModelState.FRESH


def test_a_corrected_check_is_tried_by_itself_and_one_that_passed_builds_nothing(make, engine):
    with make("{rows: [10, null], action: halt}") as lake:
        build(lake, engine, "daily")
        model = lake._world.models[0]
        assert decide(lake._world, model).need is Need.REPAIR

    with make("{rows: [1, null], action: halt}") as lake:
        model = lake._world.models[0]
        assert decide(lake._world, model).need is Need.BUILD
        build(lake, engine, "daily")

    with make("{rows: [2, null], action: halt}") as lake:
        sell_version = lake.models()[0].inputs[0].built
        build(lake, engine, "daily")
        assert lake.models()[0].inputs[0].version >= sell_version
        assert state(lake) is ModelState.FRESH


def test_an_incremental_build_asks_its_partitions_and_the_whole_table_where_rows_go_together(
    make, engine
):
    lake = make("{not_null: c}, {unique: c}, {rows: [3, 3]}, {fresh: {day: 1d}}", PIECES)
    build(lake, engine, "daily")
    sell(lake, (4, NEXT, "b", 1))

    receipt = build(lake, engine, "daily")

    assert receipt.build.partitions == 1
    assert found(receipt) == {
        "not_null c": (2, 0),
        "unique c": (2, 2),
        "rows": (4, 4),
        "fresh day": (4, 4),
    }


def test_a_partition_that_is_built_again_is_no_twin_of_what_it_replaces(make, engine):
    lake = make("{unique: [day, c], action: halt}", PIECES)
    build(lake, engine, "daily")
    sell(lake, (4, NEXT, "a", 1))

    assert found(build(lake, engine, "daily")) == {"unique day, c": (1, 0)}


def test_a_null_is_unique_and_an_empty_table_fails_no_check_of_rows(make, engine):
    lake = make("{unique: day, action: halt}, {not_null: c, action: halt}")
    lake._world.tables.fence("sales", ["m" + "0" * 15 + "-1"])
    sell(lake, (7, None, "a", 1), (8, None, "b", 1))

    failed = build(lake, engine, "daily")

    assert "failed for 2 of 5 rows" in failed.error.message  # those of the day that has two


def test_a_check_that_does_not_fit_the_columns_says_which_and_what_was_meant(make, engine):
    lake = make("{not_null: dya, action: halt}")

    failed = build(lake, engine, "daily")

    assert failed.error.message == "check 'not_null dya' of model daily: there is no column 'dya'"
    assert "did you mean day?" in failed.error.hint
    assert state(lake) is ModelState.FAILED


def test_a_check_of_another_type_says_which(make, engine):
    failed = build(make("{length: {qty: [1, 2]}}"), engine, "daily")

    assert "check 'length qty' of model daily does not fit the types" in failed.error.message


def test_a_table_that_is_not_there_yet_is_named(make, engine):
    failed = build(make("{exists: {c: customers.c}}"), engine, "daily")

    assert "looks into table customers, which is not there" in failed.error.message


@pytest.mark.parametrize(
    ("check", "what"),
    [
        ("{not_null: c, action: quarantine}", "there is none to send to quarantine"),
        ("{not_null: c, when: read}", "a model's checks look at the rows that were built"),
        ("{exists: {c: nobody.c}}", "no feed and no model writes table nobody"),
    ],
)
def test_what_makes_no_sense_of_a_model_is_a_mistake_of_the_configuration(make, check, what):
    with pytest.raises(ConfigError, match=what):
        make(check)


def test_checks_of_models_are_told_over_time_with_builds_that_were_halted(make, engine):
    lake = make("{range: {qty: [null, 10]}, action: halt, name: usual}, {not_null: c}")
    build(lake, engine, "daily")
    sell(lake, (4, DAY, "a", 50))
    build(lake, engine, "daily")

    usual, filled = lake.checks("daily")

    assert (usual.feed, bars(usual.runs), usual.failed) == ("daily", ".!", 1)
    assert bars(filled.runs) == ".."
    assert usual.failing_since is not None
    assert [each.check for each in lake.checks()] == ["usual", "not_null c"]


def test_status_and_models_say_that_a_check_halts_a_build(make, engine):
    lake = make("{rows: [10, null], action: halt}")
    build(lake, engine, "daily")

    (model,) = lake.status().models

    assert model.state is ModelState.HALTED
    assert "there are 3 rows, and 10 to any number are expected" in model.why
    assert models_page([model])


def test_a_ledger_that_is_made_anew_knows_of_halted_builds_and_batches(folder, incoming):
    checks = "checks: [{rows: [10, null], action: halt}]"
    feeds = f"  sales: {{}}\n  other: {{{checks}}}\n"
    models = f"  total: {{sql: select count(*) as n from sales, {checks}}}\n"
    with modelled.make(folder, models, feeds) as lake:
        lake.ingest("sales", incoming("a.csv", "id\n1\n"))
        lake.ingest("other", incoming("b.csv", "id\n1\n"))
        lake.work()
        before = lake.checks()

        lake.rebuild()

        assert [bars(each.runs) for each in before] == ["!", "!"]
        assert lake.checks() == before
        assert state(lake) is ModelState.HALTED


def test_how_new_rows_are_is_asked_of_the_clock(make, engine, clock):
    lake = make("{fresh: {day: 3000d}}", clock=clock)

    assert found(build(lake, engine, "daily")) == {"fresh day": (3, 0)}
