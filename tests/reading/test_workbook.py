"""Excel workbooks are read cell by cell, and no value changes its meaning."""

import csv
import io
import zipfile
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.unreadable import Unreadable
from headwater.reading.workbook.cells import CellStyle, cell_style, number_text, plain_number
from headwater.reading.workbook.table import careful_workbook, recognise_workbook, sheets_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="&quot;days&quot; 0.00"/></numFmts>'
    "<cellXfs>" + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 164, 165, 46, 20)) + "</cellXfs>"
)
TEXTS = "<si><t>alpha</t></si><si><r><t>ri</t></r><r><t xml:space='preserve'>ch </t></r></si>"


def write(path, *rows, sheets=("One",), settings="", parts=None):
    """A workbook whose first sheet has these rows, and whose others have none."""
    content = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{settings}<sheets>'
        + "".join(f'<sheet name="{name}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="s" Type="{LINKS}/styles" Target="/xl/styles.xml"/>'
        f'<Relationship Id="t" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{TEXTS}</sst>',
    }
    for number in range(1, len(sheets) + 1):
        data = "".join(rows) if number == 1 else ""
        content[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**content, **(parts or {})}.items():
            archive.writestr(name, text)
    return path


def cell(place, value, more=""):
    return f'<c r="{place}" {more}><v>{value}</v></c>'


def text(place, value):
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


def table(pieces):
    """Line and cells of each record."""
    return [
        (piece.line_of(int(cells[0])), cells[1:])
        for piece in pieces
        for cells in csv.reader(io.StringIO(piece.text.decode(), newline=""))
    ]


def refused(pieces):
    return [(one.line, one.code, one.column) for piece in pieces for one in piece.refused]


HEADER = row(1, text("A1", "id"), text("B1", "name"))


def test_rows_below_the_header_are_records_with_their_rows_as_lines(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        HEADER,
        row(2, cell("A2", 1), text("B2", 'x, "y"')),
        row(5, text("B5", "two\nlines")),
    )

    assert recognise_workbook(path).columns == ("id", "name")
    assert table(careful_workbook(path)) == [(2, ["1", 'x, "y"']), (5, ["", "two\nlines"])]


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        (cell("A2", "0.1"), "0.1"),
        (cell("A2", "1.1000000000000001"), "1.1"),
        (cell("A2", "0.30000000000000004"), "0.30000000000000004"),
        (cell("A2", "12345678901234567890"), "12345678901234567890"),
        (cell("A2", "1E-7"), "0.0000001"),
        (cell("A2", "1.5E+20"), "150000000000000000000"),
        (cell("A2", "1E+300"), "1e+300"),
        (cell("A2", "1", 't="b"'), "true"),
        (cell("A2", "#N/A", 't="e"'), "#N/A"),
        (cell("A2", "1", 't="s"'), "rich "),
        (cell("A2", "a_x000D_b", 't="str"'), "a\rb"),
        (text("A2", "007"), "007"),
        (text("A2", "_x005F_x000D_"), "_x000D_"),
        (cell("A2", "45000", 's="1"'), "2023-03-15"),
        (cell("A2", "45000.5", 's="1"'), "2023-03-15T12:00:00"),
        (cell("A2", "45000", 's="2"'), "2023-03-15T00:00:00"),
        (cell("A2", "45000.123456789", 's="2"'), "2023-03-15T02:57:46.667"),
        (cell("A2", "5", 's="3"'), "5"),
        (cell("A2", "1.5", 's="4"'), "36:00:00"),
        (cell("A2", "0.75", 's="5"'), "18:00:00"),
        (cell("A2", "59", 's="1"'), "1900-02-28"),
        (cell("A2", "60", 's="1"'), "60"),
        (cell("A2", "61", 's="1"'), "1900-03-01"),
        (cell("A2", "2958465", 's="1"'), "9999-12-31"),
        (cell("A2", "2958466", 's="1"'), "2958466"),
        (cell("A2", "-1", 's="1"'), "-1"),
        (cell("A2", "2024-01-02", 't="d" s="1"'), "2024-01-02"),
        ('<c r="A2"><f>A1*2</f><v>7</v></c>', "7"),
        ('<c r="A2" t="str"><f>A1</f><v>seven</v></c>', "seven"),
        ("<c><v>8</v></c>", "8"),
    ],
)
def test_a_cell_is_what_its_sheet_shows(tmp_path, spelled, value):
    path = write(tmp_path / "a.xlsx", HEADER, row(2, spelled, text("B2", "x")))

    assert table(careful_workbook(path)) == [(2, [value, "x"])]


