"""What a lenient parser of JSON would read over is seen beside it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.reading.json.laxity import Laxity, is_strict_file

LAX = [
    b'{"a":NaN}',
    b'{"a": NaN, "b": 1}',
    b'{"a":-Infinity}',
    b'{"a":nan}',
    b'{"a": -inf}',
    b'{"a":[1,NaN]}',
    b'{"a":[Infinity]}',
    b'{"a":1,}',
    b'{"a":1, }',
    b'{"a":[1,]}',
    b'{"a":[1, ]}',
    b'{"a":"\0"}',
]
STRICT = [
    b'{"a":"NaN"}',
    b'{"a":"information, maintenance"}',
    b'{"a":"Infinity is far"}',
    b'{"a":[1,2],"b":{"c":null}}',
]


@pytest.mark.parametrize("text", LAX)
@pytest.mark.parametrize("cut", [0, 1, 5, 6, 7, 8, 9, 10])
def test_what_is_not_json_is_suspected_wherever_it_is_cut(text, cut):
    laxity = Laxity()

    told = [laxity.update(text[:cut]), laxity.update(text[cut:])]

    assert not all(told)


DEEP = b'{"a":1}\n{"b":' + b"[" * 128 + b"]" * 128 + b"}"


@pytest.mark.parametrize("end", [b"", b'\n{"a":1}\n'])
@pytest.mark.parametrize("size", [1, 50, 100_000])
def test_a_line_that_is_too_deep_is_suspected_wherever_it_is_cut(end, size):
    laxity, text = Laxity(), DEEP + end

    told = [laxity.update(text[at : at + size]) for at in range(0, len(text), size)]

    assert not all((*told, laxity.finish()))


@pytest.mark.parametrize(
    "line",
    [
        b'{"b":' + b"[" * 127 + b"]" * 127 + b"}",
        b'{"b":[' + b"[{}]," * 500 + b"1]}",
        b'{"b":"' + b"[" * 500 + b'"}',
        b'{"b":"\\"' + b"[" * 500 + b'"}',
    ],
)
def test_brackets_that_are_many_and_not_deep_are_not_suspected(line):
    laxity = Laxity()

    assert laxity.update(b'{"a":1}\n' + line + b"\n" + line)
    assert laxity.finish()


@pytest.mark.parametrize("text", STRICT)
def test_words_inside_strings_are_not_suspected(text):
    assert Laxity().update(text)


@given(rows=st.lists(st.dictionaries(st.text("abNni, "), st.none() | st.integers() | st.floats())))
def test_numbers_that_are_none_are_found_in_whatever_python_writes(rows):
    text = "\n".join(map(json.dumps, rows)).encode()

    strict = not any(str(value) in {"nan", "inf", "-inf"} for row in rows for value in row.values())

    assert Laxity().update(text) or not strict or b", " in text
    if not strict:
        assert not Laxity().update(text)


def test_a_file_is_told_as_its_text_is(tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(b'{"a":1}\n' * 100_000)
    bad.write_bytes(b'{"a":1}\n' * 100_000 + b'{"a":1,}\n')

    assert is_strict_file(good)
    assert not is_strict_file(bad)
