"""Which texts are XML, dumps, logs and fixed width; and which files workbooks, Avro and ORC."""

import sys

import pytest

from headwater.errors import MissingExtra
from headwater.model.feed import Format, Place, Selection
from headwater.reading.recognise import recognise
from headwater.reading.unreadable import Unreadable
from tests.inputs import makers

NAMES = ("id", "name")
ROWS = [(str(n), f"n{n}") for n in range(10)]


@pytest.fixture
def see(tmp_path):
    def look(content, declared=Format.AUTO, **selection):
        path = tmp_path / "file.dat"
        path.write_bytes(content)
        return recognise(path, declared, selection=Selection(**selection))

    return look


@pytest.fixture
def refusal(see):
    def look(content, declared=Format.AUTO, **selection):
        with pytest.raises(Unreadable) as refused:
            see(content, declared, **selection)
        return refused.value.cause

    return look


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (makers.xml_file(NAMES, ROWS), Format.XML),
        (b"<all><row><id>1</id></row></all>", Format.XML),
        (makers.xml_file(NAMES, ROWS).decode().encode("utf-16"), Format.XML),
        (makers.postgres_dump("sales", NAMES, ROWS), Format.SQLDUMP),
        (makers.mysql_dump("sales", NAMES, ROWS), Format.SQLDUMP),
        (b'::1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5\n' * 4, Format.LOG),
        (b"<34>Oct 11 22:14:15 host su: failed\n" * 4, Format.LOG),
        (makers.fixed_file((6, 9), [NAMES, *ROWS]), Format.FIXED),
        (makers.workbook(NAMES, ROWS), Format.EXCEL),
        (makers.avro_file(NAMES, ROWS), Format.AVRO),
        (makers.orc_file(NAMES, ROWS), Format.ORC),
    ],
)
def test_a_format_is_told_from_content(see, content, form):
    found = see(content)

    assert found.format is form
    assert not found.notes


@pytest.mark.parametrize("declared", [Format.EXCEL, Format.PARQUET, Format.ORC])
def test_content_overrules_a_declared_format_with_a_note(see, declared):
    found = see(makers.avro_file(NAMES, ROWS), declared)

    assert found.format is Format.AVRO
    assert bool(found.notes) == (declared is not Format.AVRO)


@pytest.mark.parametrize(
    "text",
    [
        b"<TICKER>,<DAY>\nA,2024-01-02\nB,2024-01-03\n",  # as exchanges write their headers
        b'query,ms\n"SELECT 1\nINSERT INTO t VALUES (1);",5\n',
        b"COPYRIGHT,YEAR\na,2024\n",
        b"name\nOne  two\nThree  four\n",
    ],
)
def test_a_table_that_begins_like_another_format_is_a_table(see, text):
    assert see(text).format is Format.CSV


def test_xml_is_refused_where_delimited_text_is_declared(refusal):
    cause = refusal(makers.xml_file(NAMES, ROWS), Format.CSV)

    assert cause.code == "type"
    assert "read it with `format: xml`" in cause.message


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        (Format.XML, "xml"),
        (Format.SQLDUMP, "sql"),
        (Format.LOG, "pattern"),
        (Format.FIXED, "columns"),
    ],
)
def test_a_csv_is_refused_where_another_text_is_declared(refusal, declared, code):
    assert refusal(makers.csv_file(NAMES, ROWS), declared).code == code


def test_a_dump_of_several_tables_is_read_when_one_is_named(see, refusal):
    dump = makers.postgres_dump("public.sales", NAMES, ROWS)
    dump += makers.postgres_dump("public.stock", ("sku", "left"), ROWS)

    cause = refusal(dump)
    assert cause.code == "multi"
    assert "public.sales, public.stock" in cause.message
    assert see(dump, dump_table="public.stock").columns == ("sku", "left")
    assert see(dump, dump_table="stock").columns == ("sku", "left")
    assert refusal(dump, dump_table="other").code == "table"


def test_columns_that_are_declared_need_no_blanks_between_them(see):
    found = see(b"1Ann\n2Bob\n", columns=(Place("id", 1, 1), Place("the name", 2, 3)))

    assert found.format is Format.FIXED
    assert found.columns == ("id", "the_name")
    assert found.originals == ("id", "the name")


def test_a_pattern_that_is_given_is_taken_without_looking(see):
    found = see(b"a=1\nb=2\n", pattern=r"(?P<key>\w+)=(?P<value>\w+)")

    assert found.format is Format.LOG
    assert found.columns == ("key", "value")


def test_a_sheet_is_chosen_by_name_or_else_by_number(see, refusal):
    named = makers.workbook(NAMES, ROWS, sheet="2")

    assert see(named, sheet="2").columns == NAMES
    assert see(named, sheet="1").columns == NAMES
    assert refusal(named, sheet="3").code == "sheet"


@pytest.mark.parametrize(
    ("module", "content", "extra"),
    [
        ("fastavro", makers.avro_file(NAMES, ROWS), "avro"),
        ("pyarrow", makers.orc_file(NAMES, ROWS), "arrow"),
    ],
)
def test_what_is_not_installed_is_named_with_its_extra(see, monkeypatch, module, content, extra):
    monkeypatch.setitem(sys.modules, module, None)
    for reader in [name for name in sys.modules if name.startswith("headwater.reading.typed.")]:
        monkeypatch.delitem(sys.modules, reader)

    with pytest.raises(MissingExtra) as missing:
        see(content)

    assert f"headwater[{extra}]" in missing.value.hint


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("ts", "2024-01-05 10:{:02}:00"),
        ("created at", "2024-01-05 10:{:02}:00"),
        ("name", "Ann {:03} Main"),
        ("phone", "030 1234 {:04}"),
        ("note", "hello world {:02} x"),
    ],
)
def test_one_column_whose_values_have_blanks_is_one_column(see, header, row):
    found = see("\n".join([header, *(row.format(n) for n in range(40)), ""]).encode())

    assert found.format is Format.CSV
    assert found.originals == (header,)


@pytest.mark.parametrize(
    "before", ["<?show it?>\n", '<?xml-stylesheet href="a.xsl"?>', "<?a?>\n<!-- b -->\n"]
)
def test_xml_may_begin_with_an_instruction(see, before):
    found = see(f"{before}<list><item>1</item><item>2</item></list>\n".encode())

    assert found.format is Format.XML
    assert found.rows.row == "list/item"


def test_a_program_in_php_is_no_xml(see):
    assert see(b"<?php echo 1 ?>\n<b>x</b>\n").format is not Format.XML


def test_records_that_end_with_a_separator_of_ascii_are_refused_for_it(refusal, see):
    cause = refusal(b"id\x1fnote\x1e1\x1fone, two\nlines\x1e2\x1fthree, four\x1e")

    assert cause.code == "type"
    assert "0x1E" in cause.message
    assert see(b"id\x1fnote\n1\x1fa\x1eb\n2\x1fc\n").columns == ("id", "note")
