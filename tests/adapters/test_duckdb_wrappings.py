"""Packed and encoded files become the rows that the plain ones become, by the same ways."""

import bz2
import gzip
import io
import json
import lzma
import zipfile

import pytest

from headwater.model.feed import Format
from headwater.ports.engine import Fate
from tests.contracts.bench import feed_of

SMALL = 50
LARGE = 150_000


def table(rows):
    lines = [f'{n},"Grüße, {n}",{n % 97}.25' for n in range(rows)]
    return "id,name,amount\n" + "\n".join(lines) + "\n"


def zipped(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(f"{name}.csv", content)
    return held.getvalue()


WRAPPINGS = {
    "bzip2": lambda text: bz2.compress(text.encode()),
    "xz": lambda text: lzma.compress(text.encode(), preset=0),
    "zip": lambda text: zipped(one=text.encode()),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-32": lambda text: text.encode("utf-32"),
    "utf-16 in gzip": lambda text: gzip.compress(text.encode("utf-16"), 1),
    "utf-8 with a mark in zip": lambda text: zipped(one=text.encode("utf-8-sig")),
}


@pytest.mark.parametrize("wrapping", list(WRAPPINGS))
@pytest.mark.parametrize("rows", [SMALL, LARGE])
def test_a_wrapped_file_gives_the_rows_of_the_plain_one(bench, wrapping, rows):
    text = table(rows)

    plain = bench.convert(text)
    wrapped = bench.convert(WRAPPINGS[wrapping](text), records=[7])  # as counted where it lies

    assert wrapped.engine.endswith("fast")
    assert wrapped.results[0].books.written == rows
    assert sorted(bench.rows(wrapped)) == sorted(bench.rows(plain))


def test_a_small_file_of_much_text_is_read_fast(bench):
    rows = 30_000
    text = "id,name\n" + "".join(f"{n},{'x' * 1_000}\n" for n in range(rows))

    read = bench.convert(gzip.compress(text.encode()), table(SMALL), records=[7, SMALL + 1])

    assert read.engine.endswith("fast")
    assert [each.books.written for each in read.results] == [rows, SMALL]


@pytest.mark.parametrize("rows", [SMALL, LARGE])
@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16-le", "cp037"])
def test_a_declared_encoding_is_decoded(bench, encoding, rows):
    text = table(rows)

    plain = bench.convert(text)
    encoded = bench.convert(text.encode(encoding), feed=feed_of(encoding=encoding))

    assert sorted(bench.rows(encoded)) == sorted(bench.rows(plain))


@pytest.mark.parametrize("rows", [SMALL, LARGE])
def test_a_byte_that_its_encoding_lacks_costs_its_row_alone(bench, rows):
    content = table(rows).encode("cp1252") + b'9,"\x81",1.00\n' + table(2).encode("cp1252")[15:]

    conversion = bench.convert(content, feed=feed_of(encoding="windows-1252"))

    books = conversion.results[0].books
    assert (books.written, books.quarantined) == (rows + 2, 1)
    assert bench.refused(conversion) == [("file 0", rows + 2, "name", '9,"\\x81",1.00', "encoding")]


def test_json_lines_in_utf16_are_rows(bench):
    lines = "".join(json.dumps({"a": n, "b": "é"}, ensure_ascii=False) + "\n" for n in range(100))

    conversion = bench.convert(lines.encode("utf-16"), feed=feed_of(format=Format.NDJSON))

    assert sorted(bench.rows(conversion)) == [(n, "é") for n in range(100)]


def test_a_json_array_in_an_archive_is_rows(bench):
    conversion = bench.convert(zipped(one=b'[{"a": 1},\n {"a": 2}]'))

    assert sorted(bench.rows(conversion)) == [(1,), (2,)]


def test_members_of_one_header_are_one_table(bench):
    content = zipped(one=table(SMALL).encode(), two=table(SMALL).encode())

    conversion = bench.convert(content, feed=feed_of(member="*.csv"))

    assert conversion.results[0].books.written == 2 * SMALL
    assert sorted(bench.rows(conversion)) == sorted(2 * bench.rows(bench.convert(table(SMALL))))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(one=b"a\nx\n", two=b"a\ny\n"), "multi"),
        (lzma.compress(table(SMALL).encode())[:-9], "truncated"),
        (bz2.compress(table(SMALL).encode()) + b"garbage", "corrupt"),
        (gzip.compress(bz2.compress(b"a,b\n1,2\n"), mtime=0), "nested"),
        (table(SMALL).encode("cp1252"), "encoding"),
        (table(SMALL).encode("utf-16-le"), "encoding"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "compression"),
    ],
)
def test_what_cannot_be_unwrapped_is_refused_and_harms_no_neighbour(bench, content, code):
    conversion = bench.convert(content, table(SMALL))

    assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
    assert conversion.results[0].cause.code == code
    assert len(bench.rows(conversion)) == SMALL
