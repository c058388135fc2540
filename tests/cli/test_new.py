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


UMLAUTS = "trip;depot;fee\n1;Köln;2,50\n2;Zürich;3,75\n".encode("cp1252")


def test_new_names_the_option_for_an_encoding_and_takes_it(call, lake, tmp_path):
    sample = tmp_path / "trips.csv"
    sample.write_bytes(UMLAUTS)

    refused = call("new", "trips", "--from", sample, "-C", lake)
    taken = call("new", "trips", "--from", sample, "--encoding", "windows-1252", "-C", lake)
    call("ingest", "trips", sample, "-C", lake)

    assert refused.code == 1
    assert "declare --encoding windows-1252" in " ".join(refused.err.split())
    assert taken.code == 0, taken.err
    rows = call("query", "select depot from trips order by trip", "-C", lake, "--json")
    assert "Zürich" in rows.out


def test_keys_that_new_is_told_are_written_and_hold_for_the_feed(call, lake, tmp_path):
    sample = tmp_path / "short.csv"
    sample.write_text("id,who,seen\n1,ann,-\n2\n3,bob,2026-03-29T05:30:00\n", encoding="utf-8")
    told = ("ragged=pad", "nulls=[-]", "timezone=Europe/Berlin", "max_bad=10%")

    ran = call(
        "new", "short", "--from", sample, *(word for each in told for word in ("--set", each)),
        "-C", lake,
    )  # fmt: skip

    after = (lake / "headwater.yaml").read_text(encoding="utf-8")
    assert ran.code == 0, ran.err
    for line in ("ragged: pad", 'nulls: ["-"]', "timezone: Europe/Berlin", 'max_bad: "10%"'):
        assert f"  {line}\n" in after
    ran = call("ingest", "short", sample, "-C", lake)
    assert ran.code == 0, ran.err


def test_new_refuses_a_key_that_says_nothing_of_reading(call, lake, tmp_path):
    before = (lake / "headwater.yaml").read_bytes()

    ran = call("new", "b", "--from", tmp_path / "sample.csv", "--set", "partition=id", "-C", lake)

    assert ran.code == 2
    assert "partition is about tables" in ran.err
    assert (lake / "headwater.yaml").read_bytes() == before


def test_what_peek_was_told_is_in_the_command_that_it_offers(call, tmp_path):
    sample = tmp_path / "trips.csv"
    sample.write_bytes(UMLAUTS)

    ran = call("peek", sample, "--encoding", "cp1252", "--set", "nulls=[-, n a]")

    offered = " ".join(ran.err.split())
    assert (
        f'headwater new FEED --from {sample} --encoding cp1252 --set \'nulls=["-", "n a"]\''
        in offered
    )


def test_the_step_that_peek_offers_makes_dates_of_what_nobody_may_guess_at(call, lake, tmp_path):
    sample = tmp_path / "trips.csv"
    sample.write_text("trip,left at\n1,31.12.2026 09:15\n2,01.02.2027 10:00\n", encoding="utf-8")
    offered = call("peek", sample).err.partition("try: steps:")[2].partition("in its feed")[0]
    call("new", "trips", "--from", sample, "-C", lake)
    file = lake / "headwater.yaml"
    with file.open("a", encoding="utf-8") as config:
        config.write(f"    steps: {' '.join(offered.split())}\n")

    ran = call("ingest", "trips", sample, "-C", lake)

    assert ran.code == 0, ran.err
    rows = call("query", "select max(left_at) - min(left_at) from trips", "-C", lake, "--json")
    assert "32 days 00:45:00" in rows.out


def test_new_takes_no_types_that_it_is_to_leave_out(call, lake, tmp_path):
    before = (lake / "headwater.yaml").read_bytes()

    ran = call(
        "new", "b", "--from", tmp_path / "sample.csv", "--infer", "--set", "schema={id: text}",
        "-C", lake,
    )  # fmt: skip

    assert ran.code == 2
    assert "--infer leaves types to each batch" in ran.err
    assert (lake / "headwater.yaml").read_bytes() == before


def test_columns_that_new_is_told_are_declared(call, lake, tmp_path):
    sample = write_csv(tmp_path / "b.csv", 10)

    ran = call("new", "b", "--from", sample, "--set", "schema={id: text}", "-C", lake)

    assert ran.code == 0, ran.err
    assert "      id: text\n" in (lake / "headwater.yaml").read_text(encoding="utf-8")
