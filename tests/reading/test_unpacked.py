"""How much a packed file holds is judged without unpacking it."""

import bz2
import gzip
import io
import random
import zipfile

import pytest

from headwater.reading.unpacked import unpacked_bytes

RANDOM = random.Random(7)
ROWS = "".join(f"{n},{RANDOM.random()}\n" for n in range(200_000)).encode()


def zipped(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return held.getvalue()


def test_what_is_not_packed_holds_what_it_is(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"id\n1\n")

    assert unpacked_bytes(file) == 5


def test_a_small_packed_file_is_counted(tmp_path):
    file = tmp_path / "a.gz"
    file.write_bytes(gzip.compress(ROWS[:100_000]))

    assert unpacked_bytes(file) == 100_000


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_a_large_packed_file_is_judged_by_its_beginning(tmp_path, pack):
    file = tmp_path / "a"
    file.write_bytes(pack(ROWS))
    assert file.stat().st_size > 1 << 20

    assert unpacked_bytes(file) == pytest.approx(len(ROWS), rel=0.25)


def test_of_an_archive_the_members_that_are_read_count(tmp_path):
    file = tmp_path / "a.zip"
    file.write_bytes(zipped(a=b"x" * 1_000, b=b"y" * 20_000))

    assert unpacked_bytes(file, "a") == 1_000


def test_what_is_damaged_counts_as_it_lies_there(tmp_path):
    file = tmp_path / "a.gz"
    file.write_bytes(b"\x1f\x8b\x08" + b"\xff" * 500)

    assert unpacked_bytes(file) == 503
