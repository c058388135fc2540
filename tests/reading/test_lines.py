"""NDJSON is read line by line; what no strict reader takes is refused by itself."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.json.lines import careful_ndjson


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text, *, size=1 << 20, window=1 << 20, record_bytes=1 << 24):
    return list(careful_ndjson(cut(text, size), piece_bytes=window, record_bytes=record_bytes))


def objects(pieces):
    out = []
    for piece in pieces:
        for index, line in enumerate(piece.text.decode().splitlines()):
            number, _, record = line.partition("\t")
            assert int(number) == index
            assert "\t" not in record
            out.append(json.loads(record))
    return out


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]


def test_clean_lines_come_out_with_their_index():
    (piece,) = read(b'{"a":1}\n{"a":2}\r\n{"a":3}')

    assert piece.text == b'0\t{"a":1}\n1\t{"a":2}\n2\t{"a":3}\n'
    assert (piece.count, piece.refused) == (3, [])


def test_blank_lines_are_no_records_and_still_count_as_lines():
    (piece,) = read(b'\n  \n{"a":1}\n\n\t\r\n{"a":2}\n')

    assert [piece.line_of(0), piece.line_of(1)] == [3, 6]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"a":1,}', "json"),
        (b"{'a':1}", "json"),
        (b'{"a":1} // note', "json"),
        (b'{"a":1}{"b":2}', "json"),
        (b'{"a":01}', "json"),
        (b'{"a":"x\ty"}', "json"),
        (b"[1]", "not_object"),
        (b"17", "not_object"),
        (b"null", "not_object"),
        (b'{"a":1,"a":2}', "dup_key"),
        (b'{"o":{"a":1,"b":2,"a":2}}', "dup_key"),
        (b'{"o":[{"a":1,"\\u0061":2}]}', "dup_key"),
        (b'{"a":NaN}', "number"),
        (b'{"a":-Infinity}', "number"),
        (b'{"a":1e999}', "number"),
        (b'{"a":-1E+400}', "number"),
        (b'{"a":' + b"9" * 400 + b"}", "number"),
        (b'{"a":' + b"9" * 5000 + b"}", "number"),
        (b'{"a":0.' + b"1" * 5000 + b"}", "number"),
        (b'{"a":"\\ud800"}', "encoding"),
        (b'{"\\uDFFF":1}', "encoding"),
        (b'{"a":"\xff"}', "encoding"),
        (b'{"a":' + b"[" * 128 + b"]" * 128 + b"}", "depth"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "depth"),
    ],
)
def test_a_line_that_is_no_sound_object_is_refused_alone(line, code):
    pieces = read(b'{"ok":1}\n' + line + b'\n{"ok":2}\n')

    assert refused(pieces) == [(2, code)]
    assert objects(pieces) == [{"ok": 1}, {"ok": 2}]
    assert pieces[0].refused[0].message


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1e100,"b":1E-999,"c":"1e999"}',
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":"NaN","b":"{[{["}',
        b'{"a":' + b"[" * 127 + b"]" * 127 + b"}",
        b'{"a":"' + b"[" * 1000 + b'"}',
        b'{"a":{"b":1},"b":1}',
        b'{"a":123456789012345678901234567890}',
    ],
)
def test_unusual_and_sound_lines_are_taken(line):
    pieces = read(line + b"\n")

    assert refused(pieces) == []
    assert pieces[0].raw_of(0) == line.decode()


def test_a_last_line_that_is_cut_is_called_so():
    pieces = read(b'{"a":1}\n{"a":"tw')

    assert refused(pieces) == [(2, "truncated")]
    assert objects(pieces) == [{"a": 1}]


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_a_byte_order_mark_is_dropped(size):
    assert objects(read(b'\xef\xbb\xbf{"a":1}\n', size=size, window=size)) == [{"a": 1}]


def test_tabs_between_tokens_become_blanks_and_the_source_keeps_them():
    (piece,) = read(b'{\t"a":\t1}\n')

    assert piece.text == b'0\t{ "a": 1}\n'
    assert piece.raw_of(0) == '{\t"a":\t1}'


def test_lines_may_end_with_a_cr_alone():
    assert objects(read(b'{"a":1}\r{"a":2}\r', size=3, window=3)) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("size", [10, 5000])
def test_a_line_beyond_the_limit_is_refused_and_the_next_one_read(size):
    text = b'{"a":1}\n{"a":"' + b"x" * 3000 + b'"}\n{"a":2}\n'

    pieces = read(text, size=size, window=64, record_bytes=1000)

    assert refused(pieces) == [(2, "line_too_long")]
    assert objects(pieces) == [{"a": 1}, {"a": 2}]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
documents = st.lists(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), values))


@given(documents, st.integers(1, 40), st.integers(1, 200), st.booleans())
@settings(deadline=None)
def test_any_objects_come_out_as_they_went_in(records, size, window, ascii_only):
    lines = [json.dumps(record, ensure_ascii=ascii_only).encode() for record in records]
    text = b"".join(line + b"\n" for line in lines)

    pieces = read(text, size=size, window=window)

    taken = [piece.raw_of(i) for piece in pieces for i in range(piece.count)]
    fate = len(taken) + len(refused(pieces))
    assert fate == len(records)
    if not refused(pieces):
        assert taken == [line.decode() for line in lines]


@given(st.binary(max_size=200), st.integers(1, 40), st.integers(1, 60))
@settings(deadline=None)
def test_how_blocks_are_cut_changes_nothing_whatever_the_bytes(junk, size, window):
    text = b'{"a":1}\n{"b":"' + junk + b'"}\n{"c":3}\n'

    pieces, once = read(text, size=size, window=window), read(text)

    assert refused(pieces) == refused(once)
    assert objects(pieces) == objects(once)


def test_a_string_that_does_not_end_is_told_with_its_place_once():
    (piece,) = careful_ndjson([b'{"a":"x\n{"a":"y"}\n'])

    assert piece.refused[0].message == "Unterminated string starting at character 6"
