"""A delimited text is told from its content: dialect, table, header, and why."""

import random

import pytest

from headwater.model.feed import Format
from headwater.reading.recognise import Told, recognise
from headwater.reading.unreadable import Unreadable
from tests.reading.tables import Spelling, read, refused, rows


@pytest.fixture
def see(tmp_path):
    def see(content, declared=Format.AUTO, **told):
        path = tmp_path / "file"
        path.write_bytes(content)
        return recognise(path, declared, told=Told(**told))

    return see


@pytest.fixture
def table(see):
    """The columns and rows of a text, which must have nothing to refuse."""

    def table(content, **told):
        found = see(content, **told)
        pieces = read(content, found)
        assert refused(pieces) == []
        return found, rows(pieces, found.dialect)

    return table


@pytest.mark.parametrize("delimiter", [":", "^", "~", "§", "¦", "\x1f", " ", "||", "::", "|~|"])
def test_rare_delimiters_and_long_ones_are_found(table, delimiter):
    lines = [["id", "name", "amount"], ["1", "x", "2.5"], ["2", "", "3.5"]]

    found, body = table("\n".join(delimiter.join(line) for line in lines).encode())

    assert found.dialect.delimiter == delimiter
    assert body == lines[1:]


def test_a_blank_behind_every_comma_belongs_to_the_delimiter(table):
    found, body = table(b'id, name\n1, "a, b"\n2, c\n')

    assert found.dialect.delimiter == ", "
    assert body == [["1", "a, b"], ["2", "c"]]


def test_a_decimal_comma_is_no_delimiter_even_where_it_is_as_even(see):
    found = see(b"1,5;2,5\n3,5;4,5\n5,5;1,0\n")

    assert (found.dialect.delimiter, found.dialect.decimal) == (";", ",")
    assert "numbers such as 1,5 have a decimal comma" in found.reasons


@pytest.mark.parametrize(
    "content",
    [
        b"10:00:00\n11:30:00\n",
        b"t\n10:00:00\n11:30:00\n",
        b"t\n2024-01-31 10:00:00\n2024-01-31 11:00:00\n",
        b"t\n2024-01-31T10:00:00+01:00\n2024-01-31T11:00:00+01:00\n",
        b"n\n1,234,567\n2,345,678\n",
        b"who\nSmith, John, Jr\nDoe, Jane, Dr\n",
        b"url\nhttp://x.y/?a=1&b=2&c=3\nhttp://x.y/?a=1&b=2&c=4\n",
        b"one two\nthree\n",
    ],
)
def test_one_column_is_not_cut_into_several(see, content):
    assert len(see(content).columns) == 1


def test_the_choice_says_why_with_the_scores_of_the_others(see):
    found = see(b"a;b,c;d\n" + b"1;2,5;3\n" * 9 + b"1;2;3\n")

    assert found.reasons[0].startswith("`;` gives 3 fields in each of 11 records; `,` gives 2")
    assert [each.delimiter for each in found.candidates] == [";", ","]
    assert found.candidates[0].score > found.candidates[1].score


def test_evidence_comes_from_the_whole_sample(see):
    content = b"a,b\n" + b"1;x,y;2\n" * 300 + b"1;x;2\n" * 5000

    assert see(content, header_rows=0).dialect.delimiter == ";"


def test_apostrophes_that_open_and_close_fields_are_quotes(table):
    found, body = table(b"id,t\n1,'a,b'\n2,'it''s'\n3,say \"x\"\n")

    assert found.dialect.quote == "'"
    assert body == [["1", "a,b"], ["2", "it's"], ["3", 'say "x"']]


def test_apostrophes_inside_words_are_no_quotes(table):
    found, body = table(b"id,t\n1,O'Brien\n2,'tis\n3,dogs'\n")

    assert found.dialect.quote == '"'
    assert body[1] == ["2", "'tis"]


def test_a_mark_that_never_opens_a_field_is_no_quote(table):
    found, body = table(b"id\tsize\n" + b'1\t5" pipe\n2\t6"\n' * 3)

    assert found.dialect.quote == ""
    assert body[:2] == [["1", '5" pipe'], ["2", '6"']]


def test_one_stray_quote_does_not_turn_quoting_off(see):
    assert see(b'id,size\n1,5" pipe\n2,x\n').dialect.quote == '"'


