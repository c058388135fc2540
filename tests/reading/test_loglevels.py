"""Lines with a time and a level are told from tables, and taken apart."""

import pytest

from headwater.model.feed import Format
from headwater.reading.log.patterns import log_pattern, recognise_log
from headwater.reading.recognise import recognise
from headwater.reading.records import records
from headwater.reading.told import Told
from tests.differential.reading import cells_of


@pytest.fixture
def see(tmp_path):
    """What a text is, its rows, and the lines that are refused."""

    def see(text, **told):
        path = tmp_path / "file"
        path.write_text(text)
        found = recognise(path, Format.AUTO, told=Told(**told))
        pieces = list(records(path, found))
        mark = found.dialect.piece_delimiter if found.dialect else ","
        rows = [row for piece in pieces for row in cells_of(piece.text.decode(), mark)]
        return found, rows, [each.line for piece in pieces for each in piece.refused]

    return see


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("00:00:01,123 INFO main - text", ("00:00:01.123", None, "INFO", "main - text")),
        (
            "2026-01-02 10:00:01,123 [main] INFO  com.acme.Main - starting, up",
            ("2026-01-02 10:00:01.123", "[main]", "INFO", "com.acme.Main - starting, up"),
        ),
        (
            "2026-01-02 10:00:01,123 - root.sub - WARNING - slow",
            ("2026-01-02 10:00:01.123", "root.sub", "WARNING", "slow"),
        ),
        (
            "2026/01/02 10:00:01 [error] 123#0: *1 open() failed",
            ("2026/01/02 10:00:01", None, "error", "123#0: *1 open() failed"),
        ),
        (
            '[2026-01-02 10:00:01] production.ERROR: no "page" {"id":1}',
            ("2026-01-02 10:00:01", "production", "ERROR", 'no "page" {"id":1}'),
        ),
        ("2026-01-02T10:00:01.123Z INFO up", ("2026-01-02T10:00:01.123Z", None, "INFO", "up")),
        (
            "26/01/02 10:00:01 WARN Loader: slow",
            ("26/01/02 10:00:01", None, "WARN", "Loader: slow"),
        ),
    ],
)
def test_lines_of_programs_are_taken_apart(see, line, row):
    found, rows, refused = see(f"{line}\n" * 3)

    assert found.columns == ("time", "source", "level", "message")
    assert found.reasons == ("its lines match the pattern level",)
    assert (rows, refused) == ([row] * 3, [])


def test_the_calls_behind_an_error_are_of_its_message(see):
    line = "00:00:01,123 ERROR main - failed\n"
    trace = (
        "java.io.IOException: no, never\n\tat a.B.c(B.java:1)\nCaused by: d.E: f\n\t... 3 more\n"
    )

    found, rows, refused = see(line + trace + line)

    assert found.format is Format.LOG
    assert [row[-1] for row in rows] == [
        "main - failed\n" + trace.removesuffix("\n"),
        "main - failed",
    ]
    assert refused == []


@pytest.mark.parametrize(
    "text",
    [
        "00:00:01,INFO,starting\n00:00:02,WARN,slow\n",
        "2026-01-02 10:00:01,123,INFO,x\n2026-01-02 10:00:02,124,INFO,y\n",
        "2026-01-02 10:00:01,INFO,main text\n2026-01-02 10:00:02,WARN,more\n",
        "10:00:01 CET,INFO,x\n10:00:02 CET,WARN,y\n",
        "2026-01-02 10:00:01\tINFO\tx y\n2026-01-02 10:00:02\tWARN\tz\n",
        "2026-01-02 10:00:01.123 | INFO | a:1 - x\n2026-01-02 10:00:02.123 | WARN | a:1 - y\n",
        "2026-01-02 10:00:01;a b INFO c;1\n2026-01-02 10:00:02;d;2\n",
        "time level n\n" + "10:00:01 INFO 5\n" * 20,
    ],
)
def test_a_table_whose_first_columns_are_a_time_and_a_level_stays_one(see, text):
    assert see(text)[0].format in {Format.CSV, Format.TSV}


def test_who_says_what_parts_fields_gets_a_table(see):
    found, rows, _ = see("00:00:01,5 INFO x\n00:00:02,7 WARN y\n", delimiter=",", header_rows=0)

    assert found.format is Format.CSV
    assert rows == [("00:00:01", "5 INFO x"), ("00:00:02", "7 WARN y")]


def test_a_line_of_syslog_is_none_of_a_program():
    text = b"2026-01-02T10:00:01Z host app[12]: ERROR x\n2026-01-02T10:00:01Z host app: INFO y\n"

    assert recognise_log(text).name == "syslog"


@pytest.mark.parametrize("part", ["a ", "[a] ", "a.", " ", "[", "- ", "x.INFO ", "(", "1,"])
def test_no_line_takes_long(part):
    matched = log_pattern("level").line.fullmatch("2026-01-02 10:00:01 " + part * 20_000 + "\n")

    assert matched is None


PYTHON = "INFO:root:started\nWARNING:app.db:slow: 12 ms\nERROR:root:failed, badly\n"


def test_lines_as_python_writes_them_are_taken_apart(see):
    found, rows, refused = see(PYTHON + "Traceback (most recent call last):\n  x\nValueError: no\n")

    assert found.reasons == ("its lines match the pattern python",)
    assert rows == [
        ("INFO", "root", "started"),
        ("WARNING", "app.db", "slow: 12 ms"),
        ("ERROR", "root", "failed, badly\nTraceback (most recent call last):\n  x\nValueError: no"),
    ]
    assert refused == []


@pytest.mark.parametrize("text", ["INFO:root\nWARN:x\n", "a:root:x\nINFO:root:y\nb:c:d\n"])
def test_words_with_colons_are_no_log(see, text):
    found, *_ = see(text)

    assert found.format is not Format.LOG
