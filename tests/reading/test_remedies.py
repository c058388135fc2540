"""A setting is named for a refused record only if it takes it."""

import pytest

from headwater.model.feed import Format
from headwater.reading.delimited.repair import Repairs
from headwater.reading.fixed.declared import declared_layout
from headwater.reading.found import Found
from headwater.reading.packing.magic import Compression
from headwater.reading.recognise import Told, recognise
from headwater.reading.records import records
from headwater.reading.remedies import LENIENT, PAD, SECOND_TABLE, remedies


@pytest.fixture
def look(tmp_path):
    """What helps a text, and how many records are refused without and with every repair."""

    def look(text, **told):
        path = tmp_path / "file"
        path.write_text(text, encoding="utf-8")
        found = recognise(path, told.pop("format", Format.AUTO), told=Told(**told))
        counts = []
        for repairs in (Repairs(), Repairs(pad=True), Repairs(lenient=True)):
            refused = [
                one for piece in records(path, found, repairs=repairs) for one in piece.refused
            ]
            counts.append(len(refused))
            if repairs == Repairs():
                by_code = {
                    code: [one.raw for one in refused if one.code == code]
                    for code in {one.code for one in refused}
                }
        return remedies(found, by_code), counts

    return look


@pytest.mark.parametrize(
    ("text", "helps"),
    [
        ("a,b\n1,2\n3\n", True),
        ("a,b\n1,2\n3,4,\n5,6\n", True),
        ("a,b\n1,2\n3,4,5\n6,7\n", False),
        ("a,b\n1,2\n3,4,5\n6\n", True),
        ("a,b\n1,2\n3,4, \n5,6\n", False),
        ("a\n1\n2,3\n4\n", False),
        ("a||b\n1||2\n3\n5||6\n", True),
    ],
)
def test_filling_up_is_named_if_it_takes_a_row(look, text, helps):
    named, (strict, padded, _) = look(text)

    assert strict > 0
    assert (padded < strict) is helps
    assert (PAD in named) is helps


@pytest.mark.parametrize(("line", "helps"), [("  2 Ann", True), ("  2 Ann Oslo  ", False)])
def test_filling_up_is_named_for_lines_of_fixed_width_that_end_early(line, helps):
    columns = ("a", "b", "c")
    layout = declared_layout([("a", 1, 3), ("b", 5, 4), ("c", 9, 4)], skip_lines=1)
    found = Found(Format.FIXED, Compression.NONE, columns=columns, rows=layout)

    assert (remedies(found, {"ragged": [line]}) == (PAD,)) is helps


@pytest.mark.parametrize(
    ("row", "helps"),
    [('"x"y,2', True), ('"x"y,2,3', False), ('"x,2', True), ('x"y,2', True), ('"x\ny,2', False)],
)
def test_leniency_is_named_if_it_takes_a_row(look, row, helps):
    named, (strict, _, lenient) = look(f"a,b\n1,2\n{row}\n3,4\n5,6\n")

    assert (lenient < strict) is helps
    assert (LENIENT in named) is helps


def test_a_second_table_can_be_read(look):
    named, _ = look("id,name\n1,x\n2,y\n3,z\n\ntown,people,area\nAll,5,1\nBern,6,2\nUlm,7,3\n")

    assert named == (SECOND_TABLE,)


def test_nothing_is_named_where_nothing_helps(look):
    assert look('{"a": 1}\n{"a": \n{"a": 2}\n')[0] == ()
    assert look("a,b\n1,2\n")[0] == ()
