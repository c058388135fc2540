import csv
import io
import json
import os
import signal
import time

import pytest
from rich.console import Console

import headwater
from headwater.cli.screen import Screen
from headwater.show.look import upright
from tests.cli.calling import start

DIRTY = """\
Report;;
Made today;;

Order ID;amount;zip
1;1.50;00123
2;short
3;2.50;04711
4;9.25;"never closed
5;3.75;00999
"""
FORMULAS = 'name,sum\n"=1+1",-5\n"+49 30",7\n"-",8\n"@x",9\n"\ttab",10\nplain,11\n'


@pytest.fixture
def dirty(tmp_path):
    path = tmp_path / "dirty.csv"
    path.write_text(DIRTY, encoding="utf-8")
    return path


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    """A folder for temporary files, which is looked into afterwards."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_a_look_says_what_the_file_is_and_names_each_flaw_with_its_line(call, dirty):
    ran = call("peek", "dirty.csv")

    assert ran.code == 0, ran.err
    for said in ("CSV", "delimiter `;`", "00123", "bigint", "2 of 5 records refused"):
        assert said in ran.out
    assert "   6  ragged: 3 fields are expected and 2 were found\n      2;short" in ran.out
    assert "   8  quote:" in ran.out


def test_nothing_is_written_beside_the_file_and_nothing_stays_anywhere(call, dirty, rooms):
    before = sorted(dirty.parent.iterdir())

    call("peek", "dirty.csv", "--json")

    assert sorted(dirty.parent.iterdir()) == before
    assert list(rooms.iterdir()) == []


def test_json_is_one_object_with_the_same_facts(call, dirty):
    told = call("peek", "dirty.csv", "--json").document

    assert told["found"]["format"] == "csv"
    assert told["found"]["spelling"]["delimiter"] == ";"
    assert told["found"]["spelling"]["skipped_lines"] == 3
    assert [(each["name"], each["type"]) for each in told["columns"]] == [
        ("Order_ID", "bigint"), ("amount", "decimal(18,2)"), ("zip", "text"),
    ]  # fmt: skip
    assert told["rows"][0] == {"Order_ID": 1, "amount": "1.50", "zip": "00123"}
    assert told["books"]["counted"] == 5
    assert [(flaw["line"], flaw["code"]) for flaw in told["refused"]["first"]] == [
        (6, "ragged"), (8, "quote"),
    ]  # fmt: skip


def test_why_shows_what_was_tried(call, dirty):
    ran = call("peek", "dirty.csv", "--why")

    assert "score" in ran.out
    assert "`;` gives 3 fields in" in ran.out


def test_all_rows_are_written_and_the_exit_code_tells_that_some_were_refused(call, dirty):
    ran = call("peek", "dirty.csv", "-o", "out.csv")

    with (dirty.parent / "out.csv").open(encoding="utf-8", newline="") as out:
        rows = list(csv.reader(out))
    assert ran.code == 3
    assert rows == [
        ["Order_ID", "amount", "zip"],
        ["1", "1.50", "00123"],
        ["3", "2.50", "04711"],
        ["5", "3.75", "00999"],
    ]
    assert "wrote 3 rows" in ran.err


def test_a_clean_file_is_written_with_exit_code_0(call, tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n", encoding="utf-8")

    ran = call("peek", "a.csv", "--all", "--format", "ndjson")

    assert ran.code == 0, ran.err
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        {"a": 1, "b": "x"}, {"a": 2, "b": "y"},
    ]  # fmt: skip
    assert "read 2 = written 2 + refused 0" in ran.err


def test_csv_has_exact_values_unless_it_is_asked_to_be_safe(call, tmp_path):
    (tmp_path / "a.csv").write_text(FORMULAS, encoding="utf-8")

    exact = call("peek", "a.csv", "--format", "csv").out
    safe = call("peek", "a.csv", "--format", "csv", "--safe").out

    names = ["=1+1", "+49 30", "-", "@x", "\ttab", "plain"]
    assert [row[0] for row in csv.reader(io.StringIO(exact))][1:] == names
    assert [row[0] for row in csv.reader(io.StringIO(safe))][1:] == [
        *(f"'{name}" for name in names[:-1]), "plain",
    ]  # fmt: skip
    assert [row[1] for row in csv.reader(io.StringIO(safe))][1:] == [
        "-5", "7", "8", "9", "10", "11",
    ]  # fmt: skip


def test_types_text_keeps_every_cell_as_it_stands(call, tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1.50,2026-01-01\n", encoding="utf-8")

    told = call("peek", "a.csv", "--types", "text", "--json").document

    assert [each["type"] for each in told["columns"]] == ["text", "text"]
    assert told["rows"] == [{"a": "1.50", "b": "2026-01-01"}]


def test_an_encoding_that_was_declared_is_used(call, tmp_path):
    (tmp_path / "a.csv").write_bytes("town\nKöln\n".encode("latin-1"))

    undeclared = call("peek", "a.csv")
    declared = call("peek", "a.csv", "--encoding", "latin-1", "--json")

    assert undeclared.code == 1
    assert "encoding" in undeclared.err
    assert declared.document["rows"] == [{"town": "Köln"}]


def test_any_key_of_a_feed_can_be_set(call, tmp_path):
    (tmp_path / "a.csv").write_text("at\n2026-07-01 12:00:00\n", encoding="utf-8")

    told = call("peek", "a.csv", "--set", "timezone=Europe/Berlin", "--json").document

    assert told["rows"] == [{"at": "2026-07-01T10:00:00+00:00"}]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"\0" * 5000, "binary"), (b"<!doctype html><p>404", "type")],
)
def test_what_cannot_be_read_is_told_in_two_lines(call, tmp_path, content, code):
    (tmp_path / "odd.csv").write_bytes(content)

    ran = call("peek", "odd.csv")

    error, hint = ran.err.splitlines()
    assert ran.code == 1
    assert error.startswith(f"error: odd.csv ({code}): ")
    assert hint.startswith("try: ")


def test_what_is_no_file_is_told_in_two_lines(call, tmp_path):
    os.mkfifo(tmp_path / "pipe")

    for name in ("nowhere.csv", ".", "pipe"):
        ran = call("peek", name)
        assert ran.code == 1
        assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["error", "try"]


@pytest.mark.parametrize(
    "words",
    [
        ("--set", "timezon=UTC"),
        ("--set", "partition=a"),
        ("--set", "nonsense"),
        ("--as", "csw"),
        ("-o", "out.txt"),
        ("-o", "nowhere/out.csv"),
        ("-o", "a.csv"),
        ("--safe",),
    ],
)
def test_words_that_are_off_are_refused_before_anything_is_done(call, tmp_path, words):
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")

    ran = call("peek", "a.csv", *words)

    assert ran.code == 2, ran.out
    assert ran.err.startswith("error: ")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "a\n1\n"


@pytest.mark.slow
def test_of_a_large_file_the_head_is_told_and_all_of_it_on_request(call, tmp_path):
    with (tmp_path / "large.csv").open("w", encoding="utf-8") as file:
        file.write("id,text\n")
        file.writelines(f"{number},{'x' * 90}\n" for number in range(400_000))
        file.write("the end,y\n")

    head = call("peek", "large.csv", "--json").document
    page = call("peek", "large.csv").out
    whole = call("peek", "large.csv", "--all", "--json").document

    assert head["whole"] is False
    assert 40_000 < head["books"]["written"] < 42_000
    assert head["columns"][0]["type"] == "bigint"
    rows = f"{head['books']['written']:,} rows of about 400,000"
    assert f"read were the first 4.0 MB: {rows}; --all reads every row" in page
    assert whole["whole"] is True
    assert whole["columns"][0]["type"] == "text"
    assert whole["total_rows"] == 400_001


@pytest.mark.slow
def test_an_end_in_the_middle_of_the_work_leaves_nothing_behind(tmp_path, rooms):
    with (tmp_path / "large.csv").open("w", encoding="utf-8") as file:
        file.write("id,text\n")
        file.writelines(f"{number},{'x' * 90}\n" for number in range(1_000_000))

    working = start("peek", "large.csv", "--all", cwd=tmp_path, TMPDIR=str(rooms))
    until = time.monotonic() + 30
    while not list(rooms.glob("headwater-room-*/scratch")) and time.monotonic() < until:
        os.sched_yield()
    working.send_signal(signal.SIGINT)
    _, said = working.communicate(timeout=30)

    assert working.returncode == 130
    assert "error: interrupted" in said
    assert "headwater status" not in said  # there is no lake that it could show
    assert list(rooms.iterdir()) == []


def test_nothing_in_a_file_reaches_the_terminal_as_it_is(call, tmp_path):
    (tmp_path / "odd.csv").write_bytes(
        b"\x1b[31mRep\x07ort,,\n\na\x1b[2J,b,c\n\x1b]0;owned\x07,1,2\n3\x1b[31m\n\x9b,5,6\n".replace(
            b"\x9b", "\x9b".encode()
        )
    )

    ran = call("peek", "odd.csv", "--why")

    assert ran.code == 0, ran.err
    assert not {"\x1b", "\x07", "\x9b"} & set(ran.out + ran.err)
    assert "\\x1b]0;owned\\x07" in ran.out


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_a_page_is_no_wider_than_the_terminal(tmp_path, width):
    path = tmp_path / "wide.csv"
    names = [f"a rather long name of column {number}" for number in range(30)]
    path.write_text(f"{','.join(names)}\n{','.join('v' * 30 for _ in names)}\n", encoding="utf-8")
    stream = io.StringIO()
    screen = Screen(stream, Console(file=stream, width=width, force_terminal=False))

    with headwater.read(path) as content:
        rows = content.first(10)
        shown = upright(content.peeked, rows * 10, width, 100)
    screen.paint((shown,))

    lines = stream.getvalue().splitlines()
    assert len(lines) == 31
    assert max(map(len, lines)) <= width
