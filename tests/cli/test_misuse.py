import json
import os
import subprocess

import pytest

from tests.cli.calling import PROGRAM, environment, write_csv


def is_plain_error(ran, code):
    lines = ran.err.splitlines()
    assert ran.code == code, ran.err
    assert lines[0].startswith("error: ")
    assert lines[-1].startswith("try: ")
    assert "Traceback" not in ran.err
    return True


def test_without_a_word_the_help_is_shown_and_the_call_is_misused(call):
    ran = call()

    assert ran.code == 2
    assert "Commands:" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["stauts"],
        ["status", "--jsn"],
        ["ingest"],
        ["ingest", "sales"],
        ["work", "--workers", "0"],
        ["sweep", "--older-than", "soon"],
        ["query", "select 1", "--format", "xls"],
        ["quarantine", "shwo"],
        ["new", "sales"],
    ],
)
def test_wrong_words_are_two_lines_and_exit_code_2(call, words):
    assert is_plain_error(call(*words), 2)


def test_a_mistyped_verb_is_answered_with_the_one_that_was_meant(call):
    assert "did you mean 'status'?" in call("stauts").err


@pytest.mark.parametrize("verb", ["status", "work", "tables", "quarantine", "verify", "reconcile"])
def test_where_no_lake_is_the_way_to_one_is_told(call, verb):
    ran = call(verb)

    assert is_plain_error(ran, 2)
    assert "headwater init" in ran.err


def test_a_folder_that_is_not_there_has_no_lake(call, tmp_path):
    assert is_plain_error(call("status", "-C", tmp_path / "nowhere"), 2)


def test_with_json_an_error_is_one_document_on_stdout_too(call):
    ran = call("status", "--json")

    assert ran.document["error"]["code"] == "no_lake"
    assert ran.document["error"]["hint"]
    assert is_plain_error(ran, 2)


def test_with_json_even_wrong_words_are_a_document(call):
    assert call("stauts", "--json").document["error"]["code"] == "usage"


def test_an_unknown_feed_is_answered_with_the_one_that_was_meant(call, lake, tmp_path):
    ran = call("land", "slaes", write_csv(tmp_path / "a.csv", 1), "-C", lake)

    assert is_plain_error(ran, 2)
    assert "did you mean 'sales'?" in ran.err


@pytest.mark.parametrize("verb", ["land", "ingest"])
def test_a_missing_file_fails_and_says_so(call, lake, verb):
    ran = call(verb, "sales", "nowhere.csv", "-C", lake)

    assert is_plain_error(ran, 1)
    assert "nowhere.csv" in ran.err


