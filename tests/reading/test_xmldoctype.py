"""A document type declaration is refused, or passed over where it declares no entity."""

import codecs

import pytest

from headwater.model.feed import Doctype, Format, Selection
from headwater.reading.recognise import recognise
from headwater.reading.records import records
from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.doctype import past_doctype
from headwater.reading.xml.found import recognise_xml
from headwater.reading.xml.rows import careful_xml
from tests.reading.xmltexts import cut, objects

BODY = '<r>\n<row a="1">x</row>\n<row a="2">y</row>\n</r>'
HARMLESS = [
    "<!DOCTYPE r>",
    "<!DOCTYPE r >\n",
    '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">',
    '<!DOCTYPE r SYSTEM "file:///etc/passwd">',
    "<!DOCTYPE r PUBLIC '-//A//B C//EN' \"x>]y\" [ ] >",
    '<?xml version="1.0" standalone="no"?>\n<?p q?><!-- <!ENTITY a "b"> -->\n<!DOCTYPE r>',
    "<!DOCTYPE r [\n<!ELEMENT r (row*)>\n<!ELEMENT row (#PCDATA)>\n]>",
    "<!DOCTYPE r [<!-- <!ENTITY a 'b'> %a; ]> --><?p <!ENTITY a 'b'> ]> ?>\n]>",
    "<!DOCTYPE r [<!ATTLIST row a CDATA '50%; ]>' b ENTITY #IMPLIED>\n<!NOTATION n SYSTEM 'f'>]>",
    "<!DOCTYPE räö [<!ELEMENT räö ANY>]>",
]
HARMFUL = {
    "billion laughs": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
    "behind others": '<!DOCTYPE r [<!ELEMENT r ANY>\n<!-- x -->\n<!ENTITY a "ha">]>',
    "external": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "from the net": '<!DOCTYPE r [<!ENTITY x PUBLIC "p" "http://127.0.0.1:9/x">]>',
    "unparsed": '<!DOCTYPE r [<!NOTATION n SYSTEM "f"><!ENTITY x SYSTEM "y" NDATA n>]>',
    "parameter": "<!DOCTYPE r [<!ENTITY % x \"<!ENTITY y 'z'>\">]>",
    "parameter from the net": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
    "reference": "<!DOCTYPE r [%x;]>",
    "reference behind others": '<!DOCTYPE r SYSTEM "r.dtd" [<!ELEMENT r ANY> %x; ]>',
    "reference within": "<!DOCTYPE r [<!ELEMENT r (%x;)>]>",
    "standing alone": '<?xml version="1.0" standalone="yes"?><!DOCTYPE r [%x;]>',
    "conditional": '<!DOCTYPE r [<![INCLUDE[<!ENTITY x "y">]]>]>',
    "cut": "<!DOCTYPE r [<!ELEMENT r ANY>\n",
    "second": '<!DOCTYPE r><!DOCTYPE r [<!ENTITY a "b">]>',
    "spelled by number": '<!DOCTYPE r [<!ENTITY a "&#38;a;">]>',
}


def read(text, doctype=Doctype.SKIP, *, size=1 << 20, row="row"):
    return list(careful_xml(cut(text, size), row, doctype=doctype))


def refusal(text, doctype, size=1 << 20):
    with pytest.raises(Unreadable) as caught:
        read(text, doctype, size=size)
    return caught.value.cause


@pytest.mark.parametrize("size", [1, 7, 40, 1 << 20])
@pytest.mark.parametrize("declared", HARMLESS)
def test_one_without_entities_is_passed_over_where_that_is_allowed(declared, size):
    text = (declared + BODY).encode()

    pieces = read(text, size=size)

    assert objects(pieces) == [{"a": "1", "#text": "x"}, {"a": "2", "#text": "y"}]
    lines = [piece.line_of(n) for piece in pieces for n in range(piece.count)]
    assert lines == [declared.count("\n") + 2, declared.count("\n") + 3]


@pytest.mark.parametrize("declared", HARMLESS)
def test_it_is_refused_as_a_rule_and_the_key_that_helps_is_named(declared):
    text = (declared + BODY).encode()

    cause = refusal(text, Doctype.REFUSE)

    assert cause.code == "xml_entity"
    assert "`doctype: skip`" in cause.message
    with pytest.raises(Unreadable, match="doctype: skip"):
        recognise_xml(text)


@pytest.mark.parametrize("size", [1, 13, 1 << 20])
@pytest.mark.parametrize("doctype", list(Doctype))
@pytest.mark.parametrize("kind", HARMFUL)
def test_one_that_declares_entities_or_refers_to_some_is_always_refused(kind, doctype, size):
    text = (HARMFUL[kind] + BODY).encode()

    cause = refusal(text, doctype, size)

    assert cause.code == "xml_entity"
    assert kind == "second" or "doctype: skip" not in cause.message


@pytest.mark.parametrize("kind", HARMFUL)
def test_such_a_file_is_refused_by_its_beginning_too(kind):
    with pytest.raises(Unreadable, match=r"^xml_entity: "):
        recognise_xml((HARMFUL[kind] + BODY).encode(), Doctype.SKIP)


