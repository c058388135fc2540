"""What a feed allows to be repaired is repaired, and nothing else."""

import pytest

from headwater.reading.delimited.dialect import Dialect
from headwater.reading.delimited.repair import Repairs
from tests.reading.tables import found, read, refused, rows

PAD, LENIENT = Repairs(pad=True), Repairs(lenient=True)


def mended(text, repairs, dialect=None, columns="abc"):
    dialect = dialect or Dialect(",")
    pieces = read(text, found(columns, dialect), repairs=repairs)
    return rows(pieces, dialect), refused(pieces)


def test_a_short_row_gets_nulls():
    pieces = read(b"a,b,c\n1\n2,x\n3,y,z\n", found("abc", Dialect(",")), repairs=PAD)

    assert pieces[0].text == b"0,1,,\n1,2,x,\n2,3,y,z\n"
    assert pieces[0].raw_of(0) == "1"


def test_a_long_row_loses_only_cells_that_are_empty():
    text = b'a,b,c\n1,2,3,\n4,5,6,"",\n7,8,9,10\n'

    assert mended(text, PAD) == ([["1", "2", "3"], ["4", "5", "6"]], [(4, "ragged")])


def test_padding_works_in_every_dialect():
    dialect = Dialect("||", "'")

    assert mended(b"a||b||c\n1||'x||y'\n", PAD, dialect) == ([["1", "x||y", ""]], [])


def test_padding_leaves_damaged_quotes_to_be_refused():
    assert mended(b'a,b,c\n1,x"y\n', PAD) == ([], [(2, "quote")])


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (b'1,x"y,3', ["1", 'x"y', "3"]),
        (b'1,"x"y,3', ["1", '"x"y', "3"]),
        (b'1,5",3', ["1", '5"', "3"]),
        (b'1,"open,3', ["1", '"open', "3"]),
        (b'1,x"y,"a ""b"""', ["1", 'x"y', 'a "b"']),
    ],
)
def test_leniently_a_quote_out_of_place_is_a_letter(row, cells):
    assert mended(b"a,b,c\n" + row + b"\n4,5,6\n", LENIENT) == ([cells, ["4", "5", "6"]], [])


def test_leniently_what_has_another_width_is_still_refused():
    assert mended(b'a,b,c\n1,x"y\n2,3\n', LENIENT) == ([], [(2, "quote"), (3, "ragged")])


def test_nothing_is_repaired_unasked():
    assert mended(b'a,b,c\n1\n2,x"y,3\n', Repairs()) == ([], [(2, "ragged"), (3, "quote")])
