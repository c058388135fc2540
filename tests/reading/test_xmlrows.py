"""XML is read row element by row element, and every way to read it agrees."""

import tracemalloc

import pytest

from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.rows import careful_xml
from tests.reading.xmltexts import objects, places, read, refused

XSI = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def only(row):
    """The one record of a row, alone and as one of many."""
    (alone,) = objects(read(b"<rows " + XSI + b">" + row + b"</rows>", "row"))
    many = objects(read(b"<rows " + XSI + b">" + row * 5 + b"</rows>", "row"))
    assert many == [alone] * 5
    return alone


@pytest.mark.parametrize(
    ("row", "record"),
    [
        (b"<row><a>1</a><b>x</b></row>", {"a": "1", "b": "x"}),
        (b"<row/>", {}),
        (b"<row></row>", {}),
        (b"<row>\n  </row>", {"#text": "\n  "}),
        (b"<row>5</row>", {"#text": "5"}),
        (b"<row><a/></row>", {"a": ""}),
        (b"<row><a></a></row>", {"a": ""}),
        (b"<row><a>  x </a></row>", {"a": "  x "}),
        (b"<row><a>\n</a></row>", {"a": "\n"}),
        (b"<row><a>007</a></row>", {"a": "007"}),
        (b"<row a=\"1\" b='2'/>", {"a": "1", "b": "2"}),
        (b'<row a="1"><a>2</a></row>', {"@a": "1", "a": "2"}),
        (b"<row><a>1</a><a>2</a></row>", {"a": ["1", "2"]}),
        (b"<row><a>1</a><b>2</b><a>3</a></row>", {"a": ["1", "3"], "b": "2"}),
        (b"<row><a><b>1</b><c>2</c></a></row>", {"a": {"b": "1", "c": "2"}}),
        (b'<row><a u="EUR">5</a></row>', {"a": {"u": "EUR", "#text": "5"}}),
        (b'<row><a u="EUR"></a></row>', {"a": {"u": "EUR"}}),
        (b"<row><p>one <b>two</b> three</p></row>", {"p": {"b": "two", "#text": "one  three"}}),
        (b"<row><a><![CDATA[<x> & ]]>]]&gt;</a></row>", {"a": "<x> & ]]>"}),
        (b"<row><a>1<!-- 2 -->3<?pi 4?></a></row>", {"a": "13"}),
        (b"<row><a>&lt;&amp;&quot;&#233;&#x1F600;\\</a></row>", {"a": '<&"\u00e9\U0001f600\\'}),
        (b"<row><a>x\r\ny\rz</a></row>", {"a": "x\ny\nz"}),
        (b'<row a="x\r\ny\tz&#10;"/>', {"a": "x y z\n"}),
        (b'<row><a xsi:nil="true"/><b xsi:nil="0">1</b></row>', {"a": None, "b": "1"}),
        (b'<row><a xsi:nil="1" u="x"/></row>', {"a": {"u": "x"}}),
        (b'<row><a xsi:type="int">1</a></row>', {"a": "1"}),
        ("<row><prénom>Zoë</prénom></row>".encode(), {"prénom": "Zoë"}),
        (b"<row><a.b-c>1</a.b-c></row>", {"a.b-c": "1"}),
        (b"<row ><a >1</a ></row >", {"a": "1"}),
    ],
)
def test_an_element_becomes_an_object(row, record):
    assert only(row) == record


def test_each_row_knows_its_line_and_its_source():
    text = b"<rows>\n<row><a>1</a></row>\r\n\n  <row>\n<a>2</a>\n</row><row><a>3</a></row>\n</rows>"

    pieces = read(text, "row")

    assert places(pieces) == [
        (2, "<row><a>1</a></row>"),
        (4, "<row>\n<a>2</a>\n</row>"),
        (6, "<row><a>3</a></row>"),
    ]


def test_a_namespace_counts_and_a_prefix_does_not():
    text = (
        b'<r xmlns:a="u1" xmlns:b="u2"><row><a:id>1</a:id><b:id>2</b:id></row>'
        b'<row xmlns:c="u1"><c:id>3</c:id></row><row><b:id>4</b:id></row></r>'
    )

    assert objects(read(text, "row")) == [{"id": "1", "b_id": "2"}, {"id": "3"}, {"b_id": "4"}]


