import re

from tests.cli.calling import write_csv


def with_budget(lake, text):
    page = lake / "headwater.yaml"
    before = page.read_text(encoding="utf-8")
    after = re.sub(r"\n(\s+)match: ", rf"\n\1budget: {text}\n\1match: ", before, count=1)
    page.write_text(after, encoding="utf-8")


def test_plan_names_files_batches_and_what_they_cost(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 1_000)

    page = call("plan", "sales", "a.csv", "nowhere.csv", "-C", lake)
    document = call("plan", "sales", "a.csv", "-C", lake, "--json").document

    assert page.code == 0, page.err
    assert "cannot be read  nowhere.csv is not there" in page.out
    assert "on AWS: 1 batch by lambda" in page.out
    assert "by AWS list prices, us-east-1, of 2025-01-01" in page.out
    assert [each["expected"] for each in document["files"]] == ["new"]
    assert document["cost"]["nanos"] == sum(each["nanos"] for each in document["cost"]["lines"])


def test_costs_are_shown_by_feed_and_month(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 1_000)
    (receipt,) = call("ingest", "sales", "a.csv", "-C", lake, "--json").document["receipts"]

    (spent,) = call("costs", "sales", "-C", lake, "--json").document["costs"]
    page = call("costs", "-C", lake)
    story = call("explain", "a.csv", "-C", lake)

    assert spent["nanos"] == receipt["cost"]["nanos"] > 0
    assert "sales" in page.out
    assert "its batch on AWS" in story.out


def test_a_batch_over_its_budget_waits_is_shown_and_goes_on_when_told(call, lake, tmp_path):
    with_budget(lake, "{per_run: 0.000000001 USD}")
    write_csv(tmp_path / "a.csv", 1_000)

    landed = call("ingest", "sales", "a.csv", "-C", lake)
    waiting = call("status", "-C", lake)
    idle = call("work", "--until-idle", "-C", lake)
    begun = call("work", "--until-idle", "--over-budget", "sales", "-C", lake)

    assert landed.code == 3, landed.err
    for page in (landed, waiting, idle):
        assert "waits for a person" in page.out
        assert "headwater work --over-budget sales" in page.out
    assert "nobody works" not in waiting.out
    assert idle.code == 3
    assert begun.code == 0, begun.err
    assert "1,000  =    1,000" in begun.out


def test_a_crew_passes_a_budget_when_told(call, lake, tmp_path):
    with_budget(lake, "{per_run: 0.000000001 USD}")
    write_csv(tmp_path / "a.csv", 1_000)
    call("land", "sales", "a.csv", "-C", lake)

    idle = call("work", "--until-idle", "--workers", "2", "-C", lake)
    words = ("--until-idle", "--workers", "2", "--over-budget", "sales")
    begun = call("work", *words, "-C", lake)

    assert idle.code == 3
    assert "waits for a person" in idle.out
    assert begun.code == 0, begun.err
