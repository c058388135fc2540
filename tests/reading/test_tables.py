"""Of several tables in one text, the one of a number is found, with its own dialect and lines."""

import bz2
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.model.feed import Format
from headwater.reading.packing.wrapping import texts
from headwater.reading.recognise import recognise
from headwater.reading.records import records
from headwater.reading.told import Told
from headwater.reading.unreadable import Unreadable
from tests.reading.tables import read, refused, rows

TABLES = (
    b"id,name\n1,ann\n2,bob\n3,eve\n",
    b'sku,price,qty\nA1,2.5,3\nB2,"3,5",4\n"C\n3",4,5\n',
    b"k,v,w,x\n1,2,3,4\n5,6,7,8\n9,9,9,9\n",
)


@pytest.fixture
def see(tmp_path):
    def see(content, number, **told):
        path = tmp_path / "file"
        path.write_bytes(content)
        return recognise(path, Format.AUTO, told=Told(table_number=number, **told))

    return see


def body_of(found, path):
    content = b"".join(texts(path, found.wrapping))
    pieces = read(content, found)
    assert refused(pieces) == []
    return rows(pieces, found.dialect)


@pytest.mark.parametrize("gap", [b"\n", b"\n\n\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_table_is_read_alone_as_if_it_were_a_file_of_its_own(see, tmp_path, number, mark, gap):
    whole = see(mark + gap.join(TABLES), number)

    alone = recognise_alone(tmp_path, TABLES[number - 1])

    assert whole.columns == alone.columns
    assert body_of(whole, tmp_path / "file") == body_of(alone, tmp_path / "alone")


def recognise_alone(folder, content):
    path = folder / "alone"
    path.write_bytes(content)
    return recognise(path, Format.AUTO)


def test_records_of_a_later_table_are_told_by_their_lines_in_the_file(see, tmp_path):
    found = see(b"id,n\n1,a\n2,b\n\nx,y,z\n1,2,3\n4,5,6\nodd,one\n7,8,9\n", 2)

    told = [
        (each.line, each.code)
        for piece in records(tmp_path / "file", found)
        for each in piece.refused
    ]

    assert told == [(8, "ragged")]


def test_a_footer_of_a_table_in_the_middle_is_its_footer(see, tmp_path):
    found = see(TABLES[0] + b"\n" + TABLES[1] + b"Total,,12\n\n" + TABLES[2], 2)

    assert len(body_of(found, tmp_path / "file")) == 3


def test_a_table_far_behind_the_sample_is_found(see, tmp_path):
    far = b"id,name\n" + b"1,some name\n" * 400_000 + b"\n"

    found = see(far + TABLES[2], 2)

    assert found.columns == ("k", "v", "w", "x")
    assert len(body_of(found, tmp_path / "file")) == 3


def test_a_packed_text_is_looked_through_as_well(see, tmp_path):
    found = see(bz2.compress(b"\n".join(TABLES)), 3)

    assert len(body_of(found, tmp_path / "file")) == 3


@pytest.mark.parametrize(("number", "said"), [(2, "only one table"), (5, "only one table")])
def test_a_number_beyond_the_last_table_is_refused(see, number, said):
    with pytest.raises(Unreadable, match=said) as refusal:
        see(TABLES[0], number)

    assert refusal.value.cause.code == "table"
    assert "`table_number`" in refusal.value.cause.message


def test_a_text_of_one_table_is_what_it_is_without_the_number(see, tmp_path):
    assert see(TABLES[1], 1) == recognise_alone(tmp_path, TABLES[1])


def test_of_an_archive_with_several_files_no_table_is_counted(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, b"\n".join(TABLES))

    path = tmp_path / "both.zip"
    path.write_bytes(content.getvalue())

    with pytest.raises(Unreadable, match="name one as `member`"):
        recognise(path, Format.AUTO, member="*.csv", told=Told(table_number=2))


def test_a_later_table_may_have_no_header(see, tmp_path):
    found = see(TABLES[0] + b"\n" + TABLES[2], 2, header_rows=1)

    assert found.dialect.header_rows == 1
    assert "its table 2 is read, from line 6 on" in found.notes


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(3, 5), min_size=2, max_size=3, unique=True), st.data())
def test_tables_of_any_widths_are_all_found(tmp_path_factory, widths, data):
    path = tmp_path_factory.mktemp("tables") / "file"
    tables = []
    for width in widths:
        count = data.draw(st.integers(2, 6))
        names = [f"{'abcdefgh'[at]}{width}" for at in range(width)]
        tables.append([names, *([str(n * at) for at in range(width)] for n in range(count))])
    text = "\n".join("".join(",".join(row) + "\n" for row in table) for table in tables)
    path.write_text(text)

    for number, (names, *body) in enumerate(tables, start=1):
        found = recognise(path, Format.AUTO, told=Told(table_number=number))

        assert found.originals == tuple(names)
        assert body_of(found, path) == body
