"""What a fast parser would read over is seen beside it."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.reading.count import DelimitedCounter
from headwater.reading.delimited.dialect import Dialect
from headwater.reading.delimited.soundness import Soundness, is_sound, is_sound_file

COMMA = Dialect(",", header=False)
HEADED = Dialect(",")
WIDTH = 2


def records_of(text: bytes) -> int:
    counter = DelimitedCounter()
    counter.update(text)
    return counter.finish()


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        (b"", True),
        (b'1,"a"\n', True),
        (b'"a","b"\n"c","d"\n', True),
        (b'1,"a""b"\n"",2\n', True),
        (b'1,"""a"""\n', True),
        (b'1,"x\ny"\r\n2,z\r\n', True),
        (b'1,"x,y"\n2,"z,"\n', True),
        (b"1,\n2,\n", True),
        (b'1,x"y\n2,z"w\n', False),
        (b'1,"a"b\n', False),
        (b'1, "a"\n', False),
        (b'1,"a" \n', False),
        (b'1,"a\n', False),
        (b'1,a""b\n', False),
    ],
)
def test_quotes_are_sound_where_the_standard_has_them(text, sound):
    assert is_sound(text, COMMA, records_of(text), WIDTH) is sound


@pytest.mark.parametrize("text", [b"1,2\n3,4,\n", b"1,2,", b'1,"2",\n', b'1,"2,",\n'])
def test_an_empty_cell_too_many_is_seen(text):
    assert not is_sound(text, COMMA, records_of(text), WIDTH)


@given(
    rows=st.lists(
        st.lists(st.text('a,"\n\r', min_size=1), min_size=WIDTH, max_size=WIDTH), min_size=1
    ),
    cuts=st.lists(st.integers(0, 200)),
)
def test_what_a_writer_of_csv_writes_is_sound_however_it_is_cut(rows, cuts):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    text = out.getvalue().encode()

    soundness = Soundness(COMMA)
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    blocks = [text[start:end] for start, end in itertools.pairwise(places)]

    assert all(soundness.update(block) for block in blocks)
    assert soundness.finish(len(rows), WIDTH)


@given(text=st.binary().map(lambda raw: raw.translate(b'a,"\n' * 64)), cut=st.integers(0, 50))
def test_where_a_text_is_cut_changes_nothing(text, cut):
    whole, pieces = Soundness(COMMA), Soundness(COMMA)

    told = whole.update(text) and whole.finish(records_of(text), WIDTH)

    parts = [pieces.update(text[:cut]), pieces.update(text[cut:])]
    assert (all(parts) and pieces.finish(records_of(text), WIDTH)) == told


def test_a_file_is_told_as_its_text_is(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(b'1,"a"\n' * 300_000)
    bad.write_bytes(b'1,"a"\n' * 300_000 + b'1,b"\n2,"\n')

    assert is_sound_file(good, COMMA, 300_000, WIDTH)
    assert not is_sound_file(bad, COMMA, 300_002, WIDTH)


@pytest.mark.parametrize("cut", range(30))
def test_a_header_that_is_repeated_is_seen_wherever_it_is_cut(cut):
    text = b"id,name\n1,a\nid,name\n2,b\n"
    soundness = Soundness(HEADED)

    told = [soundness.update(text[:cut]), soundness.update(text[cut:])]

    assert not all(told)


@pytest.mark.parametrize(
    "text", [b"id,name\n1,id\n2,id,name\n", b"id,name\nid,names\n", b"id,name\n"]
)
def test_what_only_looks_like_the_header_is_none(text):
    assert Soundness(HEADED).update(text)


def test_a_header_that_is_the_last_line_is_seen():
    assert not is_sound(b"id,name\n1,a\nid,name", HEADED, 3, WIDTH)


@pytest.mark.parametrize("cut", range(1, 18))
@pytest.mark.parametrize(("newline", "end"), [("\n", b"\n"), ("\r\n", b"\r\n"), ("\r", b"\r")])
def test_a_told_comment_is_seen_wherever_a_block_ends(cut, newline, end):
    dialect = Dialect(",", newline=newline, comment="//", comment_is_told=True)
    text = end.join([b"a,b", b"1,//", b"//,3", b"4,5", b""])
    soundness = Soundness(dialect)

    seen = [soundness.update(text[:cut]), soundness.update(text[cut:])]

    assert not all(seen)
    assert Soundness(dialect).update(text.replace(end + b"//", end + b"/"))
