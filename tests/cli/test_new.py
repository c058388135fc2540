"""The first version of a feed, from a sample; or the reason why there is none."""

import pytest

from tests.cli.calling import write_csv


def test_new_adds_a_feed_and_keeps_every_other_line(call, lake, tmp_path):
    sample = write_csv(tmp_path / "b.csv", 10)
    before = (lake / "headwater.yaml").read_text(encoding="utf-8")

    ran = call(
        "new", "returns", "--from", sample, "--table", "returned", "--partition", "id", "-C", lake,
        "--json",
    )  # fmt: skip

    after = (lake / "headwater.yaml").read_text(encoding="utf-8")
    assert ran.code == 0, ran.err
    assert ran.document["survey"]["format"] == "csv"
    assert set(before.splitlines()) <= set(after.splitlines())
    assert "    table: returned" in after
    assert "    partition: [id]" in after


def test_a_feed_that_is_there_is_not_written_again(call, lake, tmp_path):
    before = (lake / "headwater.yaml").read_bytes()

    ran = call("new", "sales", "--from", tmp_path / "sample.csv", "-C", lake)

    assert ran.code == 2
    assert (lake / "headwater.yaml").read_bytes() == before


def test_new_refuses_a_partition_by_a_column_that_the_sample_does_not_have(call, lake, tmp_path):
    sample = write_csv(tmp_path / "b.csv", 10)
    before = (lake / "headwater.yaml").read_bytes()

    ran = call("new", "b", "--from", sample, "--partition", "month(amuont)", "-C", lake)

    assert ran.code == 2
    assert "b.csv has no column amuont" in ran.err
    assert "did you mean amount?" in ran.err
    assert (lake / "headwater.yaml").read_bytes() == before


@pytest.mark.parametrize(("sample", "word"), [("..", "folder"), ("empty.csv", "no bytes")])
def test_new_from_what_is_no_sample_says_what_it_is_and_what_to_do(
    call, lake, tmp_path, sample, word
):
    (tmp_path / "empty.csv").touch()

    ran = call("new", "b", "--from", sample, "-C", lake)

    assert ran.code == 1
    assert word in ran.err
    assert "doctor" not in ran.err


SEMICOLONS = "Sales\nof May\n\nid;who;amount\n1;ann;2,5\n2;bob;13,25\n"


def test_new_says_why_and_writes_what_is_unusual_as_keys(call, lake, tmp_path):
    sample = tmp_path / "may.csv"
    sample.write_text(SEMICOLONS, encoding="utf-8")

    ran = call("new", "may", "--from", sample, "-C", lake)

    after = (lake / "headwater.yaml").read_text(encoding="utf-8")
    assert "`;` gives 3 fields in each of 3 records" in ran.out
    assert "numbers such as 2,5 have a decimal comma" in ran.out
    assert 'look at it once: delimiter: ";", decimal: comma, skip: 3' in " ".join(ran.out.split())
    for line in ('delimiter: ";"', "decimal: comma", "skip: 3", "amount: decimal(18,2)"):
        assert f"  {line}\n" in after


def test_a_feed_that_new_wrote_takes_its_sample_whole(call, lake, tmp_path):
    sample = tmp_path / "may.csv"
    sample.write_text(SEMICOLONS, encoding="utf-8")
    call("new", "may", "--from", sample, "-C", lake)

    ran = call("ingest", "may", sample, "-C", lake, "--json")

    assert ran.code == 0, ran.err
    rows = call("query", "select amount from may order by id", "-C", lake, "--json")
    assert "13.25" in rows.out