def test_a_prefix_that_changes_its_meaning_between_rows_is_noticed():
    rows = b"<row><p:id>1</p:id><q:id>2</q:id></row>" * 4
    text = (
        b'<r><g xmlns:p="u1" xmlns:q="u2">' + rows + b"</g>"
        b'<g xmlns:p="u2" xmlns:q="u1">' + rows + b"</g></r>"
    )

    records = objects(read(text, "row"))

    assert records == [{"id": "1", "q_id": "2"}] * 4 + [{"q_id": "1", "id": "2"}] * 4


def test_names_that_clash_later_stay_apart():
    text = b'<r><row id="1"/><row id="2"><id>3</id></row><row><id>4</id></row></r>'

    assert objects(read(text, "row")) == [{"id": "1"}, {"id": "2", "id_2": "3"}, {"id_2": "4"}]


def test_rows_may_lie_in_several_places_and_beside_other_elements():
    text = b"<r><head><x>1</x></head><g><row><a>1</a></row></g>t<g><row><a>2</a></row></g></r>"

    assert objects(read(text, "row")) == [{"a": "1"}, {"a": "2"}]
    assert objects(read(text, "g/row")) == [{"a": "1"}, {"a": "2"}]
    assert objects(read(text, "r/g")) == [{"row": {"a": "1"}}, {"row": {"a": "2"}}]


def test_a_row_in_a_row_belongs_to_it():
    text = b"<r><row><row><a>1</a></row></row><row><a>2</a></row></r>"

    assert objects(read(text, "row")) == [{"row": {"a": "1"}}, {"a": "2"}]


def test_rows_may_lack_any_of_their_names():
    rows = [
        {key: f"{key}{n}" for place, key in enumerate("abcd") if n >> place & 1} for n in range(16)
    ]
    text = "".join(
        f"<row>{''.join(f'<{key}>{value}</{key}>' for key, value in row.items())}</row>\n"
        for row in rows * 3
    )

    assert objects(read(f"<r>{text}</r>".encode(), "row")) == rows * 3


def test_blank_space_in_a_row_without_elements_is_its_text():
    rows = b"<row><a>1</a></row><row><b>1</b></row>" * 3 + b"<row>\n</row><row></row>" * 2

    assert objects(read(b"<r>" + rows + b"</r>", "row"))[6:] == [{"#text": "\n"}, {}] * 2


def test_end_tags_in_comments_and_data_end_nothing():
    row = b"<row><a>1</a></row>"
    text = (
        b"<r>" + row * 3 + b"<!-- </row>" + row + b" -->" + row
        + b"<row><a><![CDATA[</row>]]></a></row><?x </row>?>" + row + b"</r>"
    )  # fmt: skip

    assert [record["a"] for record in objects(read(text, "row"))] == ["1"] * 4 + ["</row>", "1"]


@pytest.mark.parametrize("text", [b"<r/>", b"<r></r>", b"<r>\n</r>"])
def test_an_empty_list_has_no_rows(text):
    assert read(text, "row") == []


def test_a_row_element_that_is_not_there_refuses_the_file():
    with pytest.raises(Unreadable, match=r"no element 'order', and has r, r/row"):
        read(b"<r><row><a>1</a></row></r>", "order")


