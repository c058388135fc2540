"""A bomb is refused in little memory: each is read to its end in a process of its own."""

import bz2
import gzip
import io
import lzma
import struct
import subprocess
import sys
import zipfile

import lz4.frame
import pytest
from backports import zstd

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
READ = """
import sys
from pathlib import Path
from headwater.model.feed import Format
from headwater.reading.recognise import recognise
from headwater.reading.unreadable import Unreadable
from headwater.reading.packing.wrapping import texts
path, code = Path(sys.argv[1]), "read"
try:
    for _ in texts(path, recognise(path, Format.AUTO).wrapping):
        pass
except Unreadable as refusal:
    code = refusal.cause.code
# Not ru_maxrss, which begins with what the process that started this one had.
(peak,) = [line for line in Path("/proc/self/status").open() if line.startswith("VmHWM")]
print(code, int(peak.split()[1]) // 1024)
"""
LINES = b"id,text\n" + b"1,xxxxxxx\n" * 400_000  # four megabytes
ROWS = b"id,text\n" + (b"1," + b"x" * 1_000 + b"\n") * 8_000  # that even lz4 packs well
LARGE = 1200 << 20


def repeated(pack, unit=LINES):
    """Members enough to inflate past the limit: each shrinks by more than the ratio."""
    return pack(unit) * (LARGE // len(unit) + 1)


def zipped():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made, made.open("a.csv", "w") as one:
        for _ in range(LARGE // len(LINES) + 1):
            one.write(LINES)
    return held.getvalue()


def lying():
    """An archive whose directory says that its member is small."""
    content = bytearray(zipped())
    struct.pack_into("<L", content, content.rfind(b"PK\x01\x02") + 24, 1000)
    return bytes(content)


def long_line():
    return repeated(gzip.compress, b"x" * (8 << 20))


def large_window():
    options = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.compression_level: 1,
    }
    packer = zstd.ZstdCompressor(options=options)
    parts = [packer.compress(LINES) for _ in range(LARGE // len(LINES) + 1)]
    return b"".join([*parts, packer.flush()])


BOMBS = {
    "gzip": (lambda: repeated(gzip.compress), "ratio"),
    "zstd": (lambda: repeated(zstd.compress), "ratio"),
    "zstd with a large window": (large_window, "ratio"),
    "bzip2": (lambda: repeated(bz2.compress), "ratio"),
    "xz": (lambda: repeated(lzma.compress), "ratio"),
    "lz4": (lambda: repeated(lz4.frame.compress, ROWS), "ratio"),
    "zip": (zipped, "ratio"),
    "zip that lies": (lying, "corrupt"),
    "one line": (long_line, "line_too_long"),
    "zeros": (lambda: repeated(gzip.compress, bytes(8 << 20)), "binary"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(BOMBS))
def test_a_bomb_is_refused_in_less_than_half_a_gigabyte(tmp_path, kind):
    make, expected = BOMBS[kind]
    path = tmp_path / "bomb.csv"
    path.write_bytes(make())

    ran = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )

    code, resident = ran.stdout.split()
    assert code == expected
    assert int(resident) < 400


def test_a_gigabyte_of_zeros_is_binary(tmp_path):
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)

    ran = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )

    code, resident = ran.stdout.split()
    assert code == "binary"
    assert int(resident) < 100
