"""headwater replay: what it says, what it answers, how it ends."""

from __future__ import annotations

import pytest

from tests.cli.calling import write_csv


@pytest.fixture
def filled(call, lake, tmp_path):
    """A lake with two files, one of which has refused rows."""
    write_csv(tmp_path / "a.csv", 90, bad=10)
    write_csv(tmp_path / "b.csv", 50)
    call("ingest", "sales", "a.csv", "b.csv", "-C", lake)
    return lake


def test_it_reads_all_files_of_the_feed_and_shows_their_receipt(call, filled):
    ran = call("replay", "sales", "--as-one", "-C", filled, "--json")

    (receipt,) = ran.document["receipts"]
    assert ran.code == 3  # the same rows are refused again
    assert len(ran.document["replayed"]) == len(receipt["replaced"]) == 2
    assert receipt["books"]["written"] == 140


def test_a_dry_run_ends_with_0_and_says_that_nothing_was_changed(call, filled):
    ran = call("replay", "sales", "--dry-run", "-C", filled)

    assert ran.code == 0
    assert "2 files would be read again, 0 with other figures" in ran.out
    assert "nothing was changed" in ran.out


def test_a_dry_run_is_one_document_for_programs(call, filled):
    ran = call("replay", "sales", "--quarantined", "--dry-run", "--json", "-C", filled)

    (file,) = ran.document["files"]
    assert (file["key"], file["rows_before"], file["rows_after"]) == ("sales/a.csv", 90, 90)


def test_a_file_that_cannot_be_read_again_is_named_and_it_ends_with_3(call, filled):
    (filled / "raw" / "sales" / "b.csv").unlink()

    ran = call("replay", "sales", "--file", "b.csv", "-C", filled)

    assert ran.code == 3
    assert "b.csv  its raw object is gone" in ran.out


def test_what_is_only_registered_waits_and_a_second_call_reads_it(call, filled):
    first = call("replay", "sales", "--file", "b.csv", "--no-work", "-C", filled)
    second = call("replay", "sales", "--file", "b.csv", "-C", filled, "--json")

    assert "1 file to be read again" in first.out
    assert second.code == 0
    assert second.document["replayed"] == []
    assert [each["key"] for each in second.document["waiting"]] == ["sales/b.csv"]
    assert second.document["receipts"][0]["books"]["written"] == 50


@pytest.mark.parametrize(
    "words", [["--since", "yesterday"], ["--manifest", "m0"], ["--file", "*z"]]
)
def test_a_choice_that_means_nothing_ends_with_2(call, filled, words):
    ran = call("replay", "sales", *words, "-C", filled)

    assert ran.code == 2


def test_times_choose_by_landing(call, filled):
    ran = call("replay", "sales", "--until", "2020-01-01", "-C", filled)

    assert ran.code == 0
    assert "0 files to be read again" in ran.out