@pytest.mark.parametrize(
    ("codec", "mark"),
    [("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE), ("utf-16-le", b"")],
)
def test_utf_16_hides_neither_a_declaration_nor_an_entity(codec, mark):
    head = '<?xml version="1.0" encoding="UTF-16"?>\n'
    plain = mark + (head + HARMLESS[6] + BODY).encode(codec)
    harmful = mark + (head + HARMFUL["billion laughs"] + BODY).encode(codec)

    assert len(objects(read(plain))) == 2
    assert recognise_xml(plain, Doctype.SKIP).row == "r/row"
    assert refusal(plain, Doctype.REFUSE).code == "xml_entity"
    for doctype in Doctype:
        assert refusal(harmful, doctype).code == "xml_entity"


@pytest.mark.parametrize(
    "value", ["<row a='&nbsp;'/>", "<row>&nbsp;</row>", "<row><b>&x;</b></row>"]
)
@pytest.mark.parametrize("before", [0, 500])
def test_an_entity_that_what_is_passed_over_would_declare_is_refused_and_not_left_out(
    value, before
):
    rows = "<row a='1'/><row>1</row><row><b>1</b></row>" * before
    text = f'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><r>{rows}{value}</r>'

    cause = refusal(text.encode(), Doctype.SKIP)

    assert cause.code == "xml"
    assert "undefined entity" in cause.message


def test_values_by_default_are_not_filled_in_and_that_is_said():
    text = b'<!DOCTYPE r [<!ATTLIST row b CDATA "x">]><r><row a="1"/><row a="2"/></r>'

    assert objects(read(text)) == [{"a": "1"}, {"a": "2"}]
    assert recognise_xml(text, Doctype.SKIP).passed_over == (
        "its document type declaration is passed over, and what it says of attributes"
    )


@pytest.mark.parametrize("size", [700, 65_536])
def test_a_long_comment_before_hides_nothing(size):
    comment = "<!--" + "x\n" * 200_000 + "-->"

    assert len(objects(read((comment + HARMLESS[2] + BODY).encode(), size=size))) == 2
    assert refusal((comment + HARMFUL["external"] + BODY).encode(), Doctype.SKIP, size).code == (
        "xml_entity"
    )


LONG = {
    "elements": "<!ELEMENT a ANY>" * 10_000,
    "attributes": "<!ATTLIST r " + " ".join(f"a{n} CDATA '1'" for n in range(300_000)) + ">",
    "cut": "<!ELEMENT a ANY>" * 10_000 + "<!",
    "groups": f"<!ELEMENT a {'(' * 200_000}",
}


@pytest.mark.parametrize("doctype", list(Doctype))
@pytest.mark.parametrize("kind", LONG)
def test_a_long_one_is_refused_before_it_takes_long(kind, doctype):
    text = f"<!DOCTYPE r [{LONG[kind]}]>{BODY}".encode()

    assert refusal(text, doctype, 65_536).code == "xml_entity"
    with pytest.raises(Unreadable, match=r"^xml_entity: "):
        recognise_xml(text, doctype)


def test_one_longer_than_what_is_held_is_refused():
    text = b"<!DOCTYPE r [" + b"<!ELEMENT r ANY>" * 5_000 + b"]>" + BODY.encode()

    assert len(objects(read(text))) == 2
    with pytest.raises(Unreadable, match=r"^xml_entity: "):
        list(careful_xml(cut(text, 1_000), "row", doctype=Doctype.SKIP, record_bytes=20_000))


def test_nothing_is_held_back_of_a_text_without_one():
    blocks = cut(BODY.encode() * 3, 10)

    assert b"".join(past_doctype(blocks, Doctype.REFUSE, 1 << 20)) == BODY.encode() * 3
    assert next(past_doctype(iter([b"<r>", b"<row/>"]), Doctype.REFUSE, 1 << 20)) == b"<r>"


@pytest.fixture
def file(tmp_path):
    def file(text):
        path = tmp_path / "file"
        path.write_bytes(text.encode())
        return path

    return file


@pytest.mark.parametrize("comment", ["", "<!--" + "x" * 2_000_000 + "-->"])
def test_a_file_is_read_with_the_key_and_says_so(file, comment):
    path = file(comment + HARMLESS[2] + BODY)

    found = recognise(path, Format.AUTO, selection=Selection(doctype=Doctype.SKIP))

    assert found.notes == ("its document type declaration is passed over",)
    assert [piece.count for piece in records(path, found)] == [2]
    with pytest.raises(Unreadable, match="doctype: skip"):
        recognise(path, Format.AUTO)


def test_an_entity_behind_a_long_comment_is_refused(file):
    path = file("<!--" + "x" * 2_000_000 + "-->" + HARMFUL["external"] + BODY)

    with pytest.raises(Unreadable, match=r"^xml_entity: "):
        recognise(path, Format.AUTO, selection=Selection(doctype=Doctype.SKIP))


def test_a_root_behind_a_long_comment_is_found(file):
    found = recognise(
        file("<?xml version='1.0'?><!--" + "x" * 2_000_000 + "-->" + BODY), Format.AUTO
    )

    assert found.rows.row == "r/row"