def test_a_backslash_escapes_quotes_where_more_records_are_whole_with_it(table):
    found, body = table(b'id,t\n1,"say \\"hi\\", you"\n2,"C:\\\\dir"\n')

    assert found.dialect.escape == "\\"
    assert body == [["1", 'say "hi", you'], ["2", "C:\\dir"]]


def test_a_backslash_at_the_end_of_a_quoted_path_is_a_letter(table):
    found, body = table(b'id,t\n1,"C:\\dir\\"\n2,"x, y"\n')

    assert found.dialect.escape == ""
    assert body == [["1", "C:\\dir\\"], ["2", "x, y"]]


def test_an_export_of_postgresql_is_read_with_its_nulls_and_ends_at_its_mark(see):
    content = b'1\tann "x"\t\\N\t\n2\tbo\\tb\t\\\\x41\t2020-01-01\n\\.\n'

    found = see(content)
    (piece,) = read(content, found)

    assert (found.dialect.nulls, found.dialect.letters, found.dialect.drop_bytes) == (
        (r"\N",),
        True,
        3,
    )
    assert piece.text == b'0\t1\t"ann ""x"""\t\t""\n1\t2\t"bo\tb"\t\\x41\t2020-01-01\n'


def test_hives_nulls_come_without_its_escapes(table):
    found, body = table(b"1\x01C:\\new\x01\\N\n2\x01x\x01y\n")

    assert found.dialect.escape == ""
    assert body[0] == ["1", "C:\\new", ""]


@pytest.mark.parametrize("head", [b"sep=;\n", b"SEP=;\r\n", b"sep=;\r"])
def test_a_first_line_that_names_the_delimiter_is_believed(table, head):
    end = head[len("sep=;") :]
    found, body = table(head + end.join([b"a;b", b"1,5;2", b""]))

    assert (found.dialect.delimiter, found.columns) == (";", ("a", "b"))
    assert body == [["1,5", "2"]]
    assert "the first line names the delimiter" in found.notes


@pytest.mark.parametrize(
    "before",
    [
        b"Report\nof January\n\n",
        b"Report\nof January\n",
        b"Report,,\n,,\n",
        b"# by x, y and z\n# at noon\n",
        b"\n\nReport\n\n",
        b'Report "of\nJanuary\n\n',
    ],
)
def test_lines_before_the_table_are_passed_over_with_a_note(table, before):
    found, body = table(before + b"id,name,amount\n1,ann,2.5\n2,bob,3.5\n")

    assert found.columns == ("id", "name", "amount")
    assert body == [["1", "ann", "2.5"], ["2", "bob", "3.5"]]
    assert "before the table passed over" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (b"a,b\n1,2,3\n4,5,6\n", ("a", "b")),
        (b"a,b\n1,2,\n4,5,\n", ("a", "b")),
        (b"name\nSmith, John\nDoe, Jane\nPlain\n", ("name",)),
    ],
)
def test_a_header_that_lacks_a_field_is_no_preamble(see, content, columns):
    assert see(content).columns == columns


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        (b"\n(2 rows)\n", "'(2 rows)'"),
        (b"Total: 2\n", "'Total: 2'"),
        (b"Total,,6.0", "'Total,,6.0'"),
        (b"\nprinted by x\n", "'printed by x'"),
        (b"\n\n-- end\n", "'-- end'"),
    ],
)
def test_lines_behind_the_table_are_passed_over_with_a_note(table, behind, said):
    found, body = table(b"id,name,amount\n1,ann,2.5\n2,bob,3.5\n" + behind)

    assert body == [["1", "ann", "2.5"], ["2", "bob", "3.5"]]
    assert said in found.notes[-1]


def test_lines_behind_a_table_longer_than_the_sample_are_found_too(see):
    content = b"id,name,amount\n" + b"12345,ann,2.5\n" * 100_000

    assert see(content + b"(100000 rows)\n").dialect.drop_bytes == 14
    assert see(content + b'1,"x\ntotal: 2\ny",2\n').dialect.drop_bytes == 0


@pytest.mark.parametrize(
    "last", [b"3,cut", b"Totality,x,3\n", b"3,Total,3\n", b'3,"two\nTotal: 2\nlines",3\n']
)
def test_a_row_is_no_footer(see, last):
    assert see(b"id,name,amount\nx,ann,2\ny,bob,3\n" + last).dialect.drop_bytes == 0


