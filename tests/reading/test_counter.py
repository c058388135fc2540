"""The count that shares the pass over a file's bytes believes the bytes, not the name."""

import bz2
import gzip
import lzma
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from headwater.model.feed import Feed, Format
from headwater.model.ids import FeedName, TableName
from headwater.reading.counter import counter

TEXT = b"id,name\n1,a\n2,b\n3,c\n"
PLAIN = Path("plain.csv")


def zipped() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", TEXT)
    return stream.getvalue()


PACKED = {
    "gzip": gzip.compress(TEXT * 99),
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "zip": zipped(),
    "parquet": b"PAR1\x15\x04\n\n\x15",
    "avro": b"Obj\x01\x04\x16avro.codec\n",
}


def count(
    content: bytes, path: Path, *, cut: int = 1 << 20, feed: Feed | None = None
) -> int | None:
    counting = counter(feed, path)
    assert counting is not None
    for start in range(0, len(content), cut):
        counting.update(memoryview(content)[start : start + cut])
    return counting.finish()


@pytest.mark.parametrize("content", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("cut", [1, 7, 1 << 20])
def test_lines_in_what_is_packed_are_no_records_whatever_its_name_says(content, cut):
    assert count(content, PLAIN, cut=cut) is None


@pytest.mark.parametrize("cut", [1, 7, 63, 64, 65, 1 << 20])
@pytest.mark.parametrize("times", [1, 5])
def test_a_text_is_counted_wherever_it_is_cut(cut, times):
    assert count(TEXT * times, PLAIN, cut=cut) == 4 * times


@pytest.mark.parametrize("text", [b"PAR1,b\n1,2\n", b"ORC,b\n1,2\n", b"BZh9,b\n1,2\n"])
def test_a_text_may_begin_with_the_letters_of_a_magic(text):
    assert count(text, PLAIN) == 2


def test_a_text_is_counted_that_is_named_as_if_it_were_packed():
    feed = Feed(FeedName("f"), ("f/**",), TableName("f"), Format.CSV)

    assert count(TEXT, Path("plain.csv.gz"), feed=feed) == 4


def test_a_file_without_bytes_has_no_records():
    assert count(b"", PLAIN) == 0
