"""JSON arrays are streamed element by element, each made one line."""

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.json.array import careful_array
from headwater.reading.unreadable import Unreadable


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text, *, size=1 << 20, window=1 << 20, record_bytes=1 << 24):
    return list(careful_array(cut(text, size), piece_bytes=window, record_bytes=record_bytes))


def objects(pieces):
    return [
        json.loads(line.partition("\t")[2])
        for piece in pieces
        for line in piece.text.decode().split("\n")[:-1]
    ]


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]


def test_each_element_is_one_line_with_its_index():
    (piece,) = read(b'[{"a":1},\n {"b":\n  [1,\t2]}\n]\n')

    assert piece.text == b'0\t{"a":1}\n1\t{"b":   [1, 2]}\n'
    assert [piece.line_of(0), piece.line_of(1)] == [1, 2]
    assert piece.raw_of(1) == '{"b":\n  [1,\t2]}'


@pytest.mark.parametrize("text", [b"[]", b" [ \n ] \n"])
def test_an_empty_array_has_no_records(text):
    assert read(text) == []


@pytest.mark.parametrize(
    "text", [b'{"a":1}{"a":2}', b'{"a":1}\n\n{\n"a":2\n}\n', b'{"a":1} {"a":2}']
)
def test_objects_may_follow_each_other_without_an_array(text):
    assert objects(read(text)) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_a_byte_order_mark_is_dropped(size):
    assert objects(read(b'\xef\xbb\xbf[{"a":1}]', size=size, window=size)) == [{"a": 1}]


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (b"3", "not_object"),
        (b"null", "not_object"),
        (b"[1]", "not_object"),
        (b'{"a":1,"a":2}', "dup_key"),
        (b'{"a":NaN}', "number"),
        (b'{"a":1e999}', "number"),
        (b'{"a":' + b"9" * 5000 + b"}", "number"),
        (b'{"a":"\\ud800"}', "encoding"),
        (b'{"a":"\xff"}', "encoding"),
        (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", "depth"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_an_element_that_is_no_sound_object_is_refused_alone(element, code, size):
    pieces = read(b'[{"ok":1},\n' + element + b',\n{"ok":2}]', size=size, window=size)

    assert refused(pieces) == [(2, code)]
    assert objects(pieces) == [{"ok": 1}, {"ok": 2}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'[{"a":1},]', "json"),
        (b"[{'a':1}]", "json"),
        (b'[{"a":1} {"b":2}]', "json"),
        (b'[{"a":1}] {"b":2}', "json"),
        (b'[{"a":1}, // note\n{"b":2}]', "json"),
        (b'{"a":1},{"b":2}', "json"),
        (b'[{"a":1}', "truncated"),
        (b'[{"a":1},', "truncated"),
        (b'[{"a":"x', "truncated"),
        (b'[{"a":tru', "truncated"),
        (b'[{"a":', "truncated"),
        (b"[", "truncated"),
        (b'[{"a":' + b"[" * 100_000, "depth"),
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_text_that_is_no_json_refuses_the_file(text, code, size):
    with pytest.raises(Unreadable) as caught:
        read(text, size=size, window=size)

    assert caught.value.cause.code == code


def test_the_refusal_names_the_line():
    with pytest.raises(Unreadable, match="line 3"):
        read(b'[{"a":1},\n{"a":2},\n{"a":oops}]')


LONG = [
    b'{"a":"' + b"x" * 5_000 + b'"}',
    b'{"a":[' + b'{"b":"]}\\"["},' * 400 + b"1]}",
    b'"' + b"\\\\" * 3_000 + b'"',
    b'{"a":"' + "\u20ac".encode() * 400 + b'"}',
    b"[" + b"1," * 3_000 + b"1]",
    b"9" * 3_000,
]


@pytest.mark.parametrize("long", LONG)
@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_an_element_beyond_the_limit_is_refused_alone(long, size):
    text = b'[{"ok":1},\n' + long + b',\n{"ok":2}]'

    pieces = read(text, size=size, window=size, record_bytes=1_000)

    assert refused(pieces) == [(2, "line_too_long")]
    assert objects(pieces) == [{"ok": 1}, {"ok": 2}]


def test_an_object_beyond_the_limit_among_others_in_a_row_is_refused_alone():
    pieces = read(b'{"ok":1}' + LONG[1] + b'{"ok":2}', size=100, window=100, record_bytes=1_000)

    assert refused(pieces) == [(1, "line_too_long")]
    assert objects(pieces) == [{"ok": 1}, {"ok": 2}]


def test_an_element_beyond_the_limit_that_never_ends_refuses_the_file():
    with pytest.raises(Unreadable, match="ends inside"):
        read(b'[{"a":"' + b"x" * 5_000, size=100, window=100, record_bytes=1_000)


def test_memory_stays_flat_however_long_the_array():
    def stream():
        yield b"["
        yield from (b'{"a":"%d"},' % n * 1000 for n in range(300))
        yield b'{"a":"end"}]'

    tracemalloc.start()
    count = sum(piece.count for piece in careful_array(stream(), piece_bytes=50_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 300_001
    assert peak < 3_000_000


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
documents = st.lists(st.dictionaries(st.text(max_size=4), values, max_size=4), max_size=8)


@given(
    documents,
    st.integers(1, 40),
    st.integers(1, 200),
    st.sampled_from([None, 1, "\t"]),
    st.booleans(),
)
@settings(deadline=None)
def test_any_array_comes_out_as_it_went_in(records, size, window, indent, ascii_only):
    text = json.dumps(records, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "replace")

    pieces = read(text, size=size, window=window)

    assert objects(pieces) == json.loads(text)
    assert refused(pieces) == []


TRAPS = [
    '{"a":1},{"a":2},null,{"a":[{},{},{}]},{"a":3}',
    '{"a":1},{"a":"},{"},{"a":2},{"a":3}',
    '{"a":1},{"a":2},{"a":1,"a":2},{"a":3},{"a":4}',
    '{"a":1},{"a":2},{"a":NaN},{"a":3},{"a":4}',
    '{"a":1},{"a":2},7,{"a":3},{"a":4}',
    '{"a":1},{"a":{"b":{}}},{"a":{"b":1}},{"a":3}',
    '{"a":1},\n{"a":2},{"a":3},\n\n{"a":4},{"a":5}',
    '{"a":1},\n  {"a":2},\n  {"a":3},\n  {"a":"ö"}\n',
    '{"a":1},{"a":\t2},{"a":3},{"a":4}',
    '{"a":1},{"a":"' + "x" * 2000 + '"},{"a":3},{"a":4}',
]


@pytest.mark.parametrize("text", TRAPS)
def test_many_objects_at_a_time_are_read_as_one_by_one(text):
    content = f"[{text}]".encode()

    (whole,) = read(content)
    one_by_one = read(content, size=1, window=1)

    assert objects([whole]) == objects(one_by_one)
    assert refused([whole]) == refused(one_by_one)
    assert [(whole.line_of(i), whole.raw_of(i)) for i in range(whole.count)] == [
        (piece.line_of(i), piece.raw_of(i)) for piece in one_by_one for i in range(piece.count)
    ]


def test_objects_of_one_line_are_found_in_it_before_and_behind_others():
    (piece,) = read(b'[{"a":1},{"a":2},{"a":3},7,\n{"a":4},{"a":5},{"a":6},\n{"a":[]}]')

    assert [piece.line_of(index) for index in range(piece.count)] == [1, 1, 1, 2, 2, 2, 3]
    assert piece.raw_of(5) == '{"a":6}'


def test_millions_of_empty_objects_take_little_memory():
    tracemalloc.start()
    count = sum(
        piece.count for piece in careful_array(cut(b"[" + b"{}," * 500_000 + b"{}]", 1 << 20))
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 500_001
    assert peak < 120 * 2**20
