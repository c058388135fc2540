"""Bad and odd inputs, each made by a generator, with what is promised of it.

OK: every row is read. ROWS: some are, the others are refused by line. Q and a code: the file
is refused whole.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma

from headwater.model.feed import Doctype, Format, Ragged, Selection, Types
from tests.inputs import makers
from tests.inputs.entry import Entry, archive, text
from tests.inputs.limits import ARCHIVES, BOMBS, LARGE
from tests.inputs.parquets import PARQUETS
from tests.inputs.values import VALUES

CSV = "id,name\n1,Ann\n2,Bob\n"
XML = "<all><row><id>1</id><name>Ann</name></row><row><id>2</id><name>Bob</name></row></all>"
LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
    "<l><r><v>&b;</v></r></l>"
)
OUTSIDE = "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><l>&x;</l>"
PLAIN_TYPE = (
    "<?xml version='1.0'?>\n<!DOCTYPE l PUBLIC '-//A//DTD L//EN' 'http://127.0.0.1:9/l.dtd' [\n"
    "<!ELEMENT l (r*)><!ELEMENT r EMPTY> ]>\n<l><r a='1'/>\n<r a='2'/></l>"
)
SKIP = Selection(doctype=Doctype.SKIP)
LOG = '10.0.0.1 - ann [10/Oct/2024:13:55:36 +0200] "GET /a?b=\\"c\\" HTTP/1.1" 200 5\n'
NAMES = ("id", "name")
TWO = [("1", "Ann"), ("2", "Bob")]
DUMP = makers.postgres_dump("public.people", NAMES, [("1", "Ann"), ("2", r"\N"), ("3", r"a\nb")])

TEXTS = {
    "B01 empty file": text(b"", "Q:empty"),
    "B02 header only": text("id,name\n"),
    "B03 only blank lines": text("\n\n\n", "Q:empty"),
    "B03 only a mark": text(b"\xef\xbb\xbf", "Q:empty"),
    "B04 mark of UTF-8": text(CSV.encode("utf-8-sig")),
    "B05 UTF-16 with a mark": text(CSV.encode("utf-16")),
    "B06 UTF-16 without a mark": text(CSV.encode("utf-16-le"), "Q:encoding"),
    "B06 UTF-16 without a mark, declared": text(CSV.encode("utf-16-le"), encoding="utf-16-le"),
    "B07 CP1252, undeclared": text("id,name\n1,Grüße\n".encode("cp1252"), "Q:encoding"),
    "B08 CP1252, declared, an undefined byte": text(
        b"id,name\n1,Gr\xfc\xdfe\n2,\x81\n", "ROWS", encoding="cp1252"
    ),
    "B10 overlong UTF-8": text(b"id,name\n1,\xc0\xaf\n" * 40, "Q:encoding"),
    "B12 binary": text(b"\0" * 100_000, "Q:binary"),
    "B13 CR alone": text(CSV.replace("\n", "\r")),
    "B14 line ends mixed": text("id,name\r\n1,Ann\n2,Bob\r\n"),
    "B15 line end in quotes": text('id,name\r\n1,"A\r\nnn"\r\n2,Bob\r\n'),
    "B16 no line end at the end": text(CSV.rstrip()),
    "B17 short row": text("id,name,n\n1,Ann,1\n2,Bob\n3,Cy,3\n", "ROWS"),
    "B17 short row, padded": text("id,name,n\n1,Ann,1\n2,Bob\n", ragged=Ragged.PAD),
    "B18 long row": text("id,name\n1,Ann\n2,Bob,x\n3,Cy\n", "ROWS"),
    "B20 unclosed quote": text('id,name\n1,"Ann\n2,Bob\n3,Cy\n', "ROWS"),
    "B21 stray quote": text('id,name\n1,5" pipe\n2,Bob\n3,"x"y\n', "ROWS"),
    "B21 stray quote, lenient": text('id,name\n1,5" pipe\n2,Bob\n3,"x"y\n', lenient=True),
    "B22 backslash before a quote": text('id,name\n1,"a \\"b\\" c"\n2,"d"\n'),
    "B23 delimiter of two characters": text("id||name\n1||Ann\n2||Bob\n"),
    "B23 delimiter 0x01": text("id\x01name\n1\x01Ann\n2\x01Bob\n"),
    "B23 delimiter of two characters, told": text(
        "id||name\n1||Ann\n2||B|b\n", delimiter="||"
    ),
    "B23 delimiter told": text("id:name\n1:a,b\n2:c,d\n", delimiter=":"),
    "B25 too many columns": Entry(
        "Q:too_wide", lambda: ",".join(f"c{n}" for n in range(10_001)).encode() + b"\n"
    ),
    "B27 a name twice": text("a,a\n1,2\n", "Q:columns"),
    "B27 a name twice, lenient": text("a,a\n1,2\n", lenient=True),
    "B28 names differing by case": text("Id,ID\n1,2\n", "Q:columns"),
    "B29 blank name": text("a,,c\nx,2,z\n", "Q:columns"),
    "B29 blank name, lenient": text("a,,c\nx,2,z\n", lenient=True),
    "B32 reserved name": text("_arrival,b\nx,2\n", "Q:reserved"),
    "B34 header again": text("id,name\n1,Ann\nid,name\n2,Bob\n", "ROWS"),
    "B35 preamble and footer": text("Report\n\nid,name,n\n1,Ann,2\n2,Bob,3\nTotal,,5\n"),
    "B35 preamble, told": text("a,b\nc,d\nid,name\n1,Ann\n", skip=2),
    "B37 long integers": text("n\n9223372036854775808\n123456789012345678901234567890\n"),
    "B39 words for nothing": text("v\nNA\nnull\nNamibia\n"),
    "B40 leading zeros": text("v\n00123\n00200\n"),
    "B43 ambiguous dates": text("v\n03/04/2024\n04/03/2024\n"),
    "B48 formulas": text("v,w\n=1+1,@x\n-a,+b\n"),
    "B98 dump with nulls and escapes": text(DUMP),
    "B98 dump cut in its rows": text(DUMP[: DUMP.index(b"3\t")], "Q:truncated"),
    "B98 dump of two tables": text(DUMP + makers.mysql_dump("o", NAMES, TWO), "Q:multi"),
    "B98 dump of MySQL": text(makers.mysql_dump("people", NAMES, [("1", r"a\'b\n"), ("2", "")])),
    "B99 sep line": text("sep=;\nid;name\n1;a,b\n"),
    "L1 access log": text(LOG * 3 + "nonsense\n" + LOG * 30, "ROWS"),
    "L2 log by a pattern": text(
        "a=1 ok\nbroken\nb=2 no\n",
        "ROWS",
        selection=Selection(pattern=r"(?P<key>\w+)=(?P<n>\d+) (?P<what>\w+)"),
    ),
    "L3 fixed width found": text(makers.fixed_file((5, 9, 4), [("id", "name", "n")] + [
        (str(n), f"name {n}", f"{n:4}") for n in range(8)
    ])),
}  # fmt: skip

OBJECTS = {
    "B49 trailing comma": text('[{"a": 1,}]', "Q:json"),
    "B50 key twice": text('{"a": 1, "a": 2}\n{"a": 3}\n', "ROWS"),
    "B51 keys differing by case": text('{"a": 1, "A": 2}\n', "Q:columns"),
    "B53 NaN": text('{"a": 1}\n{"a": NaN}\n', "ROWS"),
    "B55 half a character": text('{"a": "x"}\n{"a": "\\ud800"}\n', "ROWS"),
    "B57 lines that are no objects": text('{"a": 1}\n[1]\n\n5\nnull\n', "ROWS"),
    "B58 last line cut": text('{"a": 1}\n{"a": 2}\n{"a', "ROWS"),
    "B60 object, then string": text('{"a": {"b": 1}}\n{"a": "x"}\n'),
    "B74 entities that grow": text(LAUGHS, "Q:xml_entity"),
    "B74 entities that grow, type passed over": text(LAUGHS, "Q:xml_entity", selection=SKIP),
    "B74 document type without entities": text(PLAIN_TYPE, "Q:xml_entity"),
    "B74 document type without entities, passed over": text(PLAIN_TYPE, selection=SKIP),
    "B75 entity from outside": text(OUTSIDE, "Q:xml_entity"),
    "B75 entity from outside, type passed over": text(OUTSIDE, "Q:xml_entity", selection=SKIP),
    "B76 XML too deep": Entry("Q:depth", lambda: b"<r>" * 100_000 + b"</r>" * 100_000),
    "B77 namespaces": text(
        "<a:all xmlns:a='urn:a' xmlns='urn:b'><a:row><id>1</id></a:row>"
        "<x:row xmlns:x='urn:a'><id>2</id></x:row></a:all>"
    ),
    "B78 attributes, CDATA, mixed content": text(
        "<all><row id='1'><id>2</id><t><![CDATA[<b>]]></t><m>a<i>b</i>c</m></row>"
        "<row id='3'><id>4</id></row></all>"
    ),
    "B79 another encoding than declared": text(
        b"<?xml version='1.0' encoding='utf-8'?><all><r><v>\xfc</v></r></all>", "Q:xml"
    ),
    "B79 XML cut": text(XML[:-6], "Q:xml"),
    "B79 two roots": text(XML + XML, "Q:xml"),
    "B79 XML of nothing": text("<?xml version='1.0'?>\n<all/>\n", "Q:empty"),
    "B79 XML without the row": text(XML, "Q:xml", selection=Selection(row="order")),
    "B80 rows with parts": text(
        "<all><r><n>1</n><p><q>a</q><q>b</q></p></r><r><n>2</n></r></all>"
    ),
    "B80 the row named": text(
        "<all><h><id>9</id></h><r><n>1</n><p><q>a</q></p></r></all>", selection=Selection(row="p")
    ),
    "B36 XML with one odd value": text(
        XML.replace("<id>2<", "<id>two<"), format=Format.XML
    ),
    "X1 text alone": text(XML, types=Types.TEXT),
}  # fmt: skip

PACKED = {
    "B62 gzip cut": text(gzip.compress(CSV.encode() * 500, mtime=0)[:-20], "Q:truncated"),
    "B63 gzip of several members": text(
        gzip.compress(b"id,name\n", mtime=0) + gzip.compress(b"1,Ann\n", mtime=0)
    ),
    "B64 gzip with garbage behind": text(
        gzip.compress(CSV.encode(), mtime=0) + b"garbage", "Q:corrupt"
    ),
    "B67 gzip in gzip": text(
        gzip.compress(gzip.compress(CSV.encode(), mtime=0), mtime=0), "Q:nested"
    ),
    "B68 zip of one": archive(("a.csv", CSV)),
    "B69 zip of two": archive(("a.csv", CSV), ("b.csv", CSV), becomes="Q:multi"),
    "B69 zip of two, both wanted": archive(("a.csv", CSV), ("b.csv", CSV), member="*.csv"),
    "B70 zip that leads outside": archive(("../a.csv", CSV), becomes="Q:zip_path"),
    "B70 zip of nothing": archive(("a.csv", ""), becomes="Q:empty"),
    "B72 web page named as data": text("<!DOCTYPE html><html><body>503</body>", "Q:type"),
    "B72 Avro declared as CSV": text(makers.avro_file(NAMES, TWO), format=Format.CSV),
    "B73 bzip2": text(bz2.compress(CSV.encode())),
    "B73 xz": text(lzma.compress(CSV.encode())),
    "B73 7z": text(b"7z\xbc\xaf\x27\x1c" + b"\0" * 60, "Q:compression"),
    "B74 entities in a packed file": text(gzip.compress(LAUGHS.encode(), mtime=0), "Q:xml_entity"),
    "A1 Avro": text(makers.avro_file(NAMES, TWO)),
    "A2 Avro cut": text(makers.avro_file(NAMES, TWO * 500)[:-40], "Q:avro"),
    "A3 Avro in gzip": text(gzip.compress(makers.avro_file(NAMES, TWO)), "Q:nested"),
    "O1 ORC": text(makers.orc_file(NAMES, TWO)),
    "O2 ORC damaged": text(
        makers.orc_file(NAMES, TWO)[:-30] + b"\0" * 26 + b"ORC\x10", "Q:orc"
    ),
    "E1 workbook": text(makers.workbook(NAMES, TWO)),
    "E2 workbook without that sheet": text(
        makers.workbook(NAMES, TWO), "Q:sheet", selection=Selection(sheet="May")
    ),
    "E3 a range of a workbook": text(
        makers.workbook(("Report",), [NAMES, *TWO]), selection=Selection(cells="A2:B3")
    ),
    "N1 long array": text(json.dumps([{"id": n, "v": [n]} for n in range(5)])),
}  # fmt: skip

ENTRIES: dict[str, Entry] = {
    **TEXTS, **OBJECTS, **PACKED, **PARQUETS, **ARCHIVES, **BOMBS, **LARGE, **VALUES,
}  # fmt: skip
