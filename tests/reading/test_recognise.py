"""What a file is comes from its bytes; its name and its feed only help."""

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile

import pytest
from backports import zstd

from headwater.model.feed import Format
from headwater.reading.packing.magic import Compression
from headwater.reading.recognise import recognise
from headwater.reading.unreadable import Unreadable

PARQUET = b"PAR1\x15\x04\x15\x10" + b"\0" * 40 + struct.pack("<I", 8) + b"PAR1"


@pytest.fixture
def see(tmp_path):
    def see(content, declared=Format.AUTO, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return recognise(path, declared)

    return see


@pytest.fixture
def refusal(see):
    def refusal(content, declared=Format.AUTO):
        with pytest.raises(Unreadable) as caught:
            see(content, declared)
        return caught.value.cause

    return refusal


def test_a_plain_csv_is_known_with_its_columns(see):
    found = see(b"id,Order Date\n1,2024-01-01\n")

    assert (found.format, found.compression) == (Format.CSV, Compression.NONE)
    assert (found.dialect.delimiter, found.dialect.newline, found.dialect.header) == (
        ",",
        "\n",
        True,
    )
    assert found.columns == ("id", "Order_Date")
    assert found.originals == ("id", "Order Date")
    assert found.notes == ("column names changed: 'Order Date' is Order_Date",)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "\x01"])
def test_the_delimiter_is_the_one_that_gives_an_even_width(see, delimiter):
    lines = [["a", "b", "c"], ["1,5", "x;y", "z|q"], ["2,5", '"x"', ""], ["1,2", "x", "t\tt"]]
    rows = [[f'"{cell}"' if delimiter in cell else cell for cell in row] for row in lines]

    found = see("\n".join(delimiter.join(row) for row in rows).encode())

    assert found.dialect.delimiter == delimiter
    assert found.columns == ("a", "b", "c")
    assert found.format is (Format.TSV if delimiter == "\t" else Format.CSV)


def test_many_cells_that_span_lines_do_not_hide_the_delimiter(see):
    body = b"".join(b'%d;"one, two\nthree, four\nfive, six"\n' % n for n in range(50))

    assert see(b"id;text\n" + body).dialect.delimiter == ";"


def test_declared_tsv_is_split_at_tabs_alone(see):
    assert see(b"a,b\tc\n1,2\t3\n", Format.TSV).columns == ("a_b", "c")


def test_one_column_is_a_table_too(see):
    assert see(b"name\nAnn\nBob\n").columns == ("name",)


def test_a_header_alone_is_enough(see):
    assert see(b"a;b;c\n").columns == ("a", "b", "c")


def test_a_first_record_with_a_number_or_date_is_no_header(see):
    found = see(b"x,1\ny,2\n")

    assert not found.dialect.header
    assert found.columns == ("column_1", "column_2")
    assert "no header" in found.notes[0]
    assert not see(b"ann,2024-01-31\nbob,2024-02-01\n").dialect.header


def test_a_byte_order_mark_is_dropped_and_noted(see):
    found = see(b"\xef\xbb\xbfid,b\n1,2\n")

    assert (found.columns, found.dialect.skip_bytes) == (("id", "b"), 3)
    assert "byte order mark dropped" in found.notes


@pytest.mark.parametrize(
    ("content", "newline"),
    [
        (b"a,b\n1,2\n", "\n"),
        (b"a,b\r\n1,2\r\n", "\r\n"),
        (b"a,b\r1,2\r", "\r"),
        (b"a,b\r\n1,2\n", "mixed"),
        (b'a,b\r\n1,"x\ny"\r\n', "\r\n"),
        (b"a,b", "\n"),
    ],
)
def test_line_ends_are_told_outside_quotes(see, content, newline):
    assert see(content).dialect.newline == newline


@pytest.mark.parametrize("content", [b"", b"\n\n \r\n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n"])
def test_nothing_but_blanks_is_empty(refusal, content):
    assert refusal(content).code == "empty"


def test_one_wrong_byte_among_many_right_letters_is_left_to_its_row(see):
    assert see("a,b\n1,grüß\n2,été\n".encode() + b"3,\xff\n").columns == ("a", "b")


