"""Files that claim to be large."""

import pytest

from headwater.errors import SourceTooBig
from headwater.reading.holes import require_written
from headwater.reading.measure import measure

TERABYTE = 10**12


@pytest.fixture
def hollow(tmp_path):
    """A file of a size, and of bytes at a place in it; the disk has to know holes."""

    def make(size_bytes, content, at=0):
        path = tmp_path / "a.csv"
        with path.open("wb") as file:
            file.truncate(size_bytes)
            file.seek(at)
            file.write(content)
        if path.stat().st_blocks * 512 >= size_bytes:
            pytest.skip("this file system has no holes")
        return path

    return make


@pytest.mark.parametrize("at", [0, TERABYTE // 2])
def test_a_terabyte_of_holes_is_refused_before_it_is_read(hollow, at):
    path = hollow(TERABYTE, b"id\n1\n", at)

    with pytest.raises(SourceTooBig, match=r"claims 1,000,000,000,000 bytes, and \d+,\d+ were"):
        measure(path, None)


def test_a_small_file_may_have_holes(hollow):
    path = hollow(1 << 20, b"x")

    assert measure(path, None).size_bytes == 1 << 20


def test_a_large_file_of_which_enough_was_written_is_not_refused(hollow):
    size = (1 << 30) + 1
    path = hollow(size, bytes(size // 200))

    with path.open("rb") as file:
        require_written(path, file.fileno(), size)

        assert file.tell() == 0
