"""Blocks become large pieces that end where a record ends."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.pieces.joined import line_pieces
from headwater.reading.unreadable import Unreadable


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def records(piece):
    return list(csv.reader(io.StringIO(piece.decode(), newline="")))


def test_pieces_end_at_line_ends_and_lose_nothing():
    text = b"".join(b"%d,x\n" % n for n in range(1000))

    pieces = list(line_pieces(cut(text, 33), piece_bytes=200, quote='"'))

    assert b"".join(pieces) == text
    assert len(pieces) > 10
    assert all(piece.endswith(b"\n") for piece in pieces)
    assert max(map(len, pieces)) < 300


def test_a_quoted_line_end_ends_no_piece():
    text = b'a,"x\ny"\n' * 100

    pieces = list(line_pieces(cut(text, 5), piece_bytes=10, quote='"'))

    assert b"".join(pieces) == text
    assert all(piece.endswith(b'"\n') for piece in pieces)


def test_without_quotes_any_line_end_will_do():
    pieces = list(line_pieces([b'{"a":"x', b'"}\n{"b":1}\n{'], piece_bytes=1, quote=None))

    assert pieces == [b'{"a":"x"}\n{"b":1}\n', b"{"]


def test_a_crlf_is_never_parted():
    text = b"a,b\r\n" * 50

    pieces = list(line_pieces(cut(text, 4), piece_bytes=8, quote='"'))

    assert b"".join(pieces) == text
    assert all(piece.endswith(b"\r\n") for piece in pieces)


def test_a_lone_cr_ends_a_record_where_no_lf_does():
    text = b"a,b\r" * 50

    pieces = list(line_pieces(cut(text, 4), piece_bytes=8, quote='"'))

    assert b"".join(pieces) == text
    assert len(pieces) > 5


def test_a_record_beyond_the_limit_is_refused():
    with pytest.raises(Unreadable, match="line_too_long"):
        list(line_pieces(cut(b"x" * 5000, 100), piece_bytes=200, quote='"', record_bytes=1000))


@given(
    st.lists(st.lists(st.text(st.sampled_from('a",\r\n'), max_size=5), min_size=2, max_size=2)),
    st.integers(1, 50),
    st.integers(1, 50),
)
@settings(deadline=None)
def test_the_records_of_all_pieces_are_the_records_of_the_whole(table, size, piece_bytes):
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(table)
    text = out.getvalue().encode()

    pieces = list(line_pieces(cut(text, size), piece_bytes=piece_bytes, quote='"'))

    assert b"".join(pieces) == text
    assert [row for piece in pieces for row in records(piece)] == table
