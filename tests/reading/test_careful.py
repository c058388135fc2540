"""Delimited text is read record by record, and damage stays where it is."""

import csv
import io
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.model.feed import Format
from headwater.reading.count import DelimitedCounter
from headwater.reading.delimited.careful import careful_delimited
from headwater.reading.packing.magic import Compression
from headwater.reading.recognise import Dialect, Found

MIB = 1024 * 1024


def found(columns, *, delimiter=",", newline="\n", header=True, skip_bytes=0):
    dialect = Dialect(delimiter, header=header, newline=newline, skip_bytes=skip_bytes)
    names = tuple(columns)
    return Found(Format.CSV, Compression.NONE, dialect, names, names)


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text, columns="abc", *, size=MIB, window=MIB, record_bytes=16 * MIB, **dialect):
    pieces = careful_delimited(
        cut(text, size), found(columns, **dialect), piece_bytes=window, record_bytes=record_bytes
    )
    return list(pieces)


def rows(pieces, delimiter=","):
    """The clean records as Python's parser reads them, checked against the index in each."""
    out = []
    for piece in pieces:
        text = io.StringIO(piece.text.decode(), newline="")
        parsed = list(csv.reader(text, delimiter=delimiter, strict=True))
        assert [int(row[0]) for row in parsed] == list(range(piece.count))
        out += [row[1:] for row in parsed]
    return out


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]


def spell(table, newline="\n", delimiter=","):
    def cell(value):
        bare = value and not set(value) & {'"', "\r", "\n", delimiter}
        return value if bare else '"' + value.replace('"', '""') + '"'

    return "".join(delimiter.join(map(cell, row)) + newline for row in table).encode()


def test_clean_records_come_out_with_their_index_and_the_header_does_not():
    (piece,) = read(b"a,b,c\n1,2,3\n4,5,6\n")

    assert piece.text == b"0,1,2,3\n1,4,5,6\n"
    assert (piece.count, piece.refused) == (2, [])


def test_without_a_header_the_first_record_is_a_record():
    (piece,) = read(b"1,2,3\n4,5,6\n", header=False)

    assert piece.count == 2


def test_a_last_line_without_an_end_is_a_record():
    assert rows(read(b"a,b,c\n1,2,3\n4,5,6")) == [["1", "2", "3"], ["4", "5", "6"]]


def test_blank_lines_are_no_records_and_still_count_as_lines():
    (piece,) = read(b"\n\na,b,c\n\n1,2,3\n\n\n4,5,6\n\n")

    assert piece.count == 2
    assert [piece.line_of(0), piece.line_of(1)] == [5, 8]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_gives_the_same_rows(newline):
    table = [["a", "b", "c"], ["1", "x, y", "3"], ["4", "two\nlines", "6"]]

    assert rows(read(spell(table, newline), newline=newline)) == table[1:]


def test_lf_and_crlf_may_be_mixed():
    assert rows(read(b"a,b,c\r\n1,2,3\n4,5,6\r\n", newline="mixed")) == [
        ["1", "2", "3"],
        ["4", "5", "6"],
    ]


def test_line_ends_inside_quotes_are_kept_byte_exact():
    (piece,) = read(b'a,b,c\r\n1,"x\r\ny\rz\n",3\r\n', newline="\r\n")

    assert piece.text == b'0,1,"x\r\ny\rz\n",3\n'
    assert piece.raw_of(0) == '1,"x\r\ny\rz\n",3'


def test_a_carriage_return_inside_a_bare_cell_is_kept_within_quotes():
    (piece,) = read(b"a,b,c\n1,x\ry,3\n")

    assert piece.text == b'0,1,"x\ry",3\n'
    assert piece.raw_of(0) == "1,x\ry,3"


def test_a_nul_byte_in_a_cell_is_kept():
    (piece,) = read(b"a,b,c\n1,x\0y,3\n")

    assert piece.text == b"0,1,x\0y,3\n"


def test_a_byte_order_mark_is_skipped_across_blocks():
    assert rows(read(b"\xef\xbb\xbfa,b,c\n1,2,3\n", size=2, skip_bytes=3)) == [["1", "2", "3"]]


