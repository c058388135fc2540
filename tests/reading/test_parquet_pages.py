"""Pages of Parquet files are checked, and whatever a header says, the answer is a refusal."""

from __future__ import annotations

import io
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.reading.parquet.compact import Compact, Malformed
from headwater.reading.parquet.pages import Chunk, check_pages, has_checksum, pages
from headwater.reading.unreadable import Unreadable


def written(*, checksum):
    held = io.BytesIO()
    table = pa.table({"n": pa.array(range(2_000))})
    pq.write_table(
        table, held, write_page_checksum=checksum, use_dictionary=False, data_page_size=1_000
    )
    column = pq.ParquetFile(held).metadata.row_group(0).column(0)
    return held.getvalue(), Chunk("n", column.data_page_offset, column.total_compressed_size)


def test_every_page_is_found_up_to_the_chunks_end():
    content, chunk = written(checksum=False)

    found = list(pages(io.BytesIO(content), chunk))

    assert len(found) > 1
    assert found[-1].start + found[-1].packed_bytes == chunk.start + chunk.size_bytes


@pytest.mark.parametrize("checksum", [True, False])
def test_checksums_are_seen_where_they_are(checksum):
    content, chunk = written(checksum=checksum)

    assert has_checksum(io.BytesIO(content), chunk) is checksum
    check_pages(io.BytesIO(content), chunk)


def test_no_flipped_bit_of_a_page_goes_unseen_where_there_are_checksums():
    content, chunk = written(checksum=True)
    page = next(pages(io.BytesIO(content), chunk))

    for place in range(page.start, page.start + page.packed_bytes, 7):
        damaged = bytearray(content)
        damaged[place] ^= 1
        with pytest.raises(Unreadable, match=f"byte {page.start:,} is damaged"):
            check_pages(io.BytesIO(bytes(damaged)), chunk)


def test_a_damaged_header_is_a_refusal_or_none_at_all():
    content, chunk = written(checksum=True)

    for place in range(chunk.start, chunk.start + 40):
        for value in (0, 0x7F, 0xFF):
            damaged = content[:place] + bytes([value]) + content[place + 1 :]
            with suppress(Unreadable):
                check_pages(io.BytesIO(damaged), chunk)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_a_structure_is_read_or_refused(data):
    reader = Compact(data)
    try:
        for _, kind in reader.fields():
            reader.skip(kind)
    except (Malformed, IndexError):
        return
    assert reader.at <= len(data)
