"""How a feed's other files are spelled decides what a text leaves open, and nothing else."""

import pytest

from headwater.model.feed import Format, Place, Selection
from headwater.model.manner import Manner, customary, differences, gathered
from headwater.reading.manner import manner_of
from headwater.reading.recognise import recognise
from headwater.reading.told import Told
from tests.inputs import makers


@pytest.fixture
def see(tmp_path):
    def see(content, usual=None, declared=Format.AUTO, **told):
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return recognise(path, declared, told=Told(usual=usual, **told))

    return see


def csv(**manner):
    return Manner(Format.CSV, "utf-8", **{"delimiter": ",", "header_rows": 1, **manner})


def test_of_two_delimiters_that_explain_a_text_alike_the_usual_one_is_taken(see):
    text = "a;b,c\nd;e,f\n"

    assert see(text).dialect.delimiter == ","
    found = see(text, csv(delimiter=";"))
    assert found.dialect.delimiter == ";"
    assert "`;` is what the feed's other files have" in found.reasons


def test_a_delimiter_that_is_clearly_another_wins_over_the_usual_one(see):
    found = see("id,day,x\n1,2026-01-01,a;b\n2,2026-01-02,c\n", csv(delimiter=";"))

    assert found.dialect.delimiter == ","


def test_a_text_of_one_column_has_the_usual_delimiter(see):
    assert see("id\n1\n2\n", csv(delimiter=";")).dialect.delimiter == ";"


def test_the_usual_quote_is_taken_where_the_text_has_none(see):
    assert see("id,x\n1,a\n", csv(quote="'")).dialect.quote == "'"
    assert see('id,x\n1,"a"\n', csv(quote="'")).dialect.quote == '"'


def test_no_quote_is_usual_where_few_stand_inside_fields(see):
    text = 'id,x\n1,3.5" disk\n2,b\n'

    assert see(text).dialect.quote == '"'
    assert see(text, csv(quote="")).dialect.quote == ""


def test_the_usual_escape_is_taken_where_no_quote_has_one(see):
    assert see('id,x\n1,"a"\n', csv(escape="\\")).dialect.escape == "\\"


def test_the_usual_null_of_databases_is_taken_where_none_is_seen(see):
    assert see("id\tx\n1\ta\n", csv(delimiter="\t", nulls=("\\N",))).dialect.nulls == ("\\N",)


@pytest.mark.parametrize(
    ("text", "usual", "heads"),
    [
        ("ann,bob\neve,dan\n", 0, 0),
        ("ann,bob\neve,dan\n", 1, 1),
        ("name,qty\nann,1\nbob,2\n", 0, 1),  # numbers below text: it is a header
        ("1,2\n3,4\n", 1, 0),  # a row of numbers is none
        ("a,b\nc,d\n", 2, 2),
    ],
)
def test_a_first_row_is_taken_for_what_it_usually_is_where_nothing_shows(see, text, usual, heads):
    assert see(text, csv(header_rows=usual)).dialect.heads == heads


def test_a_row_that_names_the_tables_columns_is_a_header_whatever_is_usual(see):
    found = see("name,city\nann,Rome\n", csv(header_rows=0), columns=("name", "city"))

    assert found.dialect.heads == 1


def test_what_is_declared_wins_over_what_is_usual(see):
    usual = csv(delimiter=";", header_rows=0, quote="'")

    found = see("a;b,c\nd;e,f\n", usual, delimiter=",", header_rows=1, quote='"')

    assert (found.dialect.delimiter, found.dialect.heads, found.dialect.quote) == (",", 1, '"')


XML = Manner(Format.XML, "utf-8", selection=Selection(row="all/order"))


def test_the_usual_row_of_xml_is_taken_where_none_repeats(see):
    one = "<all><order><id>1</id></order></all>"

    assert see(one, XML).rows.row == "all/order"
    assert see("<all><id>1</id></all>", XML).rows.row != "all/order"


def test_the_usual_sheet_is_read_if_it_is_there(see):
    book = makers.workbook(("id", "x"), [("1", "2")])
    usual = Manner(Format.EXCEL, selection=Selection(sheet="no such sheet"))

    assert see(book, usual).rows.sheet == see(book).rows.sheet


FIXED = """\
id   name     qty
   1 ann b      5
   2 bob       12
   3 eve c    100
   4 dan        7
"""


def test_a_layout_is_used_again_where_its_columns_fit(see):
    usual = manner_of(see(FIXED))
    two = "id   name     qty\n   5 e f        5\n   6 g h        5\n"

    found = see(two, usual)

    assert manner_of(found).selection.columns == usual.selection.columns
    assert found.reasons == ("its columns are where the feed's other files have them",)


@pytest.mark.parametrize(
    "text",
    [
        "id;name;qty\n1;a;2\n2;b;3\n",
        "id       name qty\n       1 ann b   5\n       2 bob c  12\n       3 eve d 100\n",
        "",
    ],
)
def test_a_layout_is_not_forced_on_a_text_that_contradicts_it(see, text):
    usual = manner_of(see(FIXED))
    if not text:
        with pytest.raises(Exception, match="no bytes"):
            see(text, usual)
        return

    found = see(text, usual)

    assert found.reasons != ("its columns are where the feed's other files have them",)
    assert differences(manner_of(found), usual)


def test_manners_are_gathered_each_with_its_first_file_and_how_many_there_are():
    one, two = csv(), csv(delimiter=";")

    told = gathered([("a", one), ("b", two), ("c", one)])

    assert [(each.delimiter, each.first, each.files) for each in told] == [
        (",", "a", 2),
        (";", "b", 1),
    ]
    assert customary(told) == told[0]
    assert customary(()) is None
    assert gathered([(each.first, each) for each in (*told, *told)])[0].files == 4


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (csv(), ()),
        (csv(delimiter=None, quote=None), ()),
        (csv(delimiter="\t"), ("delimiter tab where the feed's files have `,`",)),
        (csv(quote=""), ("quote none where the feed's files have `\"`",)),
        (csv(header_rows=0), ("no header where the feed's files have one header row",)),
        (csv(skipped_lines=4), ()),
        (Manner(Format.NDJSON, "utf-16"), (
            "format ndjson where the feed's files have csv",
            "encoding utf-16 where the feed's files have utf-8",
        )),
    ],
)  # fmt: skip
def test_what_is_clearly_otherwise_is_told_and_what_does_not_show_is_not(found, said):
    assert differences(found, csv(quote='"')) == said


def test_columns_elsewhere_are_told_with_their_places():
    usual = Manner(Format.FIXED, selection=Selection(columns=(Place("x", 4, 3),)))
    found = Manner(Format.FIXED, selection=Selection(columns=(Place("x", 6, 3),)))

    assert differences(found, usual) == (
        "column x at 6 to 8 where the feed's files have x at 4 to 6",
    )
