"""Tables that are drawn with lines are read by their lines, and what is drawn is no row."""

from __future__ import annotations

import csv

import pytest

from headwater import read
from headwater.errors import HeadwaterError
from headwater.reading.fixed.drawn import drawn_layout
from headwater.reading.fixed.rows import careful_fixed
from headwater.reading.unreadable import Unreadable

PSQL = """\
 id |    name    | price
----+------------+-------
  1 | Ann        |  1.50
  2 | Bob | Rob  |  2.00
  3 | ---        |
(3 rows)

"""
MYSQL = """\
+----+-----------+-------+
| id | name      | price |
+----+-----------+-------+
|  1 | Ann       |  1.50 |
|  2 | Bob | Rob |  2.00 |
|  3 | ---       |       |
+----+-----------+-------+
3 rows in set (0.00 sec)
"""
MARKDOWN = """\
| id | name      | price |
|---:|-----------|------:|
| 1  | Ann       |  1.50 |
| 2  | Bob | Rob |  2.00 |
| 3  | ---       |       |
"""
SPACED = MARKDOWN.replace("|---:|-----------|------:|", "| -- | --------- | ----: |")
DRAWN = {"psql": PSQL, "mysql": MYSQL, "markdown": MARKDOWN, "spaced": SPACED}
SQLCMD = """\
id          name
----------- ----------
          1 Ann
          2 Bob Rob

(2 rows affected)
"""
RST = """\
====  =======
id    name
====  =======
1     Ann
2     Bob Rob
====  =======
"""


def layout_of(text):
    return drawn_layout(text.split("\n"))


def cells(text, *, size=1 << 20, window=1 << 20):
    layout = layout_of(text)
    content = text.encode()
    blocks = [content[start : start + size] for start in range(0, len(content), size)]
    pieces = list(careful_fixed(blocks, layout, piece_bytes=window))
    lines = "".join(piece.text.decode() for piece in pieces).split("\n")[:-1]
    refused = [(each.line, each.code) for piece in pieces for each in piece.refused]
    return [row[1:] for row in csv.reader(lines)], refused


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", DRAWN.values(), ids=DRAWN)
def test_rows_are_what_stands_between_the_bars(tmp_path, text, end):
    path = tmp_path / "shown.txt"
    path.write_bytes(text.replace("\n", end).encode())

    reading = read(path)

    assert {name: str(kind) for name, kind in reading.columns.items()} == {
        "id": "bigint",
        "name": "text",
        "price": "decimal(18,2)",
    }
    assert [(row[0], row[1], str(row[2])) for row in reading.rows()] == [
        (1, "Ann", "1.50"),
        (2, "Bob | Rob", "2.00"),
        (3, "---", "None"),
    ]
    assert len(reading.refused) == 0
    assert reading.books.balanced


@pytest.mark.parametrize("text", [SQLCMD, RST], ids=["sqlcmd", "rst"])
def test_a_ruler_below_and_the_number_of_rows_are_no_rows(tmp_path, text):
    path = tmp_path / "shown.txt"
    path.write_text(text)

    reading = read(path)

    assert list(reading.rows()) == [(1, "Ann"), (2, "Bob Rob")]
    assert len(reading.refused) == 0


@pytest.mark.parametrize(
    ("text", "tally"), [(PSQL, "(3 rows)"), (MYSQL, "3 rows in set (0.00 sec)")]
)
def test_the_number_of_rows_that_is_passed_over_is_told(tmp_path, text, tally):
    path = tmp_path / "shown.txt"
    path.write_text(text)

    assert f"1 line behind the table passed over: {tally!r}" in read(path).found.notes


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
@pytest.mark.parametrize("text", DRAWN.values(), ids=DRAWN)
def test_how_the_text_is_cut_changes_nothing(text, size):
    found, refused = cells(text, size=size, window=size)

    assert found == [["1", "Ann", "1.50"], ["2", "Bob | Rob", "2.00"], ["3", "---", ""]]
    assert refused == []


def test_a_row_without_its_bars_is_refused_alone():
    text = MYSQL.replace("|  2 | Bob | Rob |  2.00 |", "|  2 | Bobby-Roberta |  2.00 |")

    found, refused = cells(text)

    assert [row[0] for row in found] == ["1", "3"]
    assert refused == [(5, "ragged")]


def test_a_value_that_goes_on_below_refuses_the_file():
    text = " id | note\n----+------\n  1 | one +\n    | two\n  2 | x\n"

    with pytest.raises(Unreadable, match="line 3 goes on in the line below"):
        cells(text)


def test_a_delimiter_that_is_told_is_taken(tmp_path):
    path = tmp_path / "shown.txt"
    path.write_text(PSQL)

    assert read(path, delimiter="|", ragged="pad").found.format == "csv"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a|b\n1|2\n",
        "a|b\n--|--\n1|2\n3|4\n",  # no blanks around values: they are parted by a delimiter
        "code|name\n----|----\n1234|Anna\n5678|Bert\n",
        " id | name\n----+-----\n1234|Anna\n5678|Bert\n",
        "id,name\n--,--\n1,2\n",
        "---\ntitle: x\n---\n\ntext | more\n",
        "| id | name |\n|----|------|\n| one | two |\n| three | four |\n",
    ],
)
def test_what_has_no_bars_in_line_is_not_drawn(text):
    assert layout_of(text) is None


def test_a_feed_reads_tables_of_other_widths(tmp_path):
    lines = [" id | name", "----+------", "  7 | Ed", "(1 row)", ""]
    wide = [" id |   name", "----+-----------", "  8 | Roberta-X", "(1 row)", ""]
    for name, text in {"a": lines, "b": wide}.items():
        (tmp_path / name).write_text("\n".join(text))

    first, second = (list(read(tmp_path / name, format="fixed").rows()) for name in "ab")

    assert (first, second) == ([(7, "Ed")], [(8, "Roberta-X")])


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    path = tmp_path / "shown.txt"
    path.write_text(" id | name\n----+------\n(0 rows)\n")

    reading = read(path)

    assert list(reading.columns) == ["id", "name"]
    assert list(reading.rows()) == []


def test_a_page_that_is_no_table_is_refused_still(tmp_path):
    path = tmp_path / "shown.txt"
    path.write_text("| id | name |\n|----|------|\n| one | two |\n| three | four |\n")

    with pytest.raises(HeadwaterError):
        read(path)
