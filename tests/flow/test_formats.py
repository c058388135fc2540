"""Files of every format go the whole way: landed, read, queried, and what was refused is shown."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
from pathlib import Path

import pytest

from headwater.reading.counter import counter
from tests.contracts.bench import feed_of
from tests.flow import lakes
from tests.inputs import makers

NAMES = ("id", "day", "qty")
GOOD = [(f"s{n}", f"2026-{n % 12 + 1:02d}-05", str(n)) for n in range(30)]
ROWS = [*GOOD[:20], ("bad", "2026-01-05", "many"), *GOOD[20:]]
PLACES = "columns: [id 1 5, day 6 11, qty 17 6]"
PATTERN = r"pattern: '(?P<id>\S+) (?P<day>\S+) (?P<qty>[0-9]+)'"

TEXTS = {
    "xml": (makers.xml_file(NAMES, ROWS), "format: xml"),
    "xml found": (makers.xml_file(NAMES, ROWS), "format: auto"),
    "fixed": (makers.fixed_file((5, 11, 6), ROWS), f"format: fixed\n    {PLACES}"),
    "log": (makers.lines_file(ROWS), f"format: log\n    {PATTERN}"),
    "pg_dump": (makers.postgres_dump("public.sales", NAMES, ROWS), "format: sqldump"),
    "mysqldump": (makers.mysql_dump("sales", NAMES, ROWS), "format: auto"),
}
TYPED = {
    "workbook": (makers.workbook(NAMES, ROWS), "format: excel\n    sheet: 1"),
    "workbook found": (makers.workbook(NAMES, ROWS), "format: auto"),
    "avro": (makers.avro_file(NAMES, ROWS), "format: avro"),
    "orc": (makers.orc_file(NAMES, ROWS), "format: auto"),
}


def zipped(content):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("export.txt", content)
    return held.getvalue()


PACKINGS = {"plain": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "zip": zipped}
CASES = [
    *(pytest.param(*TEXTS[t], pack, id=f"{t}, {p}") for t in TEXTS for p, pack in PACKINGS.items()),
    *(pytest.param(*TYPED[t], bytes, id=t) for t in TYPED),
]


@pytest.mark.parametrize(("content", "keys", "pack"), CASES)
def test_every_good_row_is_in_the_table_and_the_bad_one_in_quarantine(
    folder, incoming, content, keys, pack
):
    schema = "schema: {id: text not null, day: date, qty: bigint}"
    feed = f"  sales:\n    {keys}\n    {schema}\n    partition: [month(day)]\n"

    with lakes.make(folder, feed) as lake:
        (receipt,) = lake.ingest("sales", incoming("sales.dat", pack(content))).receipts

        sql = "select id, day::varchar, qty::varchar from sales order by qty"
        assert lake.query(sql).rows() == GOOD
        books = receipt.books
        assert (books.counted, books.written, books.quarantined) == (31, 30, 1)
        (refused,) = lake.refused_rows()
        assert "bad" in refused.raw
        assert lake.verify().holds


def test_a_short_row_is_padded_where_the_feed_says_so(folder, incoming):
    feed = "  sales:\n    ragged: pad\n    schema: {id: text, day: date, qty: bigint}\n"

    with lakes.make(folder, feed) as lake:
        lake.ingest("sales", incoming("a.csv", "id,day,qty\na,2026-01-05,1\nb\nc,,3,\n"))

        assert lake.query("select id, qty from sales order by id").rows() == [
            ("a", 1),
            ("b", None),
            ("c", 3),
        ]


def test_stray_quotes_and_twice_the_same_name_are_read_where_the_feed_is_lenient(folder, incoming):
    with lakes.make(folder, "  sales:\n    format: csv\n    lenient: true\n") as lake:
        lake.ingest("sales", incoming("a.csv", 'id,id,\na,5" pipe,1\nb,"x"y,2\n'))

        assert lake.query("select * exclude (_arrival) from sales order by id").rows() == [
            ("a", '5" pipe', 1),
            ("b", '"x"y', 2),
        ]


def test_a_declared_encoding_and_a_member_of_an_archive_are_read(folder, incoming):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("readme.txt", "nothing")
        made.writestr("data.csv", "id;name\n1;Grüße\n".encode("windows-1252"))
    feed = "  sales:\n    encoding: windows-1252\n    member: data*\n"

    with lakes.make(folder, feed) as lake:
        lake.ingest("sales", incoming("a.zip", held.getvalue()))

        assert lake.query("select id, name from sales").rows() == [(1, "Grüße")]


def test_a_told_delimiter_header_and_preamble_are_taken(folder, incoming):
    feed = "  sales:\n    format: csv\n    delimiter: ':'\n    header: 0\n    skip: 2\n"

    with lakes.make(folder, feed) as lake:
        lake.ingest("sales", incoming("a.csv", "x:y:z\nfoo\na:b,c\nd:e,f\n"))

        assert lake.query("select column_1, column_2 from sales order by 1").rows() == [
            ("a", "b,c"),
            ("d", "e,f"),
        ]


@pytest.mark.parametrize("suffix", ["gz", "zst", "zip", "bz2", "xz", "lz4"])
def test_what_is_packed_is_not_counted_as_it_lies(suffix):
    assert counter(feed_of(), Path(f"sales.csv.{suffix}")) is None


def test_what_is_encoded_is_counted_as_it_lies_where_ascii_is_itself_in_it():
    path = Path("sales.csv")

    assert counter(feed_of(encoding="utf-16-le"), path) is None
    assert counter(feed_of(encoding="windows-1252"), path) is not None
