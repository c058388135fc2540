"""What is a comment in delimited text, and that none is passed over without a word."""

import pytest

from headwater.model.feed import Format
from headwater.reading.delimited.careful import careful_delimited
from headwater.reading.packing.magic import Compression
from headwater.reading.pieces.comments import Comments
from headwater.reading.recognise import Dialect, Found, recognise
from headwater.reading.records import records


def read(text, dialect, columns="abc", size=1):
    found = Found(Format.CSV, Compression.NONE, dialect, tuple(columns), tuple(columns))
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    return list(careful_delimited(blocks, found))


def texts(pieces):
    return b"".join(piece.text for piece in pieces)


def refused(pieces):
    return [(each.line, each.code) for piece in pieces for each in piece.refused]


def passed(pieces):
    comments = Comments()
    for piece in pieces:
        comments.add_all(piece.comments)
    return comments.count, comments.first


TOLD = Dialect(",", comment="#", comment_is_told=True)
FOUND = Dialect(",", comment="#")


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_told_comment_of_the_tables_width_is_noted_with_its_line(size):
    pieces = read(b"a,b,c\n#1,2,3\n4,5,6\n#7,8,9\n", TOLD, size=size)

    assert texts(pieces) == b"0,4,5,6\n"
    assert passed(pieces) == (2, [2, 4])


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_comment_ends_with_its_line_whatever_quotes_are_in_it(size):
    pieces = read(b'a,b,c\n#1,2,"x\ny"\n4,5,6\n# don"t\n7,8,"9"\n', TOLD, size=size)

    assert texts(pieces) in {b'0,4,5,6\n1,7,8,"9"\n', b'0,4,5,6\n0,7,8,"9"\n'}
    assert refused(pieces) == [(3, "quote")]
    assert passed(pieces) == (2, [2, 5])


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_line_of_a_quoted_cell_that_begins_as_a_comment_is_the_cells(size):
    pieces = read(b'a,b,c\n1,2,"x\n#y\n# z"\n4,5,6\n', TOLD, size=size)

    assert texts(pieces) == b'0,1,2,"x\n#y\n# z"\n1,4,5,6\n'
    assert passed(pieces) == (0, [])


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize("row", [b'#1,2,"x\ny"', b'#1,"2,2",3', b'#1,"2,\n2",3', b"#1,2,3"])
def test_what_begins_as_a_found_comment_is_a_row_where_it_is_one(row, size):
    pieces = read(b"a,b,c\n" + row + b"\n4,5,6\n# of it\n", FOUND, size=size)

    assert texts(pieces) == b"0," + row + b"\n1,4,5,6\n"
    assert refused(pieces) == []
    assert passed(pieces)[0] == 1


def test_an_escape_in_a_row_makes_it_no_comment():
    dialect = Dialect(",", comment="#", escape="\\")

    pieces = read(b"a,b,c\n#1,a\\,b,3\n4,5,6\n", dialect)

    assert texts(pieces) == b'0,#1,"a,b",3\n1,4,5,6\n'


def test_comments_among_the_rows_of_a_header_are_noted_too():
    dialect = Dialect(",", comment="#", comment_is_told=True, header_rows=2)

    pieces = read(b"#x\na,b,c\n#y,y,y\nm,m,m\n1,2,3\n", dialect)

    assert texts(pieces) == b"0,1,2,3\n"
    assert passed(pieces) == (2, [1, 3])


def test_a_file_of_nothing_but_comments_notes_them():
    assert passed(read(b"a,b,c\n#1,2,3\n#4\n", TOLD)) == (2, [2, 3])


@pytest.fixture
def see(tmp_path):
    """What a text is found to be, and its pieces."""

    def see(text):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        found = recognise(path, Format.AUTO)
        return found, list(records(path, found))

    return see


LATER = "".join(f"{n},b,3\n" for n in range(100))


@pytest.mark.parametrize(
    "text",
    [
        "# made by hand\n#id,name,n\n1,Ann,2\n# a remark\n2,Bob,3\n# one, more\n3,Eve,4\n",
        "# made by hand\n#id,name,n\n1,Ann,2\n# a remark\n2,Bob,3\n#\n# one, more, x\n3,Eve,4\n",
        "#id,name,n\n1,Ann,2\n# a remark\n2,Bob,3\n# one, more\n3,Eve,4\n",
        f"# made by hand\n#\n#id,name,n\n{LATER}# late\n{LATER}# later, still\n1,1,1\n",
        "# made\n#id,name,n\n1,Ann,2\n## one\n2,Bob,3\n#two\n3,Eve,4\n",
    ],
)
def test_below_a_header_that_is_the_last_of_such_lines_others_are_comments_and_counted(see, text):
    found, pieces = see(text)

    assert found.originals == ("#id", "name", "n")
    assert found.dialect.comment == "#"
    assert refused(pieces) == []
    assert passed(pieces)[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        "# made\n#id,name,n\n#1,Ann,2\n#2,Bob,3\n#3,Eve\n#4,Joe,4\n",  # each row begins so
        "# made\n#id,name,n\n#m,kg,s\n1,Ann,2\n#3,Eve\n4,Joe,4\n5,Joe,4\n6,Joe,4\n",  # units, say
        "#,name,n\n1,Ann,2\n2,Bob,3\n#3,Eve\n4,Joe,4\n",  # the name of a column
    ],
)
def test_what_rows_may_begin_with_makes_no_damaged_row_a_comment(see, text):
    found, pieces = see(text)

    assert found.dialect.comment == ""
    assert [code for _, code in refused(pieces)] == ["ragged"]
    assert passed(pieces)[0] == 0


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        ([], None),
        ([1200], "1 comment passed over, on line 1,200"),
        ([1, 2, 3], "3 comments passed over, on lines 1, 2, 3"),
        ([1, 2, 3, 9], "4 comments passed over, the first on lines 1, 2, 3"),
    ],
)
def test_a_note_names_the_first_lines(lines, note):
    comments = Comments()
    for line in lines:
        comments.add(line)

    assert comments.note() == note
