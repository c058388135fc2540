"""A feed that a sample wrote reads the sample as it was read without it."""

import gzip

import pytest

from headwater.adapters.duckdb.sources.source import found_as
from headwater.config.confirmed import confirmed_keys
from headwater.config.load import parse
from headwater.config.write import FeedDraft, starter, with_feed
from headwater.model.confirm import confirmed
from headwater.model.manner import Manner
from headwater.reading.manner import manner_of
from headwater.reading.records import records
from tests.contracts.bench import feed_of
from tests.inputs import makers

ROWS = [(f"s{n}", f"2026-{n % 12 + 1:02d}-05", str(n)) for n in range(30)]
NAMES = ("id", "day", "qty")
LINES = "".join(f"{n:6} {'ann' if n % 2 else 'bob b':8} {n}.50\n" for n in range(10, 30))

SAMPLES = {
    "plain": ("id,x\n1,2\n", set()),
    "semicolons": ("id;x\n1;2\n2;3\n", {"delimiter"}),
    "tabs": ("id\tx\n1\t2\n", set()),
    "two characters": ("id||x\n1||2\n2||3\n", {"delimiter"}),
    "unit separators": ("id\x1fx\n1\x1f2\n2\x1f3\n", {"delimiter"}),
    "apostrophes": ("id,x\n1,'a,b'\n2,'c'\n3,'it''s'\n", {"quote"}),
    "backslashes": ('id,x\n1,"a\\"b"\n2,"c\\"d"\n', {"escape"}),
    "an export": ("id\tx\ty\n1\t\\N\ta\\tb\n2\t\tc\n", {"quote", "escape", "nulls"}),
    "no header": ("1,2\n3,4\n", {"header"}),
    "two header rows": ("id,who,money\n[1],[text],[EUR]\n1,a,2\n2,b,3\n3,c,4\n", {"header"}),
    "a preamble": ("Sales\nof may\n\nid,day,x\n1,2026-01-01,2\n3,2026-01-02,4\n", {"skip"}),
    "comments": ("# by me\n# today\nid,x\n1,2\n# more to come\n3,4\n", {"skip", "comment"}),
    "sep line": ("sep=;\nid;x\n1;2\n3;4\n", {"delimiter", "skip"}),
    "decimal comma": ("id;x\n1;2,5\n2;3,25\n", {"delimiter", "decimal"}),
    "utf-16": ("id;ä\n1;ö\n2;ü\n".encode("utf-16"), {"encoding", "delimiter"}),
    "a mark": (b"\xef\xbb\xbfid,x\n1,2\n", set()),
    "carriage returns": ("id;x\r1;2\r3;4\r", {"delimiter"}),
    "packed": (gzip.compress(b"title\n\nid|a|x\n1|b|2\n3|c|4\n"), {"delimiter", "skip"}),
    "a total": ("id;x\n1;2\n2;5\nTotal;7\n", {"delimiter"}),
    "row names": ('"x","y"\n"a",1,2\n"b",3,4\n', set()),
    "xml": (makers.xml_file(NAMES, ROWS), {"row"}),
    "fixed": ("    id name     amount\n" + LINES, {"columns", "skip"}),
    "log": (
        '1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.0" 200 23\n' * 3,
        {"pattern"},
    ),
    "dump": (makers.postgres_dump("public.sales", NAMES, ROWS), {"dump_table"}),
    "workbook": (makers.workbook(NAMES, ROWS), set()),
    "json": ('[{"id": 1}, {"id": 2}]', set()),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_feed_that_a_sample_wrote_reads_it_alike_and_fixes_what_is_unusual(tmp_path, name):
    text, keys = SAMPLES[name]
    path = tmp_path / "sample"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = found_as(path, feed_of())
    settled = confirmed(feed_of(), manner_of(found))
    written = tuple(confirmed_keys(settled))

    draft = FeedDraft(settled.format, keys=written)
    (feed,) = parse(with_feed(starter("acme"), "sales", draft)).feeds

    again = found_as(path, feed)
    assert {key for key, _ in written} == keys | ({"sheet"} if name == "workbook" else set())
    assert (again.format, again.columns) == (found.format, found.columns)
    assert manner_of(again).delimiter == manner_of(found).delimiter
    assert [(piece.text, piece.refused) for piece in records(path, again)] == [
        (piece.text, piece.refused) for piece in records(path, found)
    ]


def test_what_a_manner_does_not_show_stays_what_the_feed_says():
    feed = feed_of(quote="'", comment="#", nulls=("NA",))

    settled = confirmed(feed, Manner(feed.format))

    assert (settled.quote, settled.comment, settled.nulls) == ("'", "#", ("NA",))
