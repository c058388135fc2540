"""Fixed-width text is cut by character, and a line that does not fit is refused alone."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.fixed.declared import declared_layout
from headwater.reading.fixed.layout import recognise_fixed
from headwater.reading.fixed.rows import careful_fixed

LAYOUT = declared_layout([("id", 1, 3), ("name", 4, 6), ("city", 11, 5)])


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text, layout=LAYOUT, *, size=1 << 20, window=1 << 20, record_bytes=1 << 24):
    blocks = cut(text, size)
    return list(careful_fixed(blocks, layout, piece_bytes=window, record_bytes=record_bytes))


def rows(pieces):
    out = []
    for piece in pieces:
        lines = csv.reader(piece.text.decode().split("\n")[:-1], strict=True)
        for index, (number, *cells) in enumerate(lines):
            assert int(number) == index
            out.append(cells)
    return out


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]


def told(pieces):
    return [(p.line_of(i), p.raw_of(i)) for p in pieces for i in range(p.count)]


def test_cells_are_cut_by_place_and_their_padding_is_left_out():
    pieces = read(b'  1Ann    Oslo \n 22Bo, "x Bonn \n')

    assert rows(pieces) == [["1", "Ann", "Oslo"], ["22", 'Bo, "x', "Bonn"]]
    assert told(pieces)[1] == (2, ' 22Bo, "x Bonn ')


def test_padding_is_kept_where_the_layout_says_so():
    layout = declared_layout([("a", 1, 3), ("b", 4, 2)], strip=False)

    assert rows(read(b" 1 x \n", layout)) == [[" 1 ", "x "]]


def test_tabs_are_values_and_no_padding():
    assert rows(read(b"1\t Ann    Oslo \n")) == [["1\t", "Ann", "Oslo"]]


def test_widths_are_counted_in_characters_and_not_in_bytes():
    text = "  1J\u00f6rg   K\u00f6ln \n  2Ann    Oslo \n".encode()

    assert rows(read(text)) == [["1", "J\u00f6rg", "K\u00f6ln"], ["2", "Ann", "Oslo"]]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"  2Ann    Osl", "ragged"),
        (b"  2Ann    Oslo  ", "ragged"),
        ("  2J\u00f6rg    Oslo ".encode(), "ragged"),
        (b"  2J\xf6rg   Oslo ", "encoding"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_alone(line, code):
    pieces = read(b"  1Ann    Oslo \n" + line + b"\n  3Cyd    Rome \n")

    assert refused(pieces) == [(2, code)]
    assert [row[0] for row in rows(pieces)] == ["1", "3"]
    assert [line for line, _ in told(pieces)] == [1, 3]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_any_line_end_ends_a_record_and_the_last_may_be_missing(newline):
    text = newline.join([b"  1Ann    Oslo ", b"", b"  2Bob    Rome "])

    pieces = read(b"\xef\xbb\xbf" + text, size=3, window=3)

    assert told(pieces) == [(1, "  1Ann    Oslo "), (3, "  2Bob    Rome ")]


def test_blanks_cut_off_at_the_end_are_padding_where_the_layout_says_so():
    layout = declared_layout([("a", 1, 3), ("b", 4, 3)], trimmed=True)

    pieces = read(b"  1\n  2x\n  3xyz\n", layout)

    assert rows(pieces) == [["1", ""], ["2", "x"], ["3", "xyz"]]
    assert refused(read(b"  3xyzz\n", layout)) == [(1, "ragged")]


def test_a_line_beyond_the_limit_is_refused_and_the_next_one_read():
    text = b"  1Ann    Oslo \n" + b"x" * 3000 + b"\n  3Cyd    Rome \n"

    for size in (10, 5000):
        pieces = read(text, size=size, window=64, record_bytes=1000)
        assert refused(pieces) == [(2, "line_too_long")]
        assert [line for line, _ in told(pieces)] == [1, 3]


@pytest.mark.parametrize("widths", [[], [("a", 0, 3)], [("a", 1, 0)], [("a", 1, 3), ("b", 3, 2)]])
def test_columns_that_cannot_be_are_told_when_they_are_declared(widths):
    with pytest.raises(ValueError, match=r"column|declared"):
        declared_layout(widths)


ALIGNED = b"""\
id    name                 amount  date
    1 John Smith            12.50  2024-01-02
   17 Jane               1,200.00  2024-01-03
 1234 Zoe, the great        3.00  2024-02-01
    5 Al                    7.25  2024-02-01
