"""A record of JSON that is not sound is refused by its line, and the others are read."""

from __future__ import annotations

import pytest

LETTERS = "\u2028\u2028\u2028\u2028".encode()
HALF = b"\xed\xa0\x80"
"""Half a letter, as no UTF-8 has it."""

SOUND = b'{"x_y":"' + LETTERS + b'"}'
MEBI = 1 << 20


def codes(bench, made):
    return [(line, code) for _, line, _, _, code in bench.refused(made)]


@pytest.mark.parametrize(
    "record",
    [
        b'{"%bx":1}' % HALF,
        b'{"x_y":{"%b":1}}' % HALF,
        b'{"x_y":[{"%b":1}]}' % HALF,
        b'{"x_y":"%b"}' % HALF,
        b'{"x_y":["%b"]}' % HALF,
        b'{"\\ud800":1}',
        b'{"x_y":{"\\ud800":1}}',
        b'{"x_y":[{"a":[{"\\udc00":"x"}]}]}',
    ],
)
def test_a_record_with_half_a_letter_is_refused_alone(bench, record):
    made = bench.convert(b"\n".join((SOUND, record, SOUND)) + b"\n")

    assert codes(bench, made) == [(2, "encoding")]
    assert bench.rows(made) == [(LETTERS.decode(),)] * 2


def test_half_a_letter_behind_all_samples_is_refused_alone(bench):
    made = bench.convert(b'{"a":"\xc3\xa9"}\n' * 60_000 + b'{"%b":1}\n{"a":"y"}\n' % HALF)

    assert codes(bench, made) == [(60_001, "encoding")]
    assert made.results[0].books.written == 60_001


@pytest.mark.parametrize("before", [1, 60_000])
@pytest.mark.parametrize(
    "value", [b"[" * 128 + b"]" * 128, b'{"a":' * 128 + b"1" + b"}" * 128, b"[" * 9_000]
)
def test_a_line_that_is_too_deep_is_refused_alone(bench, before, value):
    closed = value + b"]" * (9_000 if value.count(b"[") == 9_000 else 0)

    made = bench.convert(b'{"a":"x"}\n' * before + b'{"a":' + closed + b'}\n{"a":"y"}\n')

    assert codes(bench, made) == [(before + 1, "depth")]
    assert made.results[0].books.written == before + 1


def test_a_line_as_deep_as_allowed_is_read(bench):
    deep = "[" * 127 + "]" * 127

    made = bench.convert('{"a":1}\n{"a":' + deep + "}\n")

    assert sorted(bench.rows(made)) == [("1",), (deep,)]


LONG = b'{"a":1,"b":"%b"}' % (b"x" * (17 * MEBI))


@pytest.mark.parametrize(
    ("content", "line", "rows"),
    [
        (LONG, 1, []),
        (LONG + b"\n" + b'{"a":2}\n', 1, [(2,)]),
        (b'{"a":1}\n' + LONG + b'\n{"a":2}\n', 2, [(1,), (2,)]),
        (b"[" + LONG + b"]", 1, []),
        (b'[{"a":1},\n' + LONG + b',\n{"a":2}]', 2, [(1,), (2,)]),
        (b'{\n"a":1}' + LONG + b'{"a":2}', 2, [(1,), (2,)]),
    ],
    ids=["alone", "first", "among lines", "alone in an array", "in an array", "in a row"],
)
def test_an_object_that_is_too_long_is_refused_alone(bench, content, line, rows):
    made = bench.convert(content)

    assert codes(bench, made) == [(line, "line_too_long")]
    assert sorted(bench.rows(made) if made.parts else []) == rows


@pytest.mark.parametrize("form", [b"%b\n", b"[%b]", b'{"a":\n2}%b'])
def test_an_object_as_long_as_allowed_is_read(bench, form):
    record = b'{"a":1,"b":"%b"}' % (b"x" * (16 * MEBI - 14))

    made = bench.convert(form % record)

    assert len(record) == 16 * MEBI
    assert not bench.refused(made)
    assert (1,) in bench.rows(made, "a")
