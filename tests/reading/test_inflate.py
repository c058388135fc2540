"""Packed bytes come out whole and checked, or the file is refused."""

import bz2
import gzip
import lzma
import os
import threading
import tracemalloc
from contextlib import suppress
from functools import partial
from importlib import import_module

import pytest
from backports import zstd

from headwater.reading.packing.inflate import InflateLimits, blocks, head
from headwater.reading.packing.magic import Compression
from headwater.reading.unreadable import Unreadable

TEXT = b"".join(b"%d,some text,%d\n" % (n, n * 7919) for n in range(30_000))
PACKERS = {
    Compression.GZIP: gzip.compress,
    Compression.ZSTD: zstd.compress,
    Compression.BZIP2: bz2.compress,
    Compression.XZ: partial(lzma.compress, preset=1),
}
with suppress(ImportError):  # it is an extra
    PACKERS[Compression.LZ4] = import_module("lz4.frame").compress
CHECKED = {
    Compression.ZSTD: {"options": {zstd.CompressionParameter.checksum_flag: 1}},
    Compression.LZ4: {"content_checksum": True},
}
packed_kinds = pytest.mark.parametrize("kind", list(PACKERS))


@pytest.fixture
def unpack(tmp_path):
    def unpack(content, kind, **options):
        path = tmp_path / "packed"
        path.write_bytes(content)
        return b"".join(blocks(path, kind, **options))

    return unpack


def code_of(unpack, content, kind, **options):
    with pytest.raises(Unreadable) as caught:
        unpack(content, kind, **options)
    return caught.value.cause.code


def test_plain_bytes_come_in_blocks_of_the_size_asked(tmp_path):
    path = tmp_path / "plain"
    path.write_bytes(TEXT)

    sizes = [len(block) for block in blocks(path, Compression.NONE, block_bytes=1000)]

    assert sum(sizes) == len(TEXT)
    assert max(sizes) == 1000


@packed_kinds
@pytest.mark.parametrize("block_bytes", [777, 4096, 1 << 22])
def test_packed_bytes_come_out_as_they_went_in(unpack, kind, block_bytes):
    assert unpack(PACKERS[kind](TEXT), kind, block_bytes=block_bytes) == TEXT


@packed_kinds
def test_every_member_is_read(unpack, kind):
    pack = PACKERS[kind]

    assert unpack(pack(b"one\n") + pack(TEXT) + pack(b"") + pack(b"two\n"), kind) == (
        b"one\n" + TEXT + b"two\n"
    )


def test_skippable_zstd_frames_are_skipped(unpack):
    skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00meta"
    content = zstd.compress(b"one") + skippable + zstd.compress(b"two")

    assert unpack(content, Compression.ZSTD) == b"onetwo"


@packed_kinds
def test_zeros_behind_the_end_are_padding(unpack, kind):
    assert unpack(PACKERS[kind](TEXT) + b"\0" * 700_000, kind) == TEXT


@packed_kinds
@pytest.mark.parametrize("garbage", [b"garbage", b"\0\0\0garbage"])
def test_anything_else_behind_the_end_is_refused(unpack, kind, garbage):
    assert code_of(unpack, PACKERS[kind](TEXT) + garbage, kind) == "corrupt"


@packed_kinds
@pytest.mark.parametrize("missing", [1, 3, 9, 1000])
def test_what_is_cut_is_refused(unpack, kind, missing):
    assert code_of(unpack, PACKERS[kind](TEXT)[:-missing], kind) == "truncated"


@packed_kinds
def test_a_flipped_bit_is_never_read_over(unpack, kind):
    text = os.urandom(3000).hex().encode()
    content = bytearray(PACKERS[kind](text, **CHECKED.get(kind, {})))
    for place in range(7, len(content), 61):
        content[place] ^= 4
        with suppress(Unreadable):
            assert unpack(bytes(content), kind) == text  # of no account: a time, a name, a level
        content[place] ^= 4


def test_a_wrong_gzip_checksum_is_refused(unpack):
    content = bytearray(gzip.compress(TEXT))
    content[-6] ^= 1

    assert code_of(unpack, bytes(content), Compression.GZIP) == "corrupt"


def test_a_wrong_zstd_checksum_is_refused(unpack):
    options = {zstd.CompressionParameter.checksum_flag: 1}
    content = bytearray(zstd.compress(TEXT, options=options))
    content[-2] ^= 1

    assert code_of(unpack, bytes(content), Compression.ZSTD) == "corrupt"


@pytest.mark.parametrize("padding", [4, 8, 4096])
def test_xz_members_may_be_padded_apart(unpack, padding):
    content = lzma.compress(b"one") + b"\0" * padding + lzma.compress(b"two")

    assert unpack(content, Compression.XZ) == b"onetwo"


def test_a_gzip_header_with_everything_in_it_is_read(unpack):
    packed = gzip.compress(b"text")
    fields = b"\x05\x00extra" + b"name.csv\0" + b"comment\0"
    content = packed[:3] + b"\x1c" + packed[4:10] + fields + packed[10:]

    assert unpack(content, Compression.GZIP) == b"text"


@packed_kinds
def test_many_small_members_are_all_read(unpack, kind):
    one = PACKERS[kind](b"1\n")

    assert unpack(one * 5_000, kind) == b"1\n" * 5_000


def test_an_xz_dictionary_beyond_the_limit_is_refused(unpack):
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 256 << 20}]
    content = lzma.compress(b"text", filters=filters)

    assert code_of(unpack, content, Compression.XZ) == "compression"


@packed_kinds
def test_a_bomb_is_stopped_past_both_limits(unpack, kind):
    content = PACKERS[kind](bytes(20_000_000))
    limits = InflateLimits(harmless_bytes=1_000_000)

    assert code_of(unpack, content, kind, limits=limits, block_bytes=4096) == "ratio"
    assert len(unpack(content, kind)) == 20_000_000


@packed_kinds
def test_what_is_packed_twice_is_refused(unpack, kind):
    assert code_of(unpack, PACKERS[kind](gzip.compress(TEXT)), kind) == "nested"


def test_a_zstd_window_beyond_the_limit_is_refused(unpack):
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 28})
    content = packer.compress(TEXT) + packer.flush()

    assert code_of(unpack, content, Compression.ZSTD) == "compression"


def test_leaving_early_ends_the_thread(tmp_path):
    path = tmp_path / "packed"
    path.write_bytes(gzip.compress(os.urandom(3_000_000)))
    stream = blocks(path, Compression.GZIP, block_bytes=1000, ahead=2)

    next(stream)
    stream.close()

    assert not [thread for thread in threading.enumerate() if thread.name == "inflate"]


@pytest.mark.parametrize("kind", [Compression.NONE, *PACKERS])
def test_a_head_says_whether_it_is_all(tmp_path, kind):
    path = tmp_path / "file"
    path.write_bytes(PACKERS.get(kind, bytes)(b"12345"))

    assert head(path, kind, 5) == (b"12345", True)
    assert head(path, kind, 4) == (b"1234", False)


@packed_kinds
def test_a_head_takes_little_of_what_is_large(tmp_path, kind):
    path = tmp_path / "file"
    path.write_bytes(PACKERS[kind](bytes(30_000_000)))
    tracemalloc.start()

    head(path, kind, 1 << 20)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
