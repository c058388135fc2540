"""peek from standard input, at several files, and into files; its advice is in its own words."""

import gzip
import json
import subprocess

import pytest

from headwater.cli.advice import respelled
from headwater.cli.export import KINDS
from tests.cli.calling import PROGRAM, environment

CLEAN = "id,name\n1,x\n2,y\n"
DIRTY = 'id,name\n1,x\n2\n3,"z\n'


@pytest.fixture
def files(tmp_path, monkeypatch):
    (tmp_path / "clean.csv").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "dirty.csv").write_text(DIRTY, encoding="utf-8")
    (tmp_path / "empty.csv").touch()
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    monkeypatch.setenv("TMPDIR", str(rooms))
    return tmp_path


def test_standard_input_is_looked_at_and_leaves_nothing(call, files):
    ran = call("peek", "-", stdin=CLEAN)

    assert ran.code == 0, ran.err
    assert "standard input  CSV" in ran.out
    assert "2 columns, 2 rows; the types hold for every row" in ran.out
    assert "next:" not in ran.err
    assert list((files / "rooms").iterdir()) == []


def test_packed_standard_input_can_be_written_as_another_format(files):
    ran = subprocess.run(
        [*PROGRAM, "peek", "-", "--format", "ndjson"],
        cwd=files, env=environment(), input=gzip.compress(CLEAN.encode()),
        capture_output=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    assert [json.loads(line)["name"] for line in ran.stdout.splitlines()] == ["x", "y"]


def test_what_a_shell_hands_over_as_a_pipe_is_looked_at(files):
    program = " ".join(map(str, PROGRAM))

    ran = subprocess.run(
        ["bash", "-c", f"{program} peek <(cat clean.csv) --json"],
        cwd=files, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["books"]["written"] == 2


@pytest.mark.slow
def test_a_stream_without_an_end_is_looked_at_and_let_go(files):
    line = "yes 1,some-text,2026-01-01 | head -c 100000000"
    program = " ".join(map(str, PROGRAM))

    ran = subprocess.run(
        ["bash", "-c", f"{line} | {program} peek - --json"],
        cwd=files, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    told = json.loads(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert (told["whole"], told["size_bytes"]) == (False, None)
    assert told["head_bytes"] < 5_000_000
    assert told["books"]["quarantined"] == 0
    assert list((files / "rooms").iterdir()) == []


def test_several_files_are_shown_one_after_the_other(call, files):
    ran = call("peek", "clean.csv", "dirty.csv", "--all")

    assert ran.code == 3
    assert ran.out.index("clean.csv") < ran.out.index("2 rows") < ran.out.index("dirty.csv")
    assert "refused" in ran.out


def test_a_file_that_cannot_be_read_stands_in_no_other_files_way(call, files):
    ran = call("peek", "nowhere.csv", "empty.csv", "clean.csv", "dirty.csv", "--all")

    assert ran.code == 1
    assert "error: nowhere.csv is not there" in ran.err
    assert "error: empty.csv (empty)" in ran.err
    assert "clean.csv" in ran.out


def test_several_files_are_one_json_array(call, files):
    told = call("peek", "clean.csv", "nowhere.csv", "--json").document

    assert told[0]["file"] == "clean.csv"
    assert told[0]["books"]["written"] == 2
    assert (told[1]["file"], told[1]["error"]["code"]) == ("nowhere.csv", "source_missing")


@pytest.mark.parametrize(
    "words",
    [
        ("clean.csv", "dirty.csv", "-o", "out.csv"),
        ("clean.csv", "dirty.csv", "--format", "csv"),
        ("clean.csv", "dirty.csv", "--refused", "out.csv"),
        ("-", "-"),
        ("clean.csv", "--refused", "clean.csv"),
        ("clean.csv", "--refused", "out.docx"),
        ("clean.csv", "dirty.csv", "--set", "nonsense=1"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused_and_nothing_is_written(call, files, words):
    ran = call("peek", *words, stdin=CLEAN)

    assert ran.code == 2, ran.err
    assert not (files / "out.csv").exists()
    assert (files / "clean.csv").read_text(encoding="utf-8") == CLEAN


def test_refused_records_are_written_beside_the_rows(call, files):
    ran = call("peek", "dirty.csv", "-o", "out.csv", "--refused", "refused.ndjson")

    lines = (files / "refused.ndjson").read_text(encoding="utf-8").splitlines()
    assert ran.code == 3
    assert (files / "out.csv").read_text(encoding="utf-8") == "id,name\n1,x\n"
    assert [(each["line"], each["code"]) for each in map(json.loads, lines)] == [
        (3, "ragged"), (4, "quote"),
    ]  # fmt: skip
    assert "wrote 2 refused records" in ran.err


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_reads_as_what_it_was_made_of(call, files, kind):
    call("peek", "clean.csv", "-o", f"out.{kind}")

    told = call("peek", f"out.{kind}", "--json").document

    assert told["rows"] == [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}]
    assert [each["type"] for each in told["columns"]] == ["bigint", "text"]


def test_refused_rows_come_with_the_option_that_takes_them(call, files):
    assert "--set ragged=pad" in call("peek", "dirty.csv").err
    assert "try: --set ragged=pad" not in call("peek", "dirty.csv", "--set", "ragged=pad").err
    assert "--set" not in call("peek", "clean.csv").err


def test_an_option_that_takes_none_of_the_refused_rows_is_not_named(call, files):
    (files / "long.csv").write_text("a,b\n1,2\n3,4,5\n6,7\n", encoding="utf-8")

    assert "--set" not in call("peek", "long.csv").err


def test_decimal_commas_come_with_the_option_that_reads_them(call, files):
    (files / "sums.csv").write_text("nr;sum\n1;1.234,50\n2;99,00\n", encoding="utf-8")

    words = ("--set", "decimal=comma", "--set", "grouping=.", "--json")

    assert "--set decimal=comma" in call("peek", "sums.csv").err
    assert call("peek", "sums.csv", *words).document["rows"][0] == {"nr": 1, "sum": "1234.50"}


def test_a_second_table_comes_with_the_option_that_reads_it(call, files):
    tables = "id,name\n1,x\n2,y\n3,z\n\ntown,people,area\nAll,5,1\nBern,6,2\nUlm,7,3\n"
    (files / "two.csv").write_text(tables, encoding="utf-8")

    first = call("peek", "two.csv")
    second = call("peek", "two.csv", "--set", "table_number=2", "--json").document

    assert "--set table_number=2" in first.err
    assert second["rows"][0] == {"town": "All", "people": 5, "area": 1}


def test_an_unknown_encoding_is_told_with_the_option_that_says_it(call, files):
    (files / "old.csv").write_bytes(
        "Straße,Ort\nAm Tor 1,Köln\nMühlweg 2,München\n".encode("cp1252")
    )

    ran = call("peek", "old.csv")

    assert "try: declare --encoding windows-1252" in ran.err
    assert call("peek", "old.csv", "--encoding", "windows-1252").code == 0


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("read it with `format: ndjson`", "read it with --as ndjson"),
        ("declare the `encoding` that it has", "declare the --encoding ENCODING that it has"),
        ("for example `member: '*.csv'`", "for example --set member='*.csv'"),
        (
            "say which with `dump_table: public.orders`",
            "say which with --set dump_table=public.orders",
        ),
        ("`headwater tables` shows them", "`headwater tables` shows them"),
        ("look for a `|` in it", "look for a `|` in it"),
    ],
)
def test_keys_of_a_feed_become_options(hint, said):
    assert respelled(hint) == said