def test_a_letter_cut_by_the_samples_end_is_no_fault(see):
    assert see(b"a,b\n1," + "é,".encode() + b"x\n1," + "é".encode() * 700_000).format is Format.CSV


def test_a_nul_in_a_field_is_no_binary_file(see):
    assert see(b"a,b\n1,\0two\n").columns == ("a", "b")


@pytest.mark.parametrize("content", [b"\0" * 5_000_000, bytes(range(256)) * 40])
def test_binary_data_is_refused(refusal, content):
    assert refusal(content).code == "binary"


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 50, "compression", "rar"),
        (b"LZIP\x01" + b"\0" * 50, "compression", "lzip"),
        (b"\x5d\x00\x00\x80\x00" + b"\xff" * 8 + b"\0" * 50, "compression", "lzma"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, "compression", "7z"),
        (b"Obj\x01" + b"\0" * 50, "avro", "Avro"),
        (b"ORC" + b"\x01" * 50 + b"ORC\x20", "orc", "ORC"),
        (b"%PDF-1.7\n", "type", "PDF"),
        (b"\n<!DOCTYPE html><html>", "type", "HTML"),
        (b"<html><body>503</body></html>", "type", "HTML"),
        (b"<?xml version='1.0'?><a/>", "type", "XML"),
    ],
)
def test_known_strangers_are_named_with_what_to_do(refusal, content, code, word):
    cause = refusal(content, Format.JSON)

    assert cause.code == code
    assert word in cause.message
    assert ";" in cause.message


def test_a_document_is_told_from_an_archive(refusal):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")

    cause = refusal(held.getvalue())

    assert cause.code == "type"
    assert "Word" in cause.message


def test_a_csv_whose_header_begins_like_a_magic_is_a_csv(see):
    assert see(b"ORCID,name\nx,y\n").columns == ("ORCID", "name")
    assert see(b"BZhour,name\nx,y\n").columns == ("BZhour", "name")
    assert see(b"PAR1,name\nx,y\n").columns == ("PAR1", "name")


def test_parquet_wins_over_what_is_declared(see):
    found = see(PARQUET, Format.CSV)

    assert found.format is Format.PARQUET
    assert found.notes


def test_csv_wins_over_declared_parquet(see):
    found = see(b"a,b\n1,2\n", Format.PARQUET)

    assert found.format is Format.CSV
    assert found.notes


@pytest.mark.parametrize(
    "content", [PARQUET[:-4], PARQUET[:20], PARQUET[:-8] + b"\xff" * 4 + b"PAR1"]
)
def test_a_cut_parquet_is_refused(refusal, content):
    assert refusal(content).code == "parquet"


@pytest.mark.parametrize(
    ("pack", "compression"),
    [
        (gzip.compress, Compression.GZIP),
        (zstd.compress, Compression.ZSTD),
        (bz2.compress, Compression.BZIP2),
        (lzma.compress, Compression.XZ),
    ],
)
def test_packed_text_is_looked_into_whatever_its_name(see, pack, compression):
    found = see(pack(b"a,b\n1,2\n"))

    assert (found.format, found.compression, found.columns) == (Format.CSV, compression, ("a", "b"))


def test_what_is_packed_twice_is_refused(refusal):
    assert refusal(gzip.compress(gzip.compress(b"a,b\n1,2\n"))).code == "nested"
    assert refusal(bz2.compress(lzma.compress(b"a,b\n1,2\n"))).code == "nested"
    assert refusal(gzip.compress(PARQUET)).code == "nested"


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        (b'{"a":1}\n{"a":2}\n', Format.AUTO, Format.NDJSON),
        (b'{"a":1}', Format.AUTO, Format.NDJSON),
        (b'\n{"a":1}\n{"a":2}\n', Format.JSON, Format.NDJSON),
        (b'{\n "a":1\n}\n{\n "a":2\n}\n', Format.AUTO, Format.JSON),
        (b'{\n "a":[\n{"b":2}\n]}\n', Format.NDJSON, Format.JSON),
        (b'{"a":1,}\n{"a":2}\n', Format.AUTO, Format.NDJSON),
        (b'{"a":1}{"b":2}\n{"a":2}\n', Format.AUTO, Format.NDJSON),
        (b'{"a":1}{"b":2}', Format.AUTO, Format.JSON),
        (b'[{"a":1}]', Format.AUTO, Format.JSON),
        (b'[\n{"a":1}\n]', Format.NDJSON, Format.JSON),
        (b'[1]\n{"a":1}\n', Format.NDJSON, Format.NDJSON),
        (b'null\n{"a":1}\n', Format.NDJSON, Format.NDJSON),
        (b"[id],[name]\n1,2\n", Format.CSV, Format.CSV),
        (b"{id},name\n1,2\n", Format.CSV, Format.CSV),
    ],
)
def test_json_is_told_by_its_lines(see, content, declared, expected):
    assert see(content, declared).format is expected