@pytest.mark.parametrize("style", list(CellStyle))
@pytest.mark.parametrize(
    "stored", ["1e999999999", "1e400", "1e30", "NaN", "-inf", "-5", "9" * 5000, "x"]
)
def test_what_can_be_no_date_stays_a_number(stored, style):
    for since_1904 in (False, True):
        text = number_text(stored, style, since_1904=since_1904)
        assert "T" not in text
        assert text[:1] == stored[:1]


@pytest.mark.parametrize("place", ["9" * 5000, "-1", "x", "\u0663"])
def test_places_that_are_none_are_no_texts_styles_or_formats(tmp_path, place):
    assert cell_style(place, {}) is CellStyle.NUMBER
    cells = [cell("A2", "5", f's="{place}"'), cell("B2", place, 't="s"')]
    path = write(tmp_path / "a.xlsx", HEADER, row(2, *cells))

    assert refused(list(careful_workbook(path))) == [(2, "cell", "name")]


def test_dates_may_be_counted_from_1904(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        HEADER,
        row(2, cell("A2", "0", 's="1"'), cell("B2", "43538", 's="1"')),
        settings='<workbookPr date1904="1"/>',
    )

    assert table(careful_workbook(path)) == [(2, ["1904-01-01", "2023-03-15"])]


@given(
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31, 23, 59)).map(  # noqa: DTZ001
        lambda when: when.replace(microsecond=when.microsecond // 1000 * 1000)
    )
)
@settings(deadline=None)
def test_every_date_and_time_comes_back(when):
    days = (when - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001

    read = number_text(repr(days), CellStyle.CLOCK, since_1904=False)

    assert datetime.fromisoformat(read.ljust(23, "0") if "." in read else read) == when


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63))
def test_a_number_keeps_its_value(number):
    assert float(plain_number(f"{number:.17g}" if isinstance(number, float) else str(number))) == (
        float(number)
    )


@pytest.mark.parametrize(
    ("code", "style"),
    [
        ("General", CellStyle.NUMBER),
        ("0.00%", CellStyle.NUMBER),
        ('0 "days"', CellStyle.NUMBER),
        ("[Red]0.0", CellStyle.NUMBER),
        ("#,##0 [$€-407]", CellStyle.NUMBER),
        (r"0\d", CellStyle.NUMBER),
        ("dd/mm/yy", CellStyle.DATE),
        ("mmm yyyy", CellStyle.DATE),
        ("[$-409]d mmm yyyy h:mm AM/PM", CellStyle.CLOCK),
        ("h:mm", CellStyle.TIME),
        ("mm:ss.0", CellStyle.TIME),
        ("[h]:mm:ss", CellStyle.SPAN),
    ],
)
def test_a_number_format_says_what_numbers_mean(code, style):
    assert cell_style("170", {"170": code}) is style


def test_the_header_is_found_below_titles(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        row(1, text("B1", "Sales 2024")),
        row(3, text("B3", "id"), text("C3", "name"), text("D3", "city")),
        *(row(n, cell(f"B{n}", n), text(f"C{n}", "x"), text(f"D{n}", "y")) for n in range(4, 9)),
    )

    found = recognise_workbook(path)

    assert (found.header_row, found.first_column) == (3, 2)
    assert found.columns == ("id", "name", "city")
    assert found.notes == ("rows above the header in row 3 left out: 1",)
    assert len(table(careful_workbook(path))) == 5


def test_without_a_header_columns_are_numbered_and_no_row_is_lost(tmp_path):
    path = write(
        tmp_path / "a.xlsx", *(row(n, cell(f"A{n}", n), text(f"B{n}", "x")) for n in (1, 2))
    )

    assert recognise_workbook(path).columns == ("column_1", "column_2")
    assert table(careful_workbook(path)) == [(1, ["1", "x"]), (2, ["2", "x"])]


