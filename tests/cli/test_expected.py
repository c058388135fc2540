"""What is expected and who is told, typed as a person types it; with deaths in between."""

import json
import signal

import pytest

from tests.cli.calling import make_lake, run, write_csv

KILLED = -signal.SIGKILL


@pytest.fixture
def expecting(tmp_path):
    """A lake whose feed expects two files a day since long ago, and that tells a file."""
    lake = make_lake(tmp_path)
    file = lake / "headwater.yaml"
    told = "notify: [{file: events.ndjson, on: [missing]}]\n"
    expect = "format: csv\n    expect: {since: 2026-01-01, at_least: 2 files}"
    file.write_text(told + file.read_text().replace("format: csv", expect), encoding="utf-8")
    return lake


def events(lake):
    return [json.loads(line) for line in (lake / "events.ndjson").read_text().splitlines()]


def test_status_says_under_what_needs_a_person_since_when_and_what_to_do(expecting):
    shown = run("status", cwd=expecting)

    needs = shown.out.split("Needs a person")[1]
    assert "missing, at least the 9 periods in a row since" in needs
    assert "lacks 2 files, of which none came" in needs
    assert "headwater status sales" in needs
    (told,) = run("status", "--json", cwd=expecting).document["expected"]
    assert (told["feed"], told["periods"][-2]["state"]) == ("sales", "missing")


def test_status_of_a_feed_shows_its_last_periods(expecting, tmp_path):
    run("ingest", "sales", write_csv(tmp_path / "a.csv", 3), cwd=expecting)

    shown = run("status", "sales", cwd=expecting)

    rows = [line.split() for line in shown.out.splitlines() if line.lstrip().startswith("20")]
    assert len(rows) == 10
    assert rows[-1][1:3] == ["1", "3"]
    assert "waiting" in rows[-1]
    document = run("status", "sales", "--json", cwd=expecting).document
    assert document["expected"][0]["periods"][-1]["came"]["rows"] == 3


def test_status_of_a_feed_of_which_nothing_is_expected_says_so(lake):
    assert "nothing is expected" in run("status", "sales", cwd=lake).out


@pytest.mark.parametrize("name", ["notify.recorded", "notify.told"])
def test_a_worker_killed_while_it_tells_leaves_it_to_the_next_at_least_once(expecting, name):
    died = run("work", "--until-idle", cwd=expecting, HEADWATER_CRASH=name)
    assert died.code == KILLED

    assert run("work", "--until-idle", cwd=expecting).code == 0

    assert [(each["id"], each["kind"]) for each in events(expecting)] == [(1, "missing")]


def test_checks_shows_each_check_and_json_each_run(lake, tmp_path):
    file = lake / "headwater.yaml"
    checks = "format: csv\n    checks: [{range: {amount: [0, 1]}, action: warn, name: small}]"
    file.write_text(file.read_text().replace("format: csv", checks), encoding="utf-8")
    run("ingest", "sales", write_csv(tmp_path / "a.csv", 4), cwd=lake)

    shown = run("checks", cwd=lake)

    assert shown.code == 0
    assert "small" in shown.out
    assert "75.00%" in shown.out
    (story,) = run("checks", "sales", "--json", cwd=lake).document["checks"]
    assert [(each["examined"], each["failed"]) for each in story["runs"]] == [(4, 3)]
    assert story["failing_since"] == story["runs"][0]["at"]