"""


def test_columns_are_found_from_the_blanks_that_all_lines_share():
    layout = recognise_fixed(ALIGNED)

    assert [column.name for column in layout.columns] == ["id", "name", "amount", "date"]
    assert rows(read(ALIGNED, layout))[1:3] == [
        ["17", "Jane", "1,200.00", "2024-01-03"],
        ["1234", "Zoe, the great", "3.00", "2024-02-01"],
    ]


def test_text_between_two_found_columns_is_refused_and_never_cut_in_two():
    layout = recognise_fixed(ALIGNED)
    line = b"    6 Bartholomew the Second 8.00  2024-02-01\n"

    pieces = read(ALIGNED + line, layout)

    assert refused(pieces) == [(6, "ragged")]
    assert "between two columns" in pieces[0].refused[0].message


@pytest.mark.parametrize("size", [8, 40, 1 << 20])
def test_text_between_two_columns_is_refused_even_where_every_line_at_hand_has_it(size):
    layout = recognise_fixed(ALIGNED)
    line = b"    6 Bartholomew the Second 8.00  2024-02-01\n"

    pieces = read(ALIGNED + line * 2, layout, size=size, window=size)

    assert refused(pieces) == [(6, "ragged"), (7, "ragged")]


def test_text_in_a_gap_of_lines_of_one_length_is_refused_alone():
    text = b"".join(b"%05d %08d\n" % (n, n * n) for n in range(50))
    layout = recognise_fixed(text)

    pieces = read(text + b"00051x00002601\n" + b"00052 00002704\n", layout)

    assert refused(pieces) == [(51, "ragged")]
    assert rows(pieces)[-1] == ["00052", "00002704"]


DASHED = """\
Name        City
----------- --------
J\u00f6rg        Z\u00fcrich
Ann         New York, NY
Bob
""".encode()


def test_a_line_of_dashes_under_the_header_gives_the_columns():
    layout = recognise_fixed(DASHED)

    pieces = read(DASHED, layout)

    assert layout.first_line == 3
    assert rows(pieces) == [["J\u00f6rg", "Z\u00fcrich"], ["Ann", "New York, NY"], ["Bob", ""]]


def test_without_a_header_columns_get_numbers_for_names():
    text = b"".join(b"2024-01-0%d ERROR %3d abc\n" % (day, day * 7) for day in range(1, 8))

    layout = recognise_fixed(text)

    assert [column.name for column in layout.columns] == [f"column_{n}" for n in (1, 2, 3, 4)]
    assert rows(read(text, layout))[1] == ["2024-01-02", "ERROR", "14", "abc"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"one line\n",
        b"a,b,c\n1,2,3\n4,5,6\n7,8,9\n1,1,1\n",
        b"id ; name\n1  ; a   \n2  ; b   \n3  ; c   \n4  ; d   \n",
        b"id\tname\n1 \tb\n2 \tb\n3 \tb\n4 \tb\n",
        b"It was a dark night\nand nobody to be seen\nin the streets but\nfor one who\nwaited.\n",
        b'{"a": 1}\n{"a": 2}\n{"a": 3}\n{"a": 4}\n{"a": 5}\n',
        b"a  a\n1  2\n3  4\n5  6\n7  8\n",
    ],
)
def test_what_is_no_fixed_width_text_is_not_taken_for_one(text):
    assert recognise_fixed(text) is None


letters = st.text("ab \u00e9\u4e2d,\"'\t", max_size=5)
tables = st.lists(st.tuples(letters, letters, letters), max_size=12)


def padded(table):
    return "".join(f"{a:5}{b:>5}{c:5}|\n" for a, b, c in table).encode()


WIDE = declared_layout([("a", 1, 5), ("b", 6, 5), ("c", 11, 5), ("end", 16, 1)])


@given(tables, st.integers(1, 40), st.integers(1, 80))
@settings(deadline=None)
def test_any_cells_come_out_as_they_were_padded_in(table, size, window):
    pieces = read(padded(table), WIDE, size=size, window=window)

    assert refused(pieces) == []
    assert rows(pieces) == [[*(cell.strip(" ") for cell in row), "|"] for row in table]


@given(st.binary(max_size=60), st.integers(1, 40), st.integers(1, 60))
@settings(deadline=None)
def test_how_blocks_are_cut_changes_nothing_whatever_the_bytes(junk, size, window):
    text = b"  1Ann    Oslo \n" + junk + b"\n  3Cyd    Rome \n"

    pieces, once = read(text, size=size, window=window), read(text)

    assert refused(pieces) == refused(once)
    assert told(pieces) == told(once)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_sample_makes_recognition_fail(junk):
    recognise_fixed(junk)


def test_a_title_over_columns_of_numbers_is_no_header_of_theirs():
    data = "".join(f"         {number % 9 + 1}   {1000 + number}.4\n" for number in range(40))

    layout = recognise_fixed(f"OF/NOTE  Tides\n{data}".encode())

    assert layout is not None
    assert [column.name for column in layout.columns] == ["column_1", "column_2"]


def test_a_header_whose_rows_have_blanks_elsewhere_is_none():
    assert recognise_fixed(b"# source target\n1 2\n1 10\n2 1\n2 10\n3 1\n") is None


def test_a_column_without_values_is_one_where_the_others_have_one_value_each():
    layout = recognise_fixed(b"id  town    note\n1   Ulm\n2   Bonn\n3   Gera\n4   Hof\n")

    assert layout is not None
    assert [column.name for column in layout.columns] == ["id", "town", "note"]


def test_a_row_of_hashes_is_no_header():
    lines = "".join(f"{number:04x}ab{number:010x}  lib/{'x' * number}\n" for number in range(5))

    assert recognise_fixed(lines.encode()) is None
