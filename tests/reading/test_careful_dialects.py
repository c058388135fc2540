"""Records of every dialect come out as plain ones, with the values that their writer meant."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.delimited.dialect import Dialect
from tests.reading.tables import Spelling, found, nullable_rows, read, refused, rows

SPELLINGS = [
    Spelling(delimiter, quote, escape, newline)
    for delimiter in [",", ";", "\t", "|", "\x01", ":", " ", "~", "||", "::", "|~|", "§", "\x1f"]
    for quote, escape in [('"', ""), ("'", ""), ('"', "\\"), ("'", "\\"), ("", "\\")]
    for newline in ["\n", "\r\n", "\r"]
]
cells = st.text(st.sampled_from("ab1 ,;|~\"':\\\n\r\té§\x1f"), max_size=6)
sizes = st.sampled_from([1, 2, 3, 7, 64, 65536])


@st.composite
def tables(draw):
    width = draw(st.integers(2, 5))
    body = draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=8))
    return [[f"h{n}" for n in range(width)], *body]


def writable(table, spelling):
    """Without what the writer does not quote or escape, though it should."""
    apart = spelling.delimiter[0] if len(spelling.delimiter) > 1 else ""
    unfit = dict.fromkeys(map(ord, apart + ("" if spelling.quote else "\r")))
    return [[cell.translate(unfit) for cell in row] for row in table]


@given(tables(), st.sampled_from(SPELLINGS), sizes, sizes)
@settings(deadline=None, max_examples=1500)
def test_any_table_in_any_dialect_is_read_as_it_was_meant(table, spelling, size, window):
    table = writable(table, spelling)
    dialect = spelling.dialect()

    pieces = read(spelling.write(table), found(table[0], dialect), size=size, window=window)

    assert refused(pieces) == []
    assert rows(pieces, dialect) == table[1:]


@given(tables(), st.sampled_from(SPELLINGS), sizes, st.binary(max_size=12), st.integers(0, 99))
@settings(deadline=None, max_examples=400)
def test_how_blocks_are_cut_changes_nothing_in_any_dialect(table, spelling, size, junk, place):
    table = writable(table, spelling)
    text, seen = spelling.write(table), found(table[0], spelling.dialect(comment="#"))
    start = len(spelling.write(table[:1]))
    text = text[: start + place] + junk + text[start + place :]

    once, cut = read(text, seen), read(text, seen, size=size, window=size)

    def told(pieces):
        clean = [(p.line_of(i), p.raw_of(i)) for p in pieces for i in range(p.count)]
        return clean, [r for p in pieces for r in p.refused]

    assert told(cut) == told(once)


def test_every_cut_of_a_sample_gives_the_same_rows():
    text = b'a||b||c\r\n1||"x||y"||\r\n2||"say ""hi""\r\n"||\'\r\n3||""||z\r\n'
    dialect = Dialect("||", newline="\r\n")

    for place in range(len(text) + 1):
        pieces = read_blocks([text[:place], text[place:]], found("abc", dialect))
        assert rows(pieces, dialect) == [
            ["1", "x||y", ""],
            ["2", 'say "hi"\r\n', "'"],
            ["3", "", "z"],
        ], place


def read_blocks(blocks, seen):
    from headwater.reading.delimited.careful import careful_delimited

    return list(careful_delimited(blocks, seen, piece_bytes=1))


@pytest.mark.parametrize("special", [b'"', b'""', b"\r\n", b"\r", b"||", b"|", b"\\", "é".encode()])
def test_special_bytes_over_the_edge_of_a_window_are_read_as_elsewhere(special):
    quoted = b'"' + special.replace(b'"', b'""') + b'"'
    dialect = Dialect("||")

    for filling in range(40, 60):
        text = b"a||b\n" + b"x" * filling + b"||1\n" + quoted + b"||2\n3||4\n"
        pieces = read(text, found("ab", dialect), size=16, window=48)
        assert rows(pieces, dialect)[1:] == [[special.decode(), "2"], ["3", "4"]], filling


def test_an_empty_text_and_null_stay_apart():
    dialect = Dialect("\t", "", escape="\\", letters=True, nulls=(r"\N",), header=False)

    (piece,) = read(b"1\t\t\\N\n2\tx\\ty\t\\\\N\n", found("abc", dialect))

    assert piece.text == b'0\t1\t""\t\n1\t2\t"x\ty"\t\\N\n'
    assert piece.raw_of(1) == "2\tx\\ty\t\\\\N"


def test_letters_behind_a_backslash_are_what_databases_mean_by_them():
    dialect = Dialect("\t", "", escape="\\", letters=True, header=False)

    pieces = read(rb"a\nb" + b"\t" + rb"c\\d\0" + b"\n", found("ab", dialect))

    assert rows(pieces, dialect) == [["a\nb", "c\\d\0"]]


def test_an_escaped_line_end_joins_lines_where_nothing_is_quoted():
    dialect = Dialect(",", "", escape="\\", header=False)

    pieces = read(b"1,two\\\nlines\n2,x\n", found("ab", dialect))

    assert rows(pieces, dialect) == [["1", "two\nlines"], ["2", "x"]]
    assert [pieces[0].line_of(0), pieces[0].line_of(1)] == [1, 3]


def test_a_quote_is_a_letter_where_nothing_is_quoted():
    dialect = Dialect("\t", "")

    pieces = read(b'a\tb\n1\t5" pipe\n2\t"x\n', found("ab", dialect))

    assert rows(pieces, dialect) == [["1", '5" pipe'], ["2", '"x']]


def test_comments_are_no_records_and_count_as_lines():
    dialect = Dialect(",", comment="#")

    pieces = read(b'# by x\na,b\n# it\'s, "so", here\n1,2\n#\n3,4\n', found("ab", dialect))

    assert rows(pieces, dialect) == [["1", "2"], ["3", "4"]]
    assert [pieces[0].line_of(0), pieces[0].line_of(1)] == [4, 6]
    assert refused(pieces) == []


def test_what_begins_as_a_comment_and_is_as_wide_as_a_row_is_a_row():
    dialect = Dialect(",", comment="#")

    assert rows(read(b"a,b\n#1,2\n", found("ab", dialect)), dialect) == [["#1", "2"]]


def test_what_lies_before_and_behind_the_table_is_left_out_and_lines_are_counted_from_the_top():
    text = b'Report "x\n\na,b\n1,2\n3\nTotal: 2\n'
    dialect = Dialect(",", skip_bytes=11, skip_lines=2, drop_bytes=9)

    for size in (1, 5, 100):
        pieces = read(text, found("ab", dialect), size=size)
        assert rows(pieces, dialect) == [["1", "2"]]
        assert refused(pieces) == [(5, "ragged")]


def test_a_header_of_several_rows_is_passed_over_whole():
    dialect = Dialect(",", header_rows=2)

    pieces = read(b'x,"y\nz"\n\nm,s\n1,2\n', found("ab", dialect), size=1, window=1)

    assert rows(pieces, dialect) == [["1", "2"]]


@pytest.mark.parametrize("spelling", SPELLINGS[::7])
def test_one_damaged_row_in_any_dialect_leaves_the_others(spelling):
    chance = random.Random(5)
    words = ["x", "two words", "say it", "é", "12"]
    table = [["a", "b", "c"]]
    table += [[str(n), chance.choice(words), f"{n}.5"] for n in range(200)]
    lines = [spelling.write([row]) for row in table]
    lines[77] = spelling.write([["77", "x"]])
    lines[120] = spelling.write([[*table[120], "more"]])
    dialect = spelling.dialect()

    pieces = read(b"".join(lines), found("abc", dialect), size=100, window=200)

    assert rows(pieces, dialect) == [r for n, r in enumerate(table) if n not in {0, 77, 120}]
    assert refused(pieces) == [(78, "ragged"), (121, "ragged")]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("delimiter", [";", "||"])
def test_a_quote_that_never_closes_swallows_nothing_in_any_dialect(quote, delimiter):
    spelling = Spelling(delimiter, quote)
    good = [[str(n), "text", "5"] for n in range(300)]
    hurt = f"0{delimiter}{quote}open{delimiter}1\n".encode()
    dialect = spelling.dialect()

    pieces = read(spelling.write([["a", "b", "c"]]) + hurt + spelling.write(good),
                  found("abc", dialect))  # fmt: skip

    assert rows(pieces, dialect) == good
    assert refused(pieces) == [(2, "quote")]


def test_a_row_with_another_delimiter_is_refused_alone_and_the_reason_says_so():
    dialect = Dialect(",")

    pieces = read(b"a,b,c\n1,2,3\n4;5;6\n7,8,9\n", found("abc", dialect))

    assert rows(pieces, dialect) == [["1", "2", "3"], ["7", "8", "9"]]
    assert "with ';'" in pieces[0].refused[0].message


exported = st.text(st.sampled_from('ab"\\N\n\t'), max_size=4)


@given(
    st.lists(st.lists(st.none() | exported, min_size=2, max_size=4), max_size=6),
    st.sampled_from(["\t", ",", "|", "||"]),
    st.sampled_from([r"\n", "\\\n"]),
    sizes,
)
@settings(deadline=None, max_examples=600)
def test_any_export_of_a_database_is_read_with_its_nulls(body, mark, line_end, size):
    width = len(body[0]) if body else 2
    body = [[*row, *["x"] * width][:width] for row in body]
    letters = {"\\": r"\\", "\n": line_end, "\t": r"\t"}
    lines = [
        mark.join(
            r"\N" if cell is None else "".join(letters.get(letter, letter) for letter in cell)
            for cell in row
        )
        for row in body
    ]
    text = "".join(line + "\n" for line in lines).encode()
    dialect = Dialect(mark, "", header=False, escape="\\", letters=True, nulls=(r"\N",))

    pieces = read(text, found("abcd"[:width], dialect), size=size, window=size)

    assert refused(pieces) == []
    assert nullable_rows(pieces, dialect) == body