def test_a_folder_in_place_of_a_file_fails_and_says_so(call, lake, tmp_path):
    (tmp_path / "folder.csv").mkdir()

    assert is_plain_error(call("ingest", "sales", "folder.csv", "-C", lake), 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_fails_and_says_so(call, lake, tmp_path):
    write_csv(tmp_path / "secret.csv", 1).chmod(0)

    assert is_plain_error(call("ingest", "sales", "secret.csv", "-C", lake), 1)


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(call, lake, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")

    assert is_plain_error(call("land", "sales", "pipe.csv", "-C", lake), 1)


def test_an_empty_file_is_kept_and_refused_with_a_reason(call, lake, tmp_path):
    (tmp_path / "empty.csv").touch()

    ran = call("ingest", "sales", "empty.csv", "-C", lake, "--json")

    assert ran.code == 3
    assert ran.document["arrivals"][0]["cause"]["code"] == "empty"


def test_half_written_yaml_is_told_with_its_line(call, lake):
    (lake / "headwater.yaml").write_text("lake: .\nfeeds:\n  sales: {match: [a", encoding="utf-8")

    ran = call("status", "-C", lake)

    assert is_plain_error(ran, 2)
    assert "headwater.yaml:3" in ran.err


def test_bad_sql_is_told_in_two_lines(look):
    assert is_plain_error(look("query", "selct 1"), 1)
    assert is_plain_error(look("query", "select nothing from sales"), 1)
    assert is_plain_error(look("query", "drop table sales"), 1)


def test_no_sql_is_misuse(look):
    assert is_plain_error(look("query", "-", stdin=" \n"), 2)


def test_an_unknown_table_is_answered_with_the_one_that_was_meant(look):
    ran = look("tables", "sale")

    assert is_plain_error(ran, 2)
    assert "headwater tables sales" in ran.err


def test_a_file_of_which_nothing_is_known_cannot_be_explained(look):
    assert is_plain_error(look("explain", "unheard-of.csv"), 1)


def test_move_and_link_exclude_each_other(look):
    assert is_plain_error(look("land", "sales", "x.csv", "--move", "--link"), 2)


def test_an_output_that_cannot_be_written_is_told(look, tmp_path):
    assert is_plain_error(look("query", "select 1", "-o", tmp_path / "no" / "x.csv"), 2)
    assert is_plain_error(look("query", "select 1", "-o", tmp_path / "x.what"), 2)


@pytest.mark.parametrize(
    "words",
    [["query", "from range(99)", "--json"], ["status"], ["--help"], ["completion", "bash"]],
)
def test_a_full_disk_is_told_in_two_lines(full, words):
    ran = subprocess.run(
        ["bash", "-c", '"$@" > /dev/full', "bash", *PROGRAM, *words],
        cwd=full, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


@pytest.mark.parametrize(
    ("closed", "words", "code"),
    [
        (">&-", ["status"], 0),
        ("<&- >&- 2>&-", ["status"], 0),
        ("2>&-", ["stauts"], 2),
        ("2>/dev/full", ["stauts"], 2),
        ("<&-", ["query", "-"], 2),
    ],
)
def test_a_process_without_its_streams_ends_as_it_would_with_them(full, closed, words, code):
    ran = subprocess.run(
        ["bash", "-c", f'"$@" {closed}', "bash", *PROGRAM, *words],
        cwd=full, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == code
    assert "Traceback" not in ran.stderr
    assert "mistake" not in ran.stderr


@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_a_reader_that_has_enough_ends_it_quietly(full, format_):
    sql = "select * from range(300000)"
    words = [*PROGRAM, "query", sql, "--format", format_, "--limit", "300000"]

    ran = subprocess.run(
        ["bash", "-c", '"$@" | head -n 2; echo "${PIPESTATUS[0]}"', "bash", *words],
        cwd=full, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.stdout.splitlines()[-1] == "0"
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


def test_a_mistake_of_our_own_is_one_line_and_a_trace_in_the_lakes_folder(call, lake, tmp_path):
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import headwater.model.codec as codec\n"
        "def to_plain(value): raise ZeroDivisionError('a mistake')\n"
        "codec.to_plain = to_plain\n",
        encoding="utf-8",
    )

    ran = call("status", "-C", lake, "--json", PYTHONPATH=str(tmp_path))

    (trace,) = lake.glob(".headwater-trace-*.txt")
    assert is_plain_error(ran, 1)
    assert trace.name in ran.err
    assert "ZeroDivisionError" in trace.read_text(encoding="utf-8")
    assert json.loads(ran.out)["error"]["code"] == "unexpected"


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["peek", "x", "--row", "3"], "no such option '--row'; did you mean '--rows'", "--help"),
        (["peek", "x", "--rows", "x"], "'x' is not a whole number", "--help"),
        (["ingest", "s.csv"], "missing argument 'FILE...'", "headwater ingest FEED FILE...;"),
        (["query", "select", "*"], "unexpected extra argument", "put the SQL in quotes"),
        (["peek", "x", "-o", "x.xls"], "no format that is known", ".parquet"),
    ],
)
def test_a_call_that_is_off_says_what_would_be_right(call, words, error, hint):
    ran = call(*words)

    assert is_plain_error(ran, 2)
    assert error in ran.err.splitlines()[0]
    assert hint in ran.err.splitlines()[-1]
