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