def test_a_row_of_another_width_is_refused_alone():
    pieces = read(b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")

    assert rows(pieces) == [["1", "2", "3"], ["10", "11", "12"]]
    assert refused(pieces) == [(3, "ragged"), (4, "ragged")]
    assert pieces[0].refused[0].message == "3 fields are expected and 2 were found"
    assert pieces[0].refused[0].raw == "4,5"


def test_a_stray_quote_inside_a_bare_cell_is_refused_alone():
    pieces = read(b'a,b,c\n1,x"y,3\n4,5,6\n')

    assert rows(pieces) == [["4", "5", "6"]]
    assert refused(pieces) == [(2, "quote")]
    assert pieces[0].refused[0].column == "b"


def test_text_behind_a_closing_quote_is_refused_alone():
    pieces = read(b'a,b,c\n1,"x"y,3\n4,5,6\n')

    assert rows(pieces) == [["4", "5", "6"]]
    assert refused(pieces) == [(2, "quote")]


def test_a_quote_that_never_closes_swallows_nothing():
    good = [[str(n), "text", "5"] for n in range(1000)]

    pieces = read(b'a,b,c\n0,"open,1\n' + spell(good))

    assert rows(pieces) == good
    assert refused(pieces) == [(2, "quote")]
    assert pieces[0].refused[0].column == "b"


def test_two_stray_quotes_that_fit_each_other_do_not_swallow_the_rows_between():
    good = [[str(n), "text", "5"] for n in range(50)]

    pieces = read(b"a,b,c\n7,x,8\n" + b'0,"open,1\n' + spell(good) + b'9,shut",2\n10,x,3\n')

    assert rows(pieces) == [["7", "x", "8"], *good, ["10", "x", "3"]]
    assert refused(pieces) == [(3, "quote"), (54, "quote")]


def test_a_cell_of_many_lines_with_commas_survives():
    letter = "Dear all,\nthank you, and you, too,\n\none, two\nyours, Ann"
    table = [["a", "b", "c"], *[[str(n), letter, "5"] for n in range(20)]]

    pieces = read(spell(table))

    assert rows(pieces) == table[1:]
    assert refused(pieces) == []


@pytest.mark.parametrize("width", [1, 2, 3])
def test_lines_of_text_that_have_the_tables_width_survive_in_a_text_table(width):
    line = ",".join(["word"] * width)
    table = [["a", "b", "c"][:width], *[["\n".join([line] * 3)] * width] * 5]

    pieces = read(spell(table), "abc"[:width])

    assert rows(pieces) == table[1:]


def test_a_broken_record_that_spans_lines_is_refused_as_one():
    pieces = read(b'a,b,c\n1,2,3\n2,"one\ntwo, with more\nthree"\n4,5,6\n')

    assert rows(pieces) == [["1", "2", "3"], ["4", "5", "6"]]
    assert [(r.line, r.code, r.raw) for r in pieces[0].refused] == [
        (3, "ragged", '2,"one\ntwo, with more\nthree"')
    ]


def test_the_header_in_the_middle_is_refused():
    pieces = read(b"a,b,c\n1,2,3\na,b,c\n4,5,6\n")

    assert rows(pieces) == [["1", "2", "3"], ["4", "5", "6"]]
    assert refused(pieces) == [(3, "header_again")]


def test_bytes_that_are_not_utf8_refuse_their_record_and_are_shown():
    pieces = read(b"a,b,c\n1,caf\xe9,3\n4,caf\xc3\xa9,6\n")

    assert rows(pieces) == [["4", "café", "6"]]
    assert refused(pieces) == [(2, "encoding")]
    assert pieces[0].refused[0].raw == r"1,caf\xe9,3"
    assert pieces[0].refused[0].column == "b"


@pytest.mark.parametrize("size", [1, 100, 5000])
def test_a_line_beyond_the_limit_is_refused_and_the_next_one_read(size):
    text = b"a,b,c\n1,2,3\n" + b"4,x," * 1000 + b"\n7,8,9\n"

    pieces = read(text, size=size, window=64, record_bytes=1000)

    assert rows(pieces) == [["1", "2", "3"], ["7", "8", "9"]]
    assert refused(pieces) == [(3, "line_too_long")]


def test_a_cell_beyond_the_limit_is_named_as_such():
    pieces = read(b"a,b,c\n1," + b"x" * 3000 + b",3\n7,8,9\n", size=100, record_bytes=1000)

    assert refused(pieces) == [(2, "cell_too_long")]
    assert rows(pieces) == [["7", "8", "9"]]


def test_a_closing_quote_beyond_the_limit_closes_nothing():
    good = [[str(n), "text", "5"] for n in range(500)]

    pieces = read(b'a,b,c\n0,"open,1\n' + spell(good) + b'9,shut",2\n', size=64, record_bytes=1000)

    assert rows(pieces) == good


def test_ten_thousand_columns_are_read():
    names = [f"c{n}" for n in range(10_000)]
    row = ",".join(map(str, range(9_999))).encode()

    pieces = read(",".join(names).encode() + b"\n" + row + b',"x"\n' + row + b"\n", names)

    assert pieces[0].count == 1
    assert refused(pieces) == [(3, "ragged")]


def test_hostile_quotes_do_not_multiply_the_work():
    pieces = read(b"a,b,c\n" + b'","\n' * 20_000)

    assert sum(piece.count for piece in pieces) == 0


def test_every_record_knows_its_line_and_its_source():
    text = b'a,b,c\n1,2,3\n\n4,"x\ny",6\nbad\n7,8,9\n10,11,12\n'

    (piece,) = read(text)

    assert [(piece.line_of(i), piece.raw_of(i)) for i in range(piece.count)] == [
        (2, "1,2,3"),
        (4, '4,"x\ny",6'),
        (7, "7,8,9"),
        (8, "10,11,12"),
    ]
    with pytest.raises(IndexError):
        piece.line_of(4)


def test_pieces_are_bounded_and_each_counts_from_zero():
    table = [["a", "b", "c"], *[[str(n), "x", "y"] for n in range(1000)]]

    pieces = read(spell(table), size=100, window=200)

    assert len(pieces) > 10
    assert max(len(piece.text) for piece in pieces) < 1000
    assert rows(pieces) == table[1:]
    assert [p.line_of(i) for p in pieces for i in range(p.count)] == list(range(2, 1002))


cells = st.text(st.sampled_from('ab1 ,;"\n\r\té€'), max_size=6)
sizes = st.sampled_from([1, 2, 3, 7, 64, 1000, 65536])


@st.composite
def tables(draw, alphabet=cells):
    width = draw(st.integers(1, 5))
    body = draw(st.lists(st.lists(alphabet, min_size=width, max_size=width), max_size=12))
    return [[f"h{n}" for n in range(width)], *body]


@given(
    tables(),
    sizes,
    sizes,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([",", ";", "\t", "|", "\x01"]),
)
@settings(deadline=None)
def test_any_sound_table_is_read_as_pythons_parser_reads_it(
    table, size, window, newline, delimiter
):
    text = spell(table, newline, delimiter)

    pieces = read(text, table[0], size=size, window=window, newline=newline, delimiter=delimiter)

    assert rows(pieces, delimiter) == table[1:]
    assert refused(pieces) == []
    counter = DelimitedCounter()
    counter.update(text)
    assert sum(piece.count for piece in pieces) == counter.finish() - 1


@given(tables(), sizes, sizes, st.binary(max_size=40), st.integers(0, 200))
@settings(deadline=None)
def test_how_blocks_are_cut_changes_nothing_whatever_the_bytes(table, size, window, junk, place):
    text = spell(table)
    text = text[: len(spell(table[:1])) + place] + junk + text[len(spell(table[:1])) + place :]

    pieces = read(text, table[0], size=size, window=window)
    once = read(text, table[0])

    assert [p.raw_of(i) for p in pieces for i in range(p.count)] == [
        p.raw_of(i) for p in once for i in range(p.count)
    ]
    assert [p.line_of(i) for p in pieces for i in range(p.count)] == [
        p.line_of(i) for p in once for i in range(p.count)
    ]
    assert refused(pieces) == refused(once)


def damage(kind, row, newline="\n"):
    """One row spelled wrongly: a field dropped, a quote added, a closing quote cut."""
    text = spell([row], newline).decode().removesuffix(newline)
    if kind == "drop":
        return spell([row[:-1]], newline).decode().removesuffix(newline)
    if kind == "open":
        return '"' + text
    if kind == "add":
        return text[: len(text) // 2] + '"' + text[len(text) // 2 :]
    return text.replace('"', "", 1) if '"' in text else text[:-1] + '"'


WORDS = ["x", "a, b", 'say "hi"', "two\nlines", "", "é", "two\n\nand, a third", "\nlate", "12"]
WORDS += ["ends so\n", ", leads", "trails,", '"all"', "one\r\ntwo\r\nthree"]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=3, max_size=3), min_size=1, max_size=10),
    st.data(),
    st.sampled_from(["drop", "open", "add", "cut"]),
    sizes,
)
@settings(deadline=None, max_examples=300)
def test_one_damaged_row_leaves_every_other_row_as_it_was(body, data, kind, size):
    table = [[str(n), *row, row[0]] for n, row in enumerate(body)]
    place = data.draw(st.integers(0, len(table) - 1))
    lines = [spell([row]).decode() for row in table]
    lines[place] = damage(kind, table[place]) + "\n"

    pieces = read(("h1,h2,h3,h4,h5\n" + "".join(lines)).encode(), "vwxyz", size=size, window=size)

    others = Counter(tuple(row) for n, row in enumerate(table) if n != place)
    assert others <= Counter(map(tuple, rows(pieces)))


def test_a_large_table_with_seeded_damage_keeps_every_other_row():
    chance = random.Random(7)
    table = [
        [str(n), chance.choice(WORDS), chance.choice(WORDS), f"{n}.5", "2024-01-01"]
        for n in range(5000)
    ]
    hurt = set(chance.sample(range(5000), 50))
    text = "".join(
        damage(chance.choice(["drop", "open", "add", "cut"]), row) + "\n"
        if n in hurt
        else spell([row]).decode()
        for n, row in enumerate(table)
    )

    pieces = read(("a,b,c,d,e\n" + text).encode(), "abcde", size=4096, window=8192)

    kept = {tuple(row) for row in rows(pieces)}
    lost = [n for n, row in enumerate(table) if n not in hurt and tuple(row) not in kept]
    assert lost == []
