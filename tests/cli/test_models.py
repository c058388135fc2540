"""The verbs `models` and `refresh`, and what other verbs say of models."""

import shutil
from pathlib import Path

import pytest

from tests.cli.calling import make_lake, run, write_csv

MODELS = """\
models:
  by_amount:
    description: Sales by whole amount
    sql: |
      select amount::int as whole, count(*) as n
      from sales group by all
    mode: incremental
    partition: [whole]
  total: {sql: select sum(n) as n from by_amount, refresh: manual}
"""


@pytest.fixture(scope="module")
def modelled(tmp_path_factory):
    """A lake with two models that are built, one of which is stale since."""
    folder = tmp_path_factory.mktemp("modelled")
    lake = make_lake(folder)
    file = lake / "headwater.yaml"
    file.write_text(file.read_text() + MODELS)
    first = write_csv(folder / "first.csv", 4)
    assert run("ingest", "sales", first, "-C", lake, cwd=folder).code == 0
    assert run("refresh", "-C", lake, cwd=folder).code == 0
    second = write_csv(folder / "second.csv", 2)
    assert run("ingest", "sales", second, "-C", lake, cwd=folder).code == 0
    assert run("work", "--until-idle", "-C", lake, cwd=folder).code == 0
    return lake


def ask(lake, *words):
    return run(*words, "-C", lake, cwd=lake.parent)


def test_models_are_shown_in_order_with_their_state(modelled):
    ran = ask(modelled, "models")

    lines = ran.out.splitlines()
    assert [line.split()[1] for line in lines[2:4]] == ["by_amount", "total"]
    assert "fresh" in lines[2]
    assert "stale" in lines[3]


def test_one_model_shows_what_it_is_made_of_and_its_sql(modelled):
    shown = ask(modelled, "models", "by_amount").out

    for words in (
        "Sales by whole amount",
        "partitioned by whole",
        "read by total",
        "Last build",
        "from sales group by all",
    ):
        assert words in shown


def test_a_program_gets_versions_and_receipts(modelled):
    by_amount, total = ask(modelled, "models", "--json").document["models"]

    assert by_amount["inputs"] == [{"table": "sales", "model": None, "built": 2, "version": 2}]
    assert by_amount["last"]["build"]["mode"] == "incremental"
    assert (total["state"], total["inputs"][0]["model"]) == ("stale", "by_amount")
    assert total["since"] is not None


def test_a_model_that_is_not_there_is_told_with_the_one_that_was_meant(modelled):
    ran = ask(modelled, "models", "by_amont")

    assert ran.code == 2
    assert "headwater models by_amount" in ran.err


def test_tables_status_and_explain_tell_of_models(modelled):
    assert "model by_amount" in ask(modelled, "tables").out
    assert "read by models: by_amount" in ask(modelled, "tables", "sales").out
    assert "models: 1 fresh, 1 stale" in ask(modelled, "status").out
    assert "goes on into models: by_amount, total" in ask(modelled, "explain", "first.csv").out


def test_refresh_says_what_was_built_and_what_was_fresh(modelled, tmp_path):
    lake = Path(shutil.copytree(modelled, tmp_path / "lake"))

    ran = ask(lake, "refresh", "total", "--json")

    assert ran.code == 0
    assert [receipt["feed"] for receipt in ran.document["receipts"]] == ["total"]
    assert ran.document["fresh"] == ["by_amount"]


def test_a_model_that_fails_ends_with_one_and_is_what_a_person_is_told_of(tmp_path):
    lake = make_lake(tmp_path)
    file = lake / "headwater.yaml"
    file.write_text(file.read_text() + "models:\n  bad: {sql: select nothing from sales}\n")
    run("ingest", "sales", write_csv(tmp_path / "a.csv", 2), "-C", lake, cwd=tmp_path)

    ran = ask(lake, "refresh")

    assert ran.code == 1
    assert "there is no column nothing" in ran.out + ran.err
    assert "headwater models bad" in ask(lake, "status").out
    assert "failed" in ask(lake, "models").out


def test_a_mistake_in_a_model_is_told_with_its_line(tmp_path):
    lake = make_lake(tmp_path)
    file = lake / "headwater.yaml"
    line = file.read_text().count("\n") + 2
    file.write_text(file.read_text() + "models:\n  bad: {sql: selec 1}\n")

    ran = ask(lake, "status")

    assert ran.code == 2
    assert f"headwater.yaml:{line}: models.bad.sql: it begins with" in ran.err


def test_workers_in_a_crew_build_models_too(tmp_path):
    lake = make_lake(tmp_path)
    file = lake / "headwater.yaml"
    file.write_text(file.read_text() + MODELS)
    run("land", "sales", write_csv(tmp_path / "a.csv", 5), "-C", lake, cwd=tmp_path)

    ran = ask(lake, "work", "--until-idle", "--workers", "2")

    assert ran.code == 0, ran.err
    assert "by_amount" in ask(lake, "tables").out