def test_an_array_on_one_endless_line_is_json(see):
    text = json.dumps([{"a": "x" * 100}] * 20_000).encode()

    assert see(text).format is Format.JSON


def test_text_that_is_declared_json_and_is_none_is_refused(refusal):
    assert refusal(b"a,b\n1,2\n", Format.JSON).code == "json"
    assert refusal(b"a,b\n1,2\n", Format.NDJSON).code == "json"


def test_json_lines_that_are_declared_csv_are_refused(refusal):
    assert refusal(b'{"a":1,"b":2}\n{"a":2,"b":3}\n', Format.CSV).code == "type"


def test_a_first_line_without_end_is_refused(refusal):
    assert refusal(b"a" * (17 << 20)).code == "line_too_long"


def test_a_header_longer_than_the_sample_is_read_whole(see):
    names = ",".join(f"column_{n:0200}" for n in range(8000))

    assert len(see(names.encode() + b"\n").columns) == 8000


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"a,a\n", "columns"),
        (b"Id,ID\n", "columns"),
        (b"a b,a.b\n", "columns"),
        (b"a,,c\n", "columns"),
        (b"a,_arrival\n", "reserved"),
        (b"a,__index_level_0__\n", "reserved"),
        (b"a," + b"x" * 300 + b"\n", "columns"),
        (",".join(f"c{n}" for n in range(20_000)).encode() + b"\n", "too_wide"),
        (b'a,"b\n', "quote"),
        (b'a,b"c\n', "quote"),
    ],
)
def test_names_that_no_table_can_have_refuse_the_file(refusal, header, code):
    assert refusal(header, Format.CSV).code == code


def _seen(tmp_path, content):
    path = tmp_path / "lines"
    path.write_bytes(content)
    return recognise(path, Format.AUTO)


def test_colons_in_times_and_addresses_between_aligned_columns_part_none(tmp_path):
    rows = b"".join(b"tcp   %3d  10.0.0.1:80    10.0.0.2:%d  up\n" % (n, n) for n in range(9))

    assert _seen(tmp_path, rows).columns == ("column_1",)
    assert _seen(tmp_path, b"NAME  MAJ:MIN  SIZE\nvda   254:0    12G\nvdb   7:1      3G\n").columns
    assert len(_seen(tmp_path, b"a:      one\nbb:     two\nccc:    three\n").columns) == 2


def test_blanks_that_fill_columns_up_part_none(tmp_path):
    rows = b"".join(b"%4d%8d loop%d %d 0 0\n" % (7, n, n, n) for n in range(9))

    assert _seen(tmp_path, rows).columns == ("column_1",)


def test_small_numbers_parted_by_blanks_are_columns(tmp_path):
    assert len(_seen(tmp_path, b"1 0 1 1\n0 1 0 0\n1 1 1 0\n").columns) == 4
    assert len(_seen(tmp_path, b"1 234 567\n2 345 678\n9 999 999\n").columns) == 1


@pytest.mark.parametrize("start", [b"https://%c.example/way", b"%c.nn@one.example"])
def test_a_list_of_addresses_has_one_column_and_no_header(tmp_path, start):
    found = _seen(tmp_path, b"".join(start % letter + b"\n" for letter in b"abcdef"))

    assert found.columns == ("column_1",)


def test_what_is_no_address_may_be_parted_by_its_mark(tmp_path):
    assert len(_seen(tmp_path, b"1@Ann@Ulm\n2@Bob@Bonn\n3@Eve@Hof\n").columns) == 3
    assert len(_seen(tmp_path, b"ann:x:/a\nbob:y:/b\neve:z:/c\n").columns) == 3
