"""Of two tables in one file the first is read, and each row of the second refused as such."""

import pytest

from headwater.reading.delimited.dialect import Dialect
from tests.reading.tables import found, read, refused, rows

FIRST = b"id,name,amount\n" + b"1,ann,2.5\n" * 5
DIALECT = Dialect(",")
SEEN = found(("id", "name", "amount"), DIALECT)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("second", "lines"),
    [
        (b"\nkey,value\nx,1\ny,2\n", [8, 9, 10]),
        (b"key,value\nx,1\ny,2\n", [7, 8, 9]),
        (b"\nkey,value\nx,u\ny,v\nz,w\n", [8, 9, 10, 11]),
        (b"\nwho,where,when\nann,Rome,noon\nbob,Oslo,night\n", [8, 9, 10]),
        (b'\nkey,value\nx,1\n"y\nz",2\n', [8, 9, 10]),
        (b"\nkey,value\nx,1\n\n\ny,2\nz,3\n", [8, 9, 12, 13]),
    ],
)
def test_a_second_table_is_refused_from_its_header_on(second, lines, size):
    rows_behind = b"x,1\n" if second.count(b"x,1\n\n") else b""
    if rows_behind:
        second = second.replace(b"x,1\n\n", b"x,1\nw,0\n\n")
        lines = [8, 9, 10, 13, 14]

    pieces = read(FIRST + second, SEEN, size=size, window=size)

    assert len(rows(pieces, DIALECT)) == 5
    assert refused(pieces) == [(line, "second_table") for line in lines]
    first = next(r for piece in pieces for r in piece.refused)
    assert f"another table begins on line {lines[0]}" in first.message
    assert "`table_number: 2`" in first.message


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_rows_of_the_first_table_behind_the_second_are_read(size):
    text = FIRST + b"\nkey,value\nx,1\ny,2\n\nid,name,amount\n2,bob,3.5\n3,eve,4.5\n"

    pieces = read(text, SEEN, size=size, window=size)

    assert rows(pieces, DIALECT)[5:] == [["2", "bob", "3.5"], ["3", "eve", "4.5"]]
    assert refused(pieces)[-1] == (12, "header_again")


def test_a_row_behind_what_looked_like_a_second_table_is_never_lost():
    text = FIRST + b"\nkey,value\nx,1\ny,2\n2,bob,3.5\nz,3\n4,eve,4.5\n"

    pieces = read(text, SEEN)

    assert rows(pieces, DIALECT)[5:] == [["2", "bob", "3.5"], ["4", "eve", "4.5"]]


@pytest.mark.parametrize(
    "lines",
    [
        b"x,y\n1,ann,2.5\n",
        b"x,y\n1,2\n1,ann,2.5\n",
        b"\nx,y,z\n1,ann,2.5\n2,bob,3.5\n",
        b"\n1,unknown,none\n2,bob,3.5\n3,eve,4.5\n",
    ],
)
def test_damaged_rows_are_no_second_table(lines):
    pieces = read(FIRST + lines, SEEN)

    assert "second_table" not in {code for _, code in refused(pieces)}


def test_rows_of_a_width_that_was_seen_before_begin_no_second_table():
    text = FIRST + b"u,v\n" + FIRST[15:] + b"\nkey,value\nx,1\ny,2\n"

    assert "second_table" not in {code for _, code in refused(read(text, SEEN))}


def test_a_comment_is_no_gap_between_tables():
    dialect = Dialect(",", comment="#")
    text = FIRST + b"# more\nkey,value\nx,u\ny,v\n"

    pieces = read(text, found(("id", "name", "amount"), dialect))

    assert {code for _, code in refused(pieces)} == {"ragged"}