@pytest.mark.parametrize(
    "text",
    [
        b"<r><row></r>",
        b"<r><row/>",
        b"<r>",
        b"<r><row>",
        b"<r><row a='1",
        b"<r><row/></r><r/>",
        b"<r><row/></r>x",
        b"<r><row>&nbsp;</row></r>",
        b"<r><row>\xe9</row></r>",
        b"<r><row>\x01</row></r>",
        b"<r><row>]]></row></r>",
        b"<r><row a='1' a='2'/></r>",
        b"<r><x:row/></r>",
        b"<?xml version='1.0'?>",
        b"<!-- only -->",
        b"<r><row>\xef\xbf\xbf</row></r>",
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_text_that_is_not_well_formed_refuses_the_file(text, size):
    with pytest.raises(Unreadable) as caught:
        read(text, "row", size=size, window=size)

    assert caught.value.cause.code == "xml"


def test_the_refusal_names_the_line_behind_rows_that_were_read():
    text = b"<r>\n" + b"<row><a>1</a></row>\n" * 50 + b"<row><a>1</b></row>\n</r>"

    with pytest.raises(Unreadable, match="mismatched tag at line 52"):
        read(text, "row")


def test_a_cut_file_is_said_to_be_cut():
    with pytest.raises(Unreadable, match=r"ends inside r/row, at line 3 .*send it again whole"):
        read(b"<r>\n<row>1</row>\n<row><a>1</a>", "row")


@pytest.mark.parametrize(
    "text",
    [
        b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r><row>&b;</row></r>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><row>&x;</row></r>',
        b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><r><row/></r>',
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><r><row/></r>',
    ],
)
@pytest.mark.parametrize("row", ["row", None])
def test_a_document_type_is_refused_whatever_it_says(text, row):
    with pytest.raises(Unreadable) as caught:
        read(text, row)

    assert caught.value.cause.code == "xml_entity"


@pytest.mark.parametrize("size", [3, 1 << 20])
def test_a_row_that_is_too_deep_is_refused_alone(size):
    deep = b"<a>" * 200 + b"</a>" * 200
    text = b"<r>\n<row><b>1</b></row>\n<row>" + deep + b"</row>\n<row><b>2</b></row></r>"

    pieces = read(text, "row", size=size, window=size)

    assert refused(pieces) == [(3, "depth")]
    assert objects(pieces) == [{"b": "1"}, {"b": "2"}]


@pytest.mark.parametrize("start", [b"", b"<r><row>"])
def test_elements_without_end_refuse_the_file(start):
    with pytest.raises(Unreadable) as caught:
        read(start + b"<a>" * 100_000, "row")

    assert caught.value.cause.code == "depth"


@pytest.mark.parametrize("size", [7, 100, 1 << 20])
def test_a_row_beyond_the_limit_is_refused_alone(size):
    rows = b"<row><b>1</b></row>\n" * 3
    text = b"<r>\n" + rows + b"<row><b>" + b"x" * 5000 + b"</b></row>\n" + rows + b"</r>"

    pieces = read(text, "row", size=size, window=size, record_bytes=1000)

    assert refused(pieces) == [(5, "line_too_long")]
    assert [line for line, _ in places(pieces)] == [2, 3, 4, 6, 7, 8]


@pytest.mark.parametrize("text", [b"<r><row/><!-- ", b"<r><row a='", b"<r><"])
def test_a_tag_or_comment_without_end_refuses_the_file(text):
    with pytest.raises(Unreadable) as caught:
        read(text + b"x" * 9000, "row", size=500, window=500, record_bytes=1000)

    assert caught.value.cause.code == "line_too_long"


def test_too_many_names_refuse_the_file():
    text = b"<r>" + b"".join(b"<row><a%d/></row>" % n for n in range(10_001)) + b"</r>"

    with pytest.raises(Unreadable) as caught:
        read(text, "row")

    assert caught.value.cause.code == "too_wide"


def test_memory_stays_flat_however_many_rows():
    def stream():
        yield b"<r>"
        yield from (b"<row><a>%d</a></row>\n" % n * 1000 for n in range(300))
        yield b"<row><b>end</b></row></r>"

    tracemalloc.start()
    count = sum(piece.count for piece in careful_xml(stream(), "row", piece_bytes=50_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 300_001
    assert peak < 3_000_000


@pytest.mark.parametrize("size", [*range(1, 120, 7), 1 << 20])
@pytest.mark.parametrize("window", [1, 40, 300, 1 << 20])
def test_how_blocks_are_cut_changes_nothing(size, window):
    text = (
        '\ufeff<?xml version="1.0"?>\r\n<r xmlns:x="u">\n'
        + '<row n="1"><a>é&amp;"1</a>\n<x:a/></row>\r\n' * 6
        + "<row><!-- </row> --><![CDATA[ ]]]]><b><c>1</c></b></row>\n" * 2
        + '<row n="1"><a>2</a><x:a>\U0001f600</x:a></row>\r' * 6
        + "</r>\n"
    ).encode()
    whole = read(text, "row")

    pieces = read(text, "row", size=size, window=window)

    assert objects(pieces) == objects(whole)
    assert places(pieces) == places(whole)
    assert len(objects(whole)) == 14