def test_comments_between_rows_are_passed_over(table):
    found, body = table(b'# x\nid,name\n1,a\n# it\'s, "so", and so\n2,b\n')

    assert found.dialect.comment == "#"
    assert body == [["1", "a"], ["2", "b"]]


def test_a_header_that_begins_as_a_comment_is_the_header(table):
    found, body = table(b"##made=x\n#CHROM\tPOS\n1\t2\n1\t3\n")

    assert found.columns == ("#CHROM", "POS")
    assert body == [["1", "2"], ["1", "3"]]


def test_thousands_of_comments_before_a_table_are_passed_over(table):
    found, body = table(b"##contig=<ID=x,length=5>\n" * 3000 + b"#CHROM\tPOS\n1\t2\n1\t3\n")

    assert found.columns == ("#CHROM", "POS")
    assert found.dialect.skip_lines == 3000
    assert body == [["1", "2"], ["1", "3"]]


def test_rows_that_begin_like_comments_are_rows(table):
    assert table(b"tag,n\n#a,1\n#b,2\n")[1] == [["#a", "1"], ["#b", "2"]]


def test_header_rows_over_several_columns_are_joined(table):
    found, body = table(b"region,Q1,,Q2,\n,net,gross,net,gross\nnorth,1,2,3,4\nsouth,5,6,7,8\n")

    assert found.originals == ("region", "Q1 net", "Q1 gross", "Q2 net", "Q2 gross")
    assert body == [["north", "1", "2", "3", "4"], ["south", "5", "6", "7", "8"]]


def test_units_below_names_belong_to_the_header(see):
    found = see(b"time,speed\n[s],[m/s]\n1,2\n2,3\n")

    assert found.originals == ("time [s]", "speed [m/s]")


def test_a_first_row_of_text_is_no_header_row(see):
    assert see(b"name,n,m\nx,unknown,n/a\ny,1,2\nz,2,3\n").dialect.header_rows == 1


def test_years_name_columns_if_the_rows_do_not_count_on(see):
    assert see(b"country,2019,2020\nx,83,91\ny,65,67\n").columns == ("country", "2019", "2020")
    assert not see(b"x,2019,2020\ny,2019,2020\n").dialect.header


def test_what_is_told_wins(table):
    content = b"skip;me\nskip,me\na;b,c\n1;2,\\N\n"

    found, body = table(content, delimiter=",", skip_lines=2, header_rows=0, nulls=(r"\N",))

    assert found.columns == ("column_1", "column_2")
    assert body == [["a;b", "c"], ["1;2", ""]]


def test_lenient_names_are_made_distinct_and_stay(see):
    found = see(b"a,A,,a_2,_arrival\n1,2,3,4,5\n", lenient=True)

    assert found.columns == ("a", "A_3", "column_3", "a_2", "arrival_")
    with pytest.raises(Unreadable, match="columns"):
        see(b"a,A\n1,2\n")


WORDS = ["Rome", "a, b", "x; y", "p|q", 'say "hi"', "it's", "two\nlines", "", "5% off", "a:b"]


@pytest.mark.parametrize("seed", range(40))
def test_believable_tables_in_any_usual_dialect_are_told_and_read(table, seed):
    chance = random.Random(seed)
    kinds = {
        "id": lambda: str(chance.randint(1, 10**6)),
        "price": lambda: f"{chance.random() * 1000:.2f}",
        "day": lambda: f"2024-01-{chance.randint(1, 28):02d} 10:00:00",
        "share": lambda: f"{chance.randint(0, 99)},{chance.randint(10, 99)}",
        "word": lambda: chance.choice(WORDS),
    }
    for _ in range(10):
        names = chance.sample(sorted(kinds), chance.randint(2, 5))
        lines = [[kinds[name]() for name in names] for _ in range(chance.choice([4, 30, 300]))]
        spelling = Spelling(
            chance.choice([",", ";", "\t", "|", "\x01", "||", "^"]),
            newline=chance.choice(["\n", "\r\n", "\r"]),
        )
        if spelling.delimiter == "||":
            lines = [[cell.replace("|", "") for cell in line] for line in lines]
        before = chance.choice([b"", b"", b"# by x\n# at noon\n".replace(b"\n", b"\r\n")])
        before = before.replace(b"\r\n", spelling.newline.encode())

        found, body = table(before + spelling.write([names, *lines]))

        assert found.dialect.delimiter == spelling.delimiter
        assert (found.originals, body) == (tuple(names), lines)


