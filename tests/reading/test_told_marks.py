"""What a feed is told of a delimited text is the last word, and one damaged row harms no other."""

import pytest

from tests.differential.reading import read_records


@pytest.fixture
def see(tmp_path):
    def see(content, **settings):
        path = tmp_path / "text"
        path.write_bytes(content)
        return read_records(path, settings)

    return see


@pytest.mark.parametrize("mark", ["|", "||", "\xa7"])
@pytest.mark.parametrize("escape", ["doubled", "backslash"])
def test_told_nulls_are_null_beside_any_mark(see, mark, escape):
    content = mark.join(["a", "b"]) + "\n" + mark.join(["NULL", "x\\\\n"]) + "\n"

    seen = see(
        content.encode(),
        format="csv",
        delimiter=mark,
        quote="none",
        escape=escape,
        nulls=["NULL"],
    )

    assert [row[0] for row in seen.rows] == [None]


def test_a_table_begins_where_skip_says(see):
    seen = see(b'report\n"a0"\nx\nd\tmore\tmore\n', format="csv", delimiter="\t", skip=1, header=1)

    assert (seen.names, seen.rows, seen.refused) == (("a0",), [("x",)], [(4, "ragged")])


def test_header_rows_of_different_width_are_no_fault(see):
    seen = see(b"'0x1f'||' a\\n\r\"'\r\nd0\r\n'g2'||'g3'\r\n'-7'||'N/A'")

    assert seen.rows == [("g2", "g3"), ("-7", "N/A")]


def test_a_last_row_of_full_width_behind_a_blank_line_is_a_row(see):
    assert see(b"h,i,j\n1,2,3\n\nx,,\n").rows[-1] == ("x", None, None)


@pytest.mark.parametrize("damaged", [b'"st"ray","q"\r', b'"open,"q"\r'])
def test_one_damaged_row_leaves_a_file_of_carriage_returns_readable(see, damaged):
    row = b'"1","x\ny"\r'

    seen = see(b'"a","b"\r' + row * 5 + damaged + row * 5)

    assert (len(seen.rows), seen.refused) == (10, [(7, "quote")])


def test_a_row_of_text_below_a_sound_header_is_a_row(see):
    assert see(b"k,v\nx,y\n1,1.5\n").rows == [("x", "y"), ("1", "1.5")]


@pytest.mark.parametrize("nulls", [["NA"], ["-", "NULL"], []])
def test_told_nulls_make_no_export_of_a_database_of_a_table(see, nulls):
    seen = see(b"id,path\n1,C:\\new\\table\n2,NULL\n", format="csv", nulls=nulls)

    assert seen.rows[0] == ("1", "C:\\new\\table")


def test_quotes_behind_a_sample_without_any_are_quotes_whatever_nulls_are_told(see):
    rows = b"1,a\n" * 600_000
    seen = see(b"id,name\n" + rows + b'2,"x, y"\n', format="csv", nulls=["NA"])

    assert (seen.rows[-1], seen.refused) == (("2", "x, y"), [])
