"""Names that are no text: files may have them, feeds and SQL may not."""

import os

import pytest

from tests.cli.calling import write_csv
from tests.cli.test_misuse import is_plain_error


@pytest.fixture
def strange(tmp_path):
    """A file whose name is Latin-1."""
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    try:
        return write_csv(path, 3)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")


def test_a_file_whose_name_is_no_utf8_lands_and_is_explained(call, lake, strange):
    landed = call("ingest", "sales", strange, "-C", lake, "--json")
    story = call("explain", strange, "-C", lake, "--json").document["stories"][0]
    again = call("ingest", "sales", strange, "-C", lake)
    verified = call("verify", "-C", lake)

    assert landed.code == 0, landed.err
    assert landed.document["receipts"][0]["books"]["written"] == 3
    assert story["key"] == r"sales/caf\xe9.csv"
    assert "here already" in again.out
    assert verified.code == 0, verified.out


@pytest.mark.parametrize(
    "words",
    [
        ["query", "select '\udcff'"],
        ["land", "sa\udcffles", "x.csv"],
        ["land", "sales", "x.csv", "--under", "\udcff"],
        ["tables", "\udcff"],
        ["work", "--until-idle", "--feed", "\udcff"],
    ],
)
def test_words_that_are_no_utf8_are_misuse(call, lake, words):
    ran = call(*words, "-C", lake)

    assert is_plain_error(ran, 2)
    assert r"\xff" in ran.err


def test_a_folder_whose_name_is_no_utf8_cannot_be_a_lake(call, lake, tmp_path):
    home = tmp_path / os.fsdecode(b"la\xffke")

    made = call("init", home)
    lake.rename(home)
    used = call("status", "-C", home)

    assert is_plain_error(made, 2)
    assert is_plain_error(used, 2)