NAMED_ROWS = {
    "quoted": b'"mpg","cyl"\n"Mazda RX4",21,6\n"Datsun 710",22.8,4\n',
    "blanks": b'"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun 710" 22.8 4\n',
    "tabs": b"mpg\tcyl\nMazda RX4\t21\t6\nDatsun 710\t22.8\t4\n",
}


@pytest.mark.parametrize("name", NAMED_ROWS)
def test_rows_with_names_of_which_the_header_says_nothing_have_a_column_more(table, name):
    found, body = table(NAMED_ROWS[name])

    assert found.columns == ("row_name", "mpg", "cyl")
    assert body == [["Mazda RX4", "21", "6"], ["Datsun 710", "22.8", "4"]]
    assert any("the first is row_name" in note for note in found.notes)


@pytest.mark.parametrize(
    "text",
    [
        b"id,amount\n1,5.00,EUR\n2,6.00,USD\n",  # it may be the last name that is missing
        b'"a","b"\n"x",1,\n"y",2,\n',  # a delimiter too many
        b'"a","b"\n"x",1,2\n"x",3,4\n',  # names that name nothing
        b'"a","b"\n"x",1,2\n"y",3\n',
    ],
)
def test_a_header_that_lacks_a_name_otherwise_leaves_its_rows_refused(see, text):
    found = see(text)

    assert len(found.columns) == 2
    assert "ragged" in {code for _, code in refused(read(text, found))}


def test_times_in_lines_of_text_part_no_fields(table):
    lines = [f"2026-01-0{n} 10:00:0{n} installed lib{n}:amd64 {n}.0" for n in range(1, 9)]

    found, body = table(("2026-01-01 09:59:59 startup\n" + "\n".join(lines) + "\n").encode())

    assert len(found.columns) == 1
    assert len(body) == 9


def test_one_line_of_words_is_no_row_of_fields(table):
    found, _ = table(b"nothing to see here\n")

    assert len(found.columns) == 1


def test_a_told_comment_is_looked_past_before_and_among_the_rows(table):
    found, body = table(b"#a;b;c\n#d;e;f\nid;x\n#1;2\n1;2\n#3;4\n5;6\n", comment="#")

    assert found.columns == ("id", "x")
    assert body == [["1", "2"], ["5", "6"]]


def test_where_there_are_no_comments_a_mark_is_a_letter(table):
    _, body = table(b"id,x\n# one,1\n# two,2\n", comment="")

    assert body == [["# one", "1"], ["# two", "2"]]


def test_a_row_behind_a_comment_and_many_blank_lines_is_a_row(table):
    rows = [["1", "x"], ["2", "y"], ["3", "z"]]
    text = b"id,name\n1,x\n" + b"\n" * 9 + b"2,y\n\n\n# of it\n3,z\n"

    assert table(text, comment="#")[1] == rows


def test_a_line_of_a_last_quoted_cell_is_no_footer_where_backslashes_are_escaped(table):
    before = b'# by x\nid,name\n1,x\n2,"a\\\\"\n' + b"3,z\n" * 20
    text = before + b'4,"y\n# z"\n'

    found, body = table(text, comment="#", quote='"', escape="\\")

    assert found.dialect.drop_bytes == 0
    assert body[-1] == ["4", "y\n# z"]


def test_times_in_lines_of_text_are_not_cut_at_their_colons(see):
    text = "".join(f"update 2025-06-24 14:3{n}:53: run with{' -q' * (n % 3)}\n" for n in range(9))

    assert see(text.encode()).columns == ("column_1",)


def test_a_row_with_a_place_on_earth_names_no_columns(see):
    found = see(b"AD\t+4230+00131\tEurope/Andorra\nAE\t+2518+05518\tAsia/Dubai\n")

    assert found.columns == ("column_1", "column_2", "column_3")


@pytest.mark.parametrize(
    "first", ["# version 7", "// made by hand", "up 14:36:53 and on", "a long sentence " * 5]
)
def test_a_remark_above_one_column_of_text_names_nothing(see, first):
    assert see(f"{first}\none\ntwo\nthree\n".encode()).columns == ("column_1",)


@pytest.mark.parametrize("first", ["Full name", "#tag", "Town (in 2020)", "x" * 200])
def test_a_name_above_one_column_of_text_is_its_name(see, first):
    assert see(f"{first}\none\ntwo\nthree\n".encode()).columns != ("column_1",)
