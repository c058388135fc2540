"""Pages of a Parquet file against their checksums and what they claim to hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from isal import isal_zlib

from headwater.reading.parquet.compact import Compact, Malformed
from headwater.reading.unreadable import Unreadable

LARGEST_PAGE_BYTES = 256 << 20

_HEADER_BYTES = 1024
_LONGEST_HEADER_BYTES = 16 << 20  # one holds the least and the greatest value
_BLOCK_BYTES = 1 << 20
_INFLATED, _PACKED, _CHECKSUM = 2, 3, 4  # fields of a header


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a column's pages of one row group lie."""

    column: str
    start: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page's header."""

    start: int  # of its bytes, behind the header
    packed_bytes: int
    inflated_bytes: int
    checksum: int | None  # of the packed bytes


def has_checksum(file: BinaryIO, chunk: Chunk) -> bool:
    """Whether the chunk's first page has one; Unreadable where it has no page."""
    return next(pages(file, chunk)).checksum is not None


def check_pages(file: BinaryIO, chunk: Chunk) -> None:
    """Read a chunk's pages. Unreadable: parquet, if one is not what it was; page_too_large."""
    for number, page in enumerate(pages(file, chunk), 1):
        if page.inflated_bytes > LARGEST_PAGE_BYTES:
            raise Unreadable(
                "page_too_large",
                f"a page of its column {chunk.column!r} inflates to {page.inflated_bytes:,} bytes "
                f"and {LARGEST_PAGE_BYTES:,} are the limit; write it again with pages of 1 MiB",
            )
        if page.checksum is not None and _checksum(file, page) != page.checksum:
            raise Unreadable(
                "parquet",
                f"page {number} of its column {chunk.column!r} at byte {page.start:,} is damaged: "
                "its checksum is wrong; send the file again",
            )


def pages(file: BinaryIO, chunk: Chunk) -> Iterator[Page]:
    """The headers of a chunk's pages, one after the other."""
    at, end = chunk.start, chunk.start + chunk.size_bytes
    while at < end:
        page = _page(file, chunk, at)
        behind = page.start + page.packed_bytes
        if page.packed_bytes < 0 or page.inflated_bytes < 0 or behind > end:
            raise _damaged(chunk, at)
        yield page
        at = behind


def _page(file: BinaryIO, chunk: Chunk, at: int) -> Page:
    wanted = _HEADER_BYTES
    while True:
        file.seek(at)
        held = file.read(wanted)
        try:
            return _header(held, at)
        except IndexError:
            if len(held) < wanted or wanted >= _LONGEST_HEADER_BYTES:
                raise _damaged(chunk, at) from None
            wanted *= 32
        except Malformed:
            raise _damaged(chunk, at) from None


def _header(held: bytes, at: int) -> Page:
    reader = Compact(held)
    found: dict[int, int] = {}
    for number, kind in reader.fields():
        if number in {_INFLATED, _PACKED, _CHECKSUM}:
            found[number] = reader.whole()
        else:
            reader.skip(kind)
    if _INFLATED not in found or _PACKED not in found:
        raise Malformed("it has no sizes")
    checksum = found.get(_CHECKSUM)
    unsigned = None if checksum is None else checksum & 0xFFFFFFFF
    return Page(at + reader.at, found[_PACKED], found[_INFLATED], unsigned)


def _checksum(file: BinaryIO, page: Page) -> int:
    file.seek(page.start)
    left, checksum = page.packed_bytes, 0
    while left and (block := file.read(min(left, _BLOCK_BYTES))):
        checksum = isal_zlib.crc32(block, checksum)
        left -= len(block)
    return checksum


def _damaged(chunk: Chunk, at: int) -> Unreadable:
    return Unreadable(
        "parquet",
        f"its column {chunk.column!r} has no page at byte {at:,}, where one should be; "
        "send the file again",
    )
