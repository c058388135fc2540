"""Logs are read line by line, by named patterns or by those that a user writes."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.log.follow import MOST_LINES
from headwater.reading.log.patterns import log_pattern, recognise_log
from headwater.reading.log.rows import careful_log

COMBINED = (
    b'203.0.113.9 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326 '
    b'"http://example.com/start.html" "Mozilla/4.08 [en] (Win98; I, Nav)"\n'
)
COMMON = b'::1 - - [01/Feb/2024:00:00:01 +0530] "POST / HTTP/1.1" 500 -\n'


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text, pattern, *, size=1 << 20, window=1 << 20):
    return list(careful_log(cut(text, size), pattern, piece_bytes=window))


def rows(pieces):
    out = []
    for piece in pieces:
        for index, (number, *cells) in enumerate(
            csv.reader(io.StringIO(piece.text.decode(), newline=""), strict=True)
        ):
            assert int(number) == index
            out.append(cells)
    return out


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]


def told(pieces):
    return [(p.line_of(i), p.raw_of(i)) for p in pieces for i in range(p.count)]


def test_a_combined_line_gives_its_fields_with_the_time_as_iso_8601():
    pieces = read(COMBINED, log_pattern("combined"))

    assert rows(pieces) == [
        [
            "203.0.113.9",
            "",
            "frank",
            "2000-10-10T13:55:36-07:00",
            "GET /a.gif HTTP/1.0",
            "200",
            "2326",
            "http://example.com/start.html",
            "Mozilla/4.08 [en] (Win98; I, Nav)",
        ]
    ]
    assert told(pieces) == [(1, COMBINED.decode().rstrip("\n"))]


def test_a_dash_is_nothing_where_access_logs_mean_it_so():
    assert rows(read(COMMON, log_pattern("common"))) == [
        ["::1", "", "", "2024-02-01T00:00:01+05:30", "POST / HTTP/1.1", "500", ""]
    ]


def test_an_empty_quoted_field_is_a_text_and_a_quoted_dash_is_none():
    line = COMMON.rstrip(b"\n") + b' "-" ""\n'

    (piece,) = read(line, log_pattern("combined"))

    assert piece.text.endswith(b',,""\n')


@pytest.mark.parametrize("escape", [rb"\"", rb"\\", rb"\x16\x03", rb"\\\""])
def test_escapes_stay_as_the_server_wrote_them(escape):
    line = COMMON.replace(b"POST /", b"POST /" + escape)

    assert rows(read(line, log_pattern("common")))[0][4] == f"POST /{escape.decode()} HTTP/1.1"


def test_users_may_have_blanks_and_commas():
    line = COMMON.replace(b"- -", b"- John Smith, Jr")

    assert rows(read(line, log_pattern("common")))[0][2] == "John Smith, Jr"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"garbage", "pattern"),
        (COMMON.rstrip(b"\n") + b" more", "pattern"),
        (COMMON.rstrip(b"\n").replace(b"Feb", b"Fef"), "pattern"),
        (COMMON.rstrip(b"\n").replace(b'HTTP/1.1"', b"HTTP/1.1"), "pattern"),
        (COMMON.rstrip(b"\n").replace(b"POST", b"P\xffST"), "encoding"),
    ],
)
def test_a_line_that_does_not_match_is_refused_alone(line, code):
    pieces = read(COMMON + line + b"\n\n" + COMMON, log_pattern("common"))

    assert refused(pieces) == [(2, code)]
    assert [number for number, _ in told(pieces)] == [1, 4]


def test_syslog_lines_give_program_process_and_message():
    text = (
        b"<34>Oct 11 22:14:15 mymachine su[12]: 'su root' failed, for \"x\"\n"
        b"2024-02-01T10:00:00.5+01:00 host kernel: up\n"
    )

    pattern = recognise_log(text)

    assert pattern.name == "syslog"
    assert rows(read(text, pattern)) == [
        ["34", "Oct 11 22:14:15", "mymachine", "su", "12", "'su root' failed, for \"x\""],
        ["", "2024-02-01T10:00:00.5+01:00", "host", "kernel", "", "up"],
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (COMBINED * 3, "combined"),
        (COMMON * 3, "common"),
        (COMMON * 30 + b"damaged\n" + COMMON, "common"),
    ],
)
def test_logs_are_known_by_their_lines(text, name):
    assert recognise_log(text).name == name


@pytest.mark.parametrize("text", [b"", b"\n\n", b"a,b\n1,2\n", b"some text: here\nand here\n"])
def test_other_text_is_no_log(text):
    assert recognise_log(text) is None


def test_a_users_pattern_names_the_columns_and_matches_whole_lines():
    pattern = log_pattern(r"(?P<level>\w+) \[(?P<who>[^\]]*)\](?: (?P<note>.*))?")

    pieces = read('INFO [a,b] caf\u00e9 "x"\r\nWARN []\nbad\n'.encode(), pattern)

    assert pattern.columns == ("level", "who", "note")
    assert rows(pieces) == [["INFO", "a,b", 'caf\u00e9 "x"'], ["WARN", "", ""]]
    assert refused(pieces) == [(3, "pattern")]


def test_a_pattern_that_is_none_is_told_with_its_place():
    with pytest.raises(ValueError, match="character 9"):
        log_pattern(r"(?P<a>x)(")


def test_a_pattern_without_names_is_refused():
    with pytest.raises(ValueError, match="named groups"):
        log_pattern(r"(\S+) (\S+)")


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<a>(a+)+)b",
        r"(?P<a>(?:a*)*)",
        r"(?P<a>(?:a|aa)+)b",
        r"(?P<a>(?:a?){50}a{50})",
        r"(?P<a>(?:\w+\s?)*)!",
        r"(?P<a>(?:(?:x)(?:y{1,3}))+)",
        r"(?P<a>(?:[(]a+)*)",
    ],
)
def test_a_pattern_that_could_take_for_ever_is_refused(pattern):
    with pytest.raises(ValueError, match="take for ever"):
        log_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<ip>(?:\d{1,3}\.){3}\d{1,3}) (?P<rest>.*)",
        r'"(?P<a>(?:[^"\\]|\\.)*+)"',
        r"(?P<a>\(\w+\)) (?P<b>[+*]+)",
        r"(?P<a>\S+)(?: (?P<b>\S+))?",
        r"(?i:(?P<level>info|warn)) (?P<n>\d+)",
    ],
)
def test_usual_patterns_are_taken(pattern):
    assert log_pattern(pattern).columns


def test_the_more_a_pattern_leaves_open_the_shorter_lines_must_be():
    pattern = log_pattern(r"(?P<a>.*),(?P<b>.*),(?P<c>.*)")

    pieces = read(b"x,y,z\n" + b"," * 5000 + b"\nx,y,z\n", pattern)

    assert refused(pieces) == [(2, "line_too_long")]
    assert len(rows(pieces)) == 2


words = st.text("ab c,\"'\\[]-", max_size=6)


@given(st.lists(st.tuples(words, words)), st.integers(1, 40), st.integers(1, 99))
@settings(deadline=None)
def test_what_is_read_is_what_the_pattern_says_of_each_line(pairs, size, window):
    regex = r"(?P<a>[^;]*);(?P<b>[^;]*)"
    lines = [f"{a};{b}" for a, b in pairs]

    pieces = read(
        "".join(f"{line}\n" for line in lines).encode(),
        log_pattern(regex),
        size=size,
        window=window,
    )

    assert rows(pieces) == [list(re.fullmatch(regex, line).groups()) for line in lines]


@given(st.lists(st.tuples(words, words)), st.integers(1, 99))
@settings(deadline=None)
def test_access_lines_are_read_the_same_whether_many_or_one_by_one(pairs, size):
    lines = [
        f'h - {user} [01/Feb/2024:00:00:01 +0530] "{request}" 500 -' for user, request in pairs
    ]
    pattern = log_pattern("common")

    pieces = read("".join(f"{line}\n" for line in lines).encode(), pattern, size=size, window=9)

    want = [pattern.line.fullmatch(line) for line in lines]
    taken = [match for match in want if match]
    assert [raw for _, raw in told(pieces)] == [match[0] for match in taken]
    assert [row[2] for row in rows(pieces)] == [
        "" if match[3] == "-" else match[3] for match in taken
    ]
    requests = [match[5][1:-1] for match in taken]
    assert [row[4] for row in rows(pieces)] == ["" if each == "-" else each for each in requests]


@given(st.binary(max_size=80), st.integers(1, 40), st.integers(1, 60))
@settings(deadline=None)
def test_how_blocks_are_cut_changes_nothing_whatever_the_bytes(junk, size, window):
    text = COMMON + junk + b"\n" + COMMON

    pieces = read(text, log_pattern("common"), size=size, window=window)
    once = read(text, log_pattern("common"))

    assert refused(pieces) == refused(once)
    assert told(pieces) == told(once)


SAYING = log_pattern(r"(?P<level>[A-Z]+) (?P<message>.*)")


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_lines_that_follow_a_message_are_the_rest_of_it(size):
    text = b'lost\nE one, "a"\r\n  at\r\n\r\n  b\r\n\r\nI two\r\n\xff\r\nmore\r\nI \r\nlast'

    pieces = read(text, SAYING, size=size, window=size)

    assert rows(pieces) == [["E", 'one, "a"\n  at\n\n  b'], ["I", "two\nmore"], ["I", "last"]]
    assert refused(pieces) == [(1, "pattern"), (8, "encoding")]
    assert told(pieces) == [
        (2, 'E one, "a"\n  at\n\n  b'),
        (7, "I two\nmore"),
        (10, "I \nlast"),
    ]


@pytest.mark.parametrize("size", [1 << 10, 1 << 20])
def test_a_message_has_so_many_lines_and_those_behind_are_refused(size):
    text = b"E one\n" + b"  at x\n" * (MOST_LINES + 5) + b"E two\n  at y\n"

    pieces = read(text, SAYING, size=size, window=size)

    assert [len(row[1].split("\n")) for row in rows(pieces)] == [MOST_LINES + 1, 2]
    assert [line for line, _ in refused(pieces)] == list(range(MOST_LINES + 2, MOST_LINES + 7))
    assert all("1,000 lines" in each.message for piece in pieces for each in piece.refused)


def test_lines_that_follow_what_is_no_message_are_refused():
    assert refused(read(COMMON + b"worker 7\n" + COMMON, log_pattern("common"))) == [(2, "pattern")]