@pytest.mark.parametrize(
    ("cells", "columns", "records"),
    [
        ("B2:C3", ("b2", "c2"), [(3, ["b3", "c3"])]),
        ("$B$2:$C$3", ("b2", "c2"), [(3, ["b3", "c3"])]),
        ("C:C", ("c1",), [(2, ["c2"]), (3, ["c3"]), (4, ["c4"])]),
        ("B3", ("b3", "c3", "d3"), [(4, ["b4", "c4", "d4"])]),
        ("3:4", ("a3", "b3", "c3", "d3"), [(4, ["a4", "b4", "c4", "d4"])]),
    ],
)
def test_a_range_is_read_alone(tmp_path, cells, columns, records):
    path = write(
        tmp_path / "a.xlsx",
        *(row(n, *(text(f"{x}{n}", f"{x.lower()}{n}") for x in "ABCD")) for n in range(1, 5)),
    )

    assert recognise_workbook(path, None, cells).columns == columns
    assert table(careful_workbook(path, None, cells)) == records


@pytest.mark.parametrize("cells", ["", "1A", "A0", "D1:A2", "A1:B2:C3", "A9:A1"])
def test_what_is_no_range_is_refused(tmp_path, cells):
    path = write(tmp_path / "a.xlsx", HEADER)

    with pytest.raises(Unreadable, match=r"^range: "):
        recognise_workbook(path, None, cells)


def test_a_sheet_is_chosen_by_name_or_number_or_because_it_shows(tmp_path):
    path = write(tmp_path / "a.xlsx", HEADER, sheets=('One" state="hidden', "Two"))

    assert sheets_of(path) == ("One", "Two")
    assert recognise_workbook(path, "One").sheet == recognise_workbook(path, 1).sheet == "One"
    with pytest.raises(Unreadable, match=r"^empty: its sheet 'Two'"):
        recognise_workbook(path)
    with pytest.raises(Unreadable, match="its sheets are 'One', 'Two'"):
        recognise_workbook(path, "Three")
    with pytest.raises(Unreadable, match=r"^sheet: "):
        recognise_workbook(path, 3)


def test_a_row_that_cannot_be_read_is_refused_alone(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        HEADER,
        row(2, cell("A2", 1), '<c r="B2"><f>A2</f></c>'),
        row(3, cell("A3", 2), cell("B3", 99, 't="s"')),
        row(4, cell("A4", 3), text("B4", "x"), text("D4", "remark")),
        row(5, cell("A5", 4), text("B5", "y")),
    )

    pieces = list(careful_workbook(path))

    assert refused(pieces) == [(2, "formula", "name"), (3, "cell", "name"), (4, "ragged", None)]
    assert table(pieces) == [(5, ["4", "y"])]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row>"}, "xml"),
        ({"xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, "xml_entity"),
        ({"xl/workbook.xml": "<workbook/>"}, "sheet"),
        ({"_rels/.rels": "<Relationships/>"}, "type"),
        (
            {"xl/worksheets/sheet1.xml": f"<w><sheetData>{HEADER}{HEADER}</sheetData></w>"},
            "corrupt",
        ),
        ({"xl/worksheets/sheet1.xml": "<w><sheetData/></w>"}, "empty"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_workbook_that_is_damaged_is_refused(tmp_path, parts, code):
    path = write(tmp_path / "a.xlsx", HEADER, parts=parts)

    with pytest.raises(Unreadable) as caught:
        list(careful_workbook(path))

    assert caught.value.cause.code == code


def test_an_archive_of_a_version_that_is_too_new_is_refused(tmp_path):
    path = write(tmp_path / "a.xlsx", HEADER)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 103
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=r"^corrupt: .*version"):
        recognise_workbook(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_workbook_that_is_cut_is_refused(tmp_path, share):
    path = write(tmp_path / "a.xlsx", HEADER)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(Unreadable, match=r"^truncated: "):
        recognise_workbook(path)


def test_a_damaged_byte_never_gives_other_values(tmp_path):
    path = write(tmp_path / "a.xlsx", HEADER, *(row(n, cell(f"A{n}", n)) for n in range(2, 99)))
    content, whole = path.read_bytes(), table(careful_workbook(path))

    for place in range(0, len(content), 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            assert table(careful_workbook(path)) == whole
        except Unreadable:
            continue


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(1 << 20))
        archive.infolist()[0].file_size = 2 << 30

    with pytest.raises(Unreadable, match=r"^ratio: "):
        recognise_workbook(path)
