"""The beginning of an XML text says what it is and which element is the row."""

import codecs

import pytest

from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.found import recognise_xml
from headwater.reading.xml.rows import careful_xml

ROWS = '<orders>\n<order id="1"><name>Zoë €</name></order>\n<order id="2"><name>x</name></order>\n'
TEXT = ROWS + "</orders>"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (TEXT, "orders/order"),
        ("<r><head><at>1</at></head><x><a>1</a></x><x><a>2</a></x></r>", "r/x"),
        ("<rss><channel><title>t</title><item><a/></item><item><a/></item></channel></rss>",
         "rss/channel/item"),
        ("<r><status>ok</status><rows><row><a>1</a></row><row><a>2</a></row></rows></r>",
         "r/rows/row"),
        ("<r><tag>1</tag><tag>2</tag><x><a>1</a></x><x><a>2</a></x></r>", "r/x"),
        ("<r><big><a>long long text</a></big><big><a>1</a></big><s><a>1</a></s><s><a>2</a></s></r>",
         "r/big"),
        ("<r><x><a>1</a></x></r>", "r/x"),
        ("<order><id>1</id><total>2</total></order>", "order"),
        ("<order id='1'/>", "order"),
        ("<names><n>a</n><n>b</n></names>", "names/n"),
        ('<s:r xmlns:s="u"><s:x/><s:x/></s:r>', "r/x"),
    ],
)  # fmt: skip
def test_the_row_is_the_element_that_repeats(text, row):
    found = recognise_xml(text.encode())

    assert found is not None
    assert found.row == row


def test_elements_beside_the_rows_are_named():
    text = b"<r><head><at>1</at></head><rows><note/><row/><row/></rows><foot/></r>"

    found = recognise_xml(text)

    assert found is not None
    assert found.beside == ("r/head", "r/rows/note", "r/foot")


def test_what_is_in_the_only_row_is_not_beside_it():
    found = recognise_xml(b"<order><id>1</id><to><city>x</city></to></order>")

    assert found is not None
    assert (found.row, found.beside) == ("order", ())


def test_namespaces_are_told():
    found = recognise_xml(b'<r xmlns="d" xmlns:a="u"><row/><row/></r>')

    assert found is not None
    assert found.namespaces == (("", "d"), ("a", "u"))


@pytest.mark.parametrize("end", [*range(60, len(TEXT), 3)])
def test_a_sample_may_be_cut_anywhere(end):
    found = recognise_xml(TEXT.encode()[:end])

    assert found is not None
    assert found.root == "orders"
    assert found.row in {"orders", "orders/order"}


@pytest.mark.parametrize(
    "text",
    [b"", b"a,b\n1,2\n", b'{"a": "<b>"}', b"<34>Oct 11 22:14:15 su: no", b"<!doctype html><p>",
     b"<html><body/></html>", b"<!-- x --><HTML >", b"< a>", b"<a,b>"],
)  # fmt: skip
def test_what_is_no_xml_is_nothing(text):
    assert recognise_xml(text) is None


def test_a_document_type_is_refused_at_once():
    with pytest.raises(Unreadable, match=r"^xml_entity: "):
        recognise_xml(b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><r/>')


def records(text):
    return [
        (piece.text.decode(), [piece.line_of(n) for n in range(piece.count)])
        for piece in careful_xml([text[start : start + 7] for start in range(0, len(text), 7)])
    ]


@pytest.mark.parametrize(
    ("declared", "codec", "mark"),
    [
        (None, "utf-8", b""),
        (None, "utf-8", codecs.BOM_UTF8),
        ("UTF-8", "utf-8", codecs.BOM_UTF8),
        ("windows-1252", "cp1252", b""),
        ("ISO-8859-15", "iso8859-15", b""),
        ("utf-16", "utf-16-le", codecs.BOM_UTF16_LE),
        ("UTF-16", "utf-16-be", codecs.BOM_UTF16_BE),
        ("UTF-16LE", "utf-16-le", b""),
        ("gb18030", "gb18030", b""),
    ],
)
def test_every_encoding_gives_the_same_rows(declared, codec, mark):
    head = (
        f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else "<?xml version='1.0'?>\n"
    )

    found = recognise_xml(mark + (head + TEXT).encode(codec))

    assert found is not None
    assert found.encoding == codec
    assert records(mark + (head + TEXT).encode(codec)) == records(("\n" + TEXT).encode())


@pytest.mark.parametrize(
    "text",
    [
        TEXT.encode("latin-1", "replace").replace(b"?", b"\xe9"),
        b'<?xml version="1.0" encoding="utf-8"?>' + TEXT.encode("cp1252"),
        b'<?xml version="1.0" encoding="ascii"?>' + TEXT.encode("cp1252"),
        b'<?xml version="1.0" encoding="utf-16"?>' + TEXT.encode(),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + TEXT.encode(),
        codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="latin-1"?>' + TEXT.encode(),
        codecs.BOM_UTF16_LE + f'<?xml version="1.0" encoding="utf-8"?>{TEXT}'.encode("utf-16-le"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        b'<?xml version="1.0" encoding="klingon"?>' + TEXT.encode(),
        b'<?xml version="1.0" encoding="utf-7"?>' + TEXT.encode(),
        b'<?xml version="1.0" encoding="cp1252"?>' + TEXT.encode("cp1252") + b"<!--\x81-->",
    ],
)
def test_another_encoding_than_declared_refuses_the_file(text):
    with pytest.raises(Unreadable) as caught:
        records(text)

    assert caught.value.cause.code == "xml"


def test_blank_space_before_the_declaration_does_no_harm():
    text = b'\n\n <?xml version="1.0" encoding="utf-8"?>\n' + TEXT.encode()

    assert records(text)[0][1] == [5, 6]
